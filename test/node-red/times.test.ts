import { describe, expect, it } from '@jest/globals';
import { allActions } from '../../src/node-red/actions/index.js';
import type { Action } from '../../src/node-red/actions/action.js';
import { settingsActions } from '../../src/node-red/actions/settings.js';
import { makeCall } from '../../src/node-red/call.js';
import { literalFits } from '../../src/node-red/editor/requirements.js';
import type { Row } from '../../src/node-red/rows/row.js';
import { ManualClock, type Nvr } from '../../src/shared/index.js';
import { isTime, type Shape } from '../../src/shared/values/index.js';

const HOUR = 3600_000;
/** What the NVR's clock shows: 2026-03-11 10:00, eight hours ahead of UTC. */
const now = Date.UTC(2026, 2, 11, 2);
const shown = (time: string) => Date.parse(`${time}Z`) - 8 * HOUR;

/** Every row for a time that is a number on the wire. */
const times = [...new Set<Action>([...allActions, ...settingsActions])].flatMap((action) =>
  action.parameters
    .filter(({ schema }) => isTime(schema))
    .map((parameter) => ({ ...parameter, action, title: `${action.id} ${parameter.name}` })),
);

/** What an operation would be handed, and how often the NVR was asked for its zone. */
async function given(
  action: Action,
  rows: Readonly<Record<string, Row>>,
  msg: Readonly<Record<string, unknown>> = {},
  operation = action.id,
) {
  let asked = 0;
  const client = {
    state: {},
    call: () => ((asked += 1), Promise.resolve({ time_zone: 480, dst_enable: 0 })),
  } as unknown as Nvr;
  const clock = new ManualClock(now);
  const tried: Action = {
    ...action,
    needsConfirmation: false,
    run: (_client, params) => Promise.resolve(params),
  };
  const settings = { operation, params: rows, confirm: false };
  const read = (_source: string, value: string) => Promise.resolve(msg[value]);
  const context = { nvr: { label: 'Office', client: () => client }, read, signal: new AbortController().signal, clock };
  const { reply } = await makeCall([tried], settings, { _msgid: '', operation: action.id }, context);
  return { params: reply as Readonly<Record<string, unknown>>, asked };
}

const literal = (value: string): Row => ({ type: 'literal', value });
const ofMessage: Row = { type: 'msg', value: 'given' };

it('there are rows for times', () => {
  expect(times.length).toBeGreaterThan(20);
});

describe.each(times)('the row $title', ({ action, name, schema, required }) => {
  const { format, endOf }: Shape = schema;
  const wire = (ms: number) => Math.floor(format === 'epoch-seconds' ? ms / 1000 : ms);

  it.each([
    ['now', now],
    ['-1h', now - HOUR],
    ['yesterday', shown('2026-03-10T00:00:00') + (endOf === undefined ? 0 : 24 * HOUR)],
    ['today', endOf === undefined ? shown('2026-03-11T00:00:00') : now],
    ['yesterday 14:00', shown('2026-03-10T14:00:00')],
    ['2026-03-01T18:30', shown('2026-03-01T18:30:00')],
    ['2026-03-01T18:30:00+01:00', Date.UTC(2026, 2, 1, 17, 30)],
    [String(now), now],
    [String(now / 1000), now],
    ['0', 0],
  ])('takes "%s", in the form, of a message and by msg.operation', async (text, time) => {
    expect(literalFits({ name, schema, required }, text, required)).toBe(true);
    expect((await given(action, { [name]: literal(text) })).params[name]).toBe(wire(time));
    expect((await given(action, { [name]: ofMessage }, { given: text })).params[name]).toBe(wire(time));
    const whole = { given: { [name]: text } };
    expect((await given(action, { params: ofMessage }, whole, 'msg.operation')).params[name]).toBe(wire(time));
  });

  it.each([
    ['a Date', new Date(now + 250), now + 250],
    ['ms', now, now],
    ['seconds with a fraction', now / 1000 + 0.25, now],
  ])('takes %s of a message and by msg.operation, for which no zone is asked', async (_, value, time) => {
    const { params, asked } = await given(action, { [name]: ofMessage }, { given: value });
    const whole = await given(action, { params: ofMessage }, { given: { [name]: value } }, 'msg.operation');
    expect([params[name], whole.params[name], asked, whole.asked]).toEqual([wire(time), wire(time), 0, 0]);
  });

  it.each(['soon', 'yesterdy', '2026-02-30', '-1', '1e30', ' ', 'on'])(
    'refuses "%s" in the form and the message, by its name, before anything is asked',
    async (text) => {
      expect(literalFits({ name, schema, required }, text, required)).toBe(false);
      const refusal = { code: 'INVALID_PARAMETER', path: name };
      await expect(given(action, { [name]: literal(text) })).rejects.toMatchObject(refusal);
      await expect(given(action, { [name]: ofMessage }, { given: text })).rejects.toMatchObject(refusal);
    },
  );
});

describe('the end of a range', () => {
  const ends = times.filter(({ schema }) => (schema as Shape).endOf !== undefined);

  it('is told for each begin', () => {
    const begins = ends.map(({ action, schema }) => `${action.id} ${(schema as Shape).endOf}`);
    const named = times.filter(({ name }) => /^(start|from|begin)/i.test(name)).map(({ title }) => title);
    expect(begins.sort()).toEqual(named.sort());
  });

  it.each(ends)('$title counts from its begin, and is that of the day', async ({ action, name, schema }) => {
    const begin = (schema as Shape).endOf ?? '';
    const unit = (schema as Shape).format === 'epoch-seconds' ? 1000 : 1;
    const later = await given(action, { [begin]: literal('yesterday 14:00'), [name]: literal('+90s') });
    expect([later.params[name], later.asked]).toEqual([shown('2026-03-10T14:01:30') / unit, 1]);
    const day = await given(action, { [begin]: literal('yesterday'), [name]: literal('yesterday') });
    expect((Number(day.params[name]) - Number(day.params[begin])) * unit).toBe(24 * HOUR);
  });
});
