import type { Static, TObject, TSchema } from 'typebox';
import { Type, defineOperation, json, open } from './declaration.js';
import { ChannelID, epochSeconds, maybe } from './fields.js';

const request = Type.Object({
  ChannelIDs: Type.Array(ChannelID, {
    minItems: 1,
    title: 'Channels',
    description: 'Channels to ask for. The NVR answers 4 at most; for more, the driver asks several times.',
    examples: [[1, 2, 3, 4]],
  }),
  StartTime: epochSeconds('Start', 'Begin of the range, UTC.'),
  EndTime: { ...epochSeconds('End', 'End of the range, UTC.'), endOf: 'StartTime' },
  mainsub: Type.Integer({ minimum: 1, maximum: 2, title: 'Stream', description: '1: main stream, 2: sub stream.' }),
});

/** What the NVR answers at most; longer requests it cuts off without a word. */
function splitAt(max: number, unit: number) {
  return {
    join: 'maps',
    channels: { field: 'ChannelIDs', max: 4 },
    range: { from: 'StartTime', to: 'EndTime', max, unit },
  } as const;
}

const range = {
  StartTime: maybe(epochSeconds('Start', 'Begin of the map, UTC.')),
  EndTime: maybe(epochSeconds('End', 'End of the map, UTC.')),
};

/** A map for each channel, under `CH1`, `CH2`… */
type MapReply<S extends TSchema> = Static<TObject<typeof range>> & { readonly [channel: `CH${number}`]: Static<S> };

function mapOf<S extends TSchema>(schema: S) {
  return json(Type.Unsafe<MapReply<S>>(Type.Object(range, { ...open, patternProperties: { '^CH\\d+$': schema } })));
}

/** One text for each `row`, one character for each `unit`. */
function rows(row: string, unit: string) {
  return Type.Array(Type.String({ harmless: true }), {
    title: 'Map',
    description: `A text for each ${row}, with a character for each ${unit}: "+" recorded, "-" not recorded.`,
    examples: [['+'.repeat(30) + '-'.repeat(30)]],
  });
}

export const getMapByDay = defineOperation({
  id: 'getMapByDay',
  section: '5.1',
  title: 'Get record map by day',
  description: "Tells on which days there are recordings. Start must be a midnight in the NVR's own time zone.",
  domain: 'recording',
  method: 'POST',
  path: '/record/getMapByDay',
  body: request,
  split: splitAt(35 * 86_400, 86_400),
  reply: mapOf(
    Type.String({
      title: 'Map',
      description: 'A character for each day: "+" recorded, "-" not recorded.',
      examples: ['+++--+++'],
      harmless: true,
    }),
  ),
  effect: 'read',
});

export const getMapByMinute = defineOperation({
  id: 'getMapByMinute',
  section: '5.2',
  title: 'Get record map by minute',
  description: 'Tells in which minutes there are recordings. Start must be at the full hour.',
  domain: 'recording',
  method: 'POST',
  path: '/record/getMapByMinute',
  body: request,
  split: splitAt(86_400, 60),
  reply: mapOf(rows('hour', 'minute')),
  effect: 'read',
});

export const getMapBySecond = defineOperation({
  id: 'getMapBySecond',
  section: '5.3',
  title: 'Get record map by second',
  description: 'Tells in which seconds there are recordings.',
  domain: 'recording',
  method: 'POST',
  path: '/record/getMapBySecond',
  body: request,
  split: splitAt(3600, 1),
  reply: mapOf(rows('minute', 'second')),
  effect: 'read',
});

export const recordMapOperations = { getMapByDay, getMapByMinute, getMapBySecond } as const;
