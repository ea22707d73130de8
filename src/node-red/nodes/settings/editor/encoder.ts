/** What a row may hold, as the camera says. */
export interface Offer {
  /** Name of the row. */
  readonly row: string;
  /** Values, each of which may fill other rows as well; empty where there is a range. */
  readonly choices: readonly { readonly label: string; readonly fills: Readonly<Record<string, string>> }[];
  /** `1 – 30` */
  readonly range?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Choices of one list: more is no choice. */
const MOST = 40;
const place = 'Configuration';

/**
 * What a camera's encoder can be set to (SDK 2.21), by the rows of the form.
 *
 * @param settings as they were read
 * @param codec which one is or would be chosen: what there is depends on it
 */
export function encoderOffers(settings: unknown, codec: string | undefined): readonly Offer[] {
  const [stream] = Array.isArray(settings) ? (settings as readonly unknown[]) : [settings];
  const options = at(stream, 'Options');
  const codecs = list(options['codecs']).map((each) => at(each));
  const now = codec || at(stream, place)['Encoding'];
  const chosen = codecs.find(({ name }) => name === now) ?? codecs[0] ?? {};
  const params = at(chosen['params']);
  const [resolution, rate, h264] = [`${place}/Resolution`, `${place}/RateControl`, `${place}/H264`];
  const sizes = list(params['ResolutionsAvailable']).flatMap((each) => {
    const { Width, Height } = at(each);
    if (!isText(Width) || !isText(Height)) return [];
    const fills = { [`${resolution}/Width`]: String(Width), [`${resolution}/Height`]: String(Height) };
    return [{ label: `${Width} × ${Height}`, fills }];
  });
  return [
    words(
      `${place}/Encoding`,
      codecs.map(({ name }) => name),
    ),
    { row: `${resolution}/Width`, choices: sizes.slice(0, MOST) },
    words(`${h264}/H264Profile`, list(params['H264ProfilesSupported'])),
    range(`${place}/Quality`, options['QualityRange']),
    range(`${rate}/FrameRateLimit`, params['FrameRateRange']),
    range(`${rate}/EncodingInterval`, params['EncodingIntervalRange']),
    range(`${rate}/BitrateLimit`, params['BitrateRange']),
    range(`${h264}/GovLength`, params['GovLengthRange']),
  ].filter(({ choices, range: span }) => choices.length > 0 || span !== undefined);
}

function words(row: string, values: readonly unknown[]): Offer {
  const texts = values.filter(isText).map(String);
  return { row, choices: texts.slice(0, MOST).map((label) => ({ label, fills: { [row]: label } })) };
}

function range(row: string, limits: unknown): Offer {
  const { Min, Max } = at(limits);
  return { row, choices: [], ...(isText(Min) && isText(Max) && { range: `${Min} – ${Max}` }) };
}

function isText(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The fields of an object, or of a field of it. */
function at(value: unknown, name?: string): Fields {
  const whole = typeof value === 'object' && value !== null ? (value as Fields) : {};
  return name === undefined ? whole : at(whole[name]);
}
