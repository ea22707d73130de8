import { type ReplyOf, Type, defineOperation, json, open } from './declaration.js';
import { ChannelID, flag, maybe, plain, StreamID, text } from './fields.js';

const CELLS =
  'One bit for each cell of cellLayout, from left to right and top to bottom, 1 is on, as hexadecimal bytes; the last byte is filled with zeros.';
/** 22 × 18 cells, all on. */
const EXAMPLE = `${'FF'.repeat(49)}F0`;

const MotionSwitch = flag('Motion', 'Whether the channel reports motion.');
const sensitivity = Type.Integer({
  minimum: 0,
  maximum: 100,
  title: 'Sensitivity',
  description: 'Sensitivity of the motion detection.',
  examples: [50],
});

function point(title: string, description: string) {
  const number = (axis: string) => maybe(Type.Number({ title: axis, description: `${title}: ${axis}.` }));
  return maybe(Type.Object({ x: number('Horizontal'), y: number('Vertical') }, { ...open, title, description }));
}

function count(title: string, description: string, example: number) {
  return maybe(Type.Integer({ minimum: 1, title, description, examples: [example] }));
}

const cellLayout = Type.Object(
  {
    columns: count('Columns', 'Cells from left to right.', 22),
    rows: count('Rows', 'Cells from top to bottom.', 18),
    transformation: maybe(
      Type.Object(
        {
          translate: point('Translation', 'Where the grid begins in the picture.'),
          scale: point('Scale', 'Size of a cell in the picture.'),
        },
        { ...open, title: 'Transformation', description: 'From cells to places in the picture.' },
      ),
    ),
  },
  { ...open, title: 'Cell layout', description: 'The grid of cells that the picture is divided into.' },
);

export const getAnalyticsMotionSettings = defineOperation({
  id: 'getAnalyticsMotionSettings',
  section: '10.15',
  title: 'Get motion detection',
  description:
    'Reads sensitivity and cells of the motion detection; a camera that cannot be set answers channel and switch only.',
  domain: 'alarm',
  method: 'GET',
  path: '/device/getAnalyticsMotionSettings',
  query: Type.Object({ ChannelID, mainsub: StreamID }),
  reply: json(
    Type.Array(
      Type.Object(
        {
          channel: maybe(ChannelID),
          switch: maybe(MotionSwitch),
          cellLayout: maybe(cellLayout),
          sensitivity: maybe(sensitivity),
          cellSettings: maybe(plain('Cells', CELLS, [EXAMPLE])),
        },
        open,
      ),
    ),
  ),
  effect: 'read',
});

interface ChannelResult {
  readonly channel?: number;
  readonly moduleResult?: string;
  readonly cellResult?: string;
  readonly description?: string;
}

/** Any word but that of success counts as a failure: the document knows no third. */
function failuresOf(results: readonly ChannelResult[]): string[] {
  return results.flatMap(({ channel, moduleResult, cellResult, description }) => {
    const failed = Object.entries({ moduleResult, cellResult })
      .filter(([, word]) => word !== undefined && !/^\s*(success|ok)?\s*$/i.test(word))
      .map(([name, word]) => `${name} ${word}`);
    if (failed.length === 0) return [];
    return [`channel ${channel ?? '?'}: ${failed.join(', ')}${description ? ` (${description})` : ''}`];
  });
}

export const setAnalyticsMotionSettings = defineOperation({
  id: 'setAnalyticsMotionSettings',
  section: '10.16',
  title: 'Set motion detection',
  description:
    'Sets switch, sensitivity and cells of the motion detection of several channels. Where it fails for some of them, the error names those; the others are set.',
  domain: 'alarm',
  method: 'POST',
  path: '/device/setAnalyticsMotionSettings',
  body: Type.Array(
    Type.Object(
      {
        channel: ChannelID,
        mainsub: StreamID,
        // The document does not say what leaving it out means: it might switch motion off.
        switch: MotionSwitch,
        sensitivity: maybe(sensitivity),
        cellSettings: maybe(
          Type.String({
            pattern: '^([0-9A-Fa-f]{2})*$',
            drawnAs: 'cells',
            title: 'Cells',
            description: CELLS,
            examples: [EXAMPLE],
          }),
        ),
      },
      { additionalProperties: false },
    ),
    { title: 'Channels', description: 'What to set on each channel.' },
  ),
  reply: json(
    Type.Array(
      Type.Object(
        {
          channel: maybe(ChannelID),
          moduleResult: maybe(plain('Module', 'Whether the sensitivity was set: SUCCESS or FAIL.', ['SUCCESS'])),
          cellResult: maybe(plain('Cells', 'Whether the cells were set: SUCCESS or FAIL.', ['SUCCESS'])),
          description: maybe(text('Description', 'What went wrong.')),
        },
        open,
      ),
    ),
    failuresOf,
  ),
  settings: () => ({
    by: getAnalyticsMotionSettings,
    // The stream is asked for, and not told.
    as: (channels: ReplyOf<typeof getAnalyticsMotionSettings>, { mainsub }: { readonly mainsub: number }) =>
      channels.map((each) => ({ ...each, mainsub })),
    repeats: ['channel', 'mainsub'],
    words: 'motion area, motion cells, sensitivity, zone',
  }),
  effect: 'write',
});

export const motionAnalyticsOperations = { getAnalyticsMotionSettings, setAnalyticsMotionSettings } as const;
