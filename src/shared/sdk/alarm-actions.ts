import { Type, open } from './declaration.js';
import { PinNumber } from './gpio.js';

/** A yes or no that travels as a number (9.17, 9.23). */
export function oneOrZero(title: string, description: string) {
  return Type.Integer({ minimum: 0, maximum: 1, title, description: `1: ${description}; 0: not.` });
}

/**
 * A yes or no that the document calls "Number | boolean" (10.24, 10.26). Either is sent as the caller gives it: settings
 * are written with the type that they were read with.
 */
export function oneOrZeroOrBoolean(title: string, description: string) {
  return Type.Union([Type.Integer({ minimum: 0, maximum: 1 }), Type.Boolean()], {
    title,
    description: `1 or true: ${description}; 0 or false: not.`,
  });
}

/** Seconds of an alarm. */
export function seconds(title: string, description: string) {
  return Type.Number({ minimum: 0, title, description, unit: 's', examples: [5] });
}

/** Seconds that the buzzer sounds. */
export const buzzer = seconds('Buzzer', 'How long the buzzer sounds; 0: not at all.');

/** What every alarm may do to the NVR's own alarm-out pins. */
export const outputPins = {
  Pin: Type.Array(Type.Integer({ ...PinNumber, picks: 'alarm-out' }), {
    title: 'Pins',
    description: "The NVR's own alarm-out (DO) pins to switch on.",
  }),
  Time: Type.Number({
    minimum: 0,
    title: 'Time',
    description: 'Period of the alarm output; the document does not name its unit.',
    examples: [5],
  }),
};

/** Alarm outputs of the NVR alone. */
export const alarmOut = Type.Object(outputPins, {
  ...open,
  title: 'Alarm output',
  description: 'Which alarm outputs the alarm switches on.',
});
