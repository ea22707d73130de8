/** An alarm input as people and lists write it: "1", "DI 1". Group 1 is its pin. */
export const inputPin = /^(?:DI ?)?([1-9]\d{0,8})$/i;
