import { readFileSync } from 'node:fs';
import { CHECKS } from '../../src/doctor/finding.js';
import { cameraOptions, inputOptions, nvrOptions, outputOptions } from '../../src/homebridge/config/options.js';
import { inPagesWords } from '../../src/homebridge/settings-page/page-words.js';
import { missingCapabilities } from '../../src/shared/ffmpeg/index.js';
import { textsGivenTo } from './said-texts.js';

/** What is said as a whole by who does not take it apart, and where. */
export const SAID_AS_A_WHOLE: readonly (readonly [file: string, texts: readonly string[]])[] = [
  ['shared/diagnosis/place.ts', ['nothing listens there', 'no answer']],
  [
    'shared/diagnosis/capture/stand-ins.ts',
    ['passwords', 'user names', 'names', 'addresses', 'serial numbers', 'sessions', 'other texts'],
  ],
  ['shared/diagnosis/capture/questions.ts', ['it takes long, or holds everything at once']],
  [
    'shared/diagnosis/capture/capture.ts',
    [
      'push sockets and live streams',
      'the NVR told nothing that it could be asked for',
      'the NVR told of nothing that is recorded',
    ],
  ],
  ['homebridge/settings-page/server.ts', ['a test is under way']],
];

interface FieldTexts {
  readonly title?: string;
  readonly description?: string;
  readonly placeholder?: string;
  readonly enum?: readonly string[];
  readonly items?: { readonly title?: string; readonly properties?: Readonly<Record<string, FieldTexts>> };
}

/** Every English text that the settings page shows, as its translations find it. */
export function pageTexts(): string[] {
  const said = textsGivenTo('say', ['src/doctor/*.ts', 'src/homebridge/**/*.ts', 'src/shared/diagnosis/capture/*.ts']);
  const own = textsGivenTo('t', ['src/homebridge/settings-page/page/*.ts']);
  const options = [nvrOptions, outputOptions, inputOptions, cameraOptions].flatMap(({ properties }) =>
    Object.values<object>(properties).map((option) => ('write' in option ? String(option.write) : '')),
  );
  const whole = SAID_AS_A_WHOLE.flatMap(([, texts]) => texts);
  const all = [...own, ...said.map(inPagesWords), ...options, ...schemaTexts(), ...CHECKS, ...whole];
  return [...new Set([...all, ...missingCapabilities(new Set())])].filter((text) => /\p{L}|, |\{0\} \{1\}/u.test(text));
}

/** Of the settings of an NVR, as Homebridge hands them to the page. */
export function schemaTexts(): string[] {
  const file = readFileSync(new URL('../../config.schema.json', import.meta.url), 'utf8');
  const { schema } = JSON.parse(file) as { schema: { properties: { nvrs: FieldTexts } } };
  const textsOf = (fields: Readonly<Record<string, FieldTexts>> = {}): string[] =>
    Object.entries(fields).flatMap(([name, field]) => [
      ...[field.title ?? name, field.description ?? '', ...(field.enum ?? [])],
      name === 'name' || name === 'fingerprint' ? (field.placeholder ?? '') : '',
      ...[field.items?.title ?? '', ...textsOf(field.items?.properties)],
    ]);
  return textsOf(schema.properties.nvrs.items?.properties);
}
