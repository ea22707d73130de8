/** What people and flows write, read as the declarations of the SDK say; small enough for a page in a browser. */
export { asDeclared, fits } from './as-declared.js';
export { type Kind, kindOf, optionsOf } from './kind.js';
export { readRow } from './read-row.js';
export { inputPin, NoJsonError, readJson, readText, textFits, writeText } from './read-text.js';
export { isPlain, picksCamera, type Shape, textOf } from './shape.js';
export { type LocalClock, readTime, type TimeContext, timePattern, type TimeSpan, utcClock } from './time-text.js';
export { isTime, timeIn } from './time-value.js';
