import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { pageDictionaries } from '../../scripts/setup/settings-page.mjs';
import { dictionaryOf } from '../../scripts/setup/translations.mjs';
import { bad, good, warning } from '../../src/doctor/finding.js';
import { translated } from '../../src/homebridge/settings-page/page/fields.js';
import { inWords } from '../../src/homebridge/settings-page/page/verdict-words.js';
import { type Dictionaries, speak, t } from '../../src/homebridge/settings-page/page/words.js';
import { checkNvrs } from '../../src/homebridge/settings-page/stored-settings.js';
import { changed, inEnglish, listed, say, verbatim } from '../../src/shared/internal.js';
import { textKey } from '../../src/shared/values/text-key.js';
import { pageTexts, SAID_AS_A_WHOLE } from '../support/page-texts.js';

const written = pageDictionaries();
/** As the page has them. */
const dictionaries: Dictionaries = Object.fromEntries(
  Object.entries(written).map(([language, texts]) => [
    language,
    Object.fromEntries(Object.entries(texts).map(([text, translation]) => [textKey(text), translation])),
  ]),
);
const languages = Object.keys(written);
const texts = pageTexts();

afterEach(() => void speak('en', dictionaries));

/** What is put in, each as often as it is; the same in every language. */
function valuesIn(text: string): string[] {
  return [...new Set(text.match(/\{\d+\}/g))].sort();
}

describe('the languages of the settings page', () => {
  it('are those of the palette', () => {
    expect(languages.sort()).toEqual(['de', 'zh-TW']);
    expect(texts.length).toBeGreaterThan(350);
  });

  it.each(languages)('%s lacks no text, and holds none that is shown nowhere', (language) => {
    expect(Object.keys(written[language] ?? {}).sort()).toEqual(texts.toSorted());
    expect(Object.values(written[language] ?? {}).filter((text) => text.trim() === '')).toEqual([]);
  });

  it.each(languages)('%s puts in the same values', (language) => {
    const other = Object.entries(written[language] ?? {}).filter(
      ([text, translation]) => valuesIn(text).join() !== valuesIn(translation).join(),
    );
    expect(other).toEqual([]);
  });

  it.each(languages)('%s leaves no text in English but for names', (language) => {
    const same = Object.entries(written[language] ?? {}).filter(
      ([text, translation]) => text === translation && /\p{L}/u.test(text),
    );
    const names = ['HTTPS', 'RTSP', 'ffmpeg', 'HomeKit'];
    const german = ['Name', 'Port', 'HomeKit Secure Video', 'Garage', 'Pin', 'live main', 'live sub'];
    expect(same.map(([text]) => text).sort()).toEqual([...names, ...(language === 'de' ? german : [])].sort());
  });

  it.each(languages)('%s says what the palette says for the same text', (language) => {
    const palette = dictionaryOf(language, 'declarations');
    const page = written[language] ?? {};
    const shared = Object.keys(page).filter((text) => text in palette);
    expect(shared.length).toBeGreaterThan(8);
    expect(shared.map((text) => page[text])).toEqual(shared.map((text) => palette[text]));
  });

  it('know what others say as a whole', () => {
    for (const [file, said] of SAID_AS_A_WHOLE) {
      const source = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
      expect(said.filter((text) => !source.includes(text))).toEqual([]);
    }
  });
});

describe('texts of the page that could escape a translation', () => {
  it('stand in none of its scripts', () => {
    const folder = new URL('../../src/homebridge/settings-page/page/', import.meta.url);
    const shown = ['captured', 'fields', 'main', 'verdict', 'verdict-words'].flatMap((file) => {
      const source = readFileSync(new URL(`${file}.ts`, folder), 'utf8').replace(/^\s*(\/\*\*|\*|\/\/).*$/gm, '');
      const patterns = [/(?:textContent[:=] *|\bbutton\()['`][^'`$]*\p{L}{2}/gu, /\b(?:found|remedy): ['`]/g];
      return patterns.flatMap((pattern) => [...source.matchAll(pattern)].map(([found]) => `${file}: ${found}`));
    });
    expect(shown).toEqual([]);
  });
});

describe('the language of the page', () => {
  it.each([
    ['de', 'de'],
    ['DE', 'de'],
    ['de-AT', 'de'],
    ['de_CH', 'de'],
    ['zh-TW', 'zh-TW'],
    ['zh_tw', 'zh-TW'],
    // Written otherwise: who reads it is better off with English than with the wrong one.
    ['zh-CN', 'en'],
    ['zh', 'en'],
    ['en', 'en'],
    ['tlh', 'en'],
    ['', 'en'],
    ['__proto__', 'en'],
    ['constructor', 'en'],
    [undefined, 'en'],
    [null, 'en'],
    [{ lang: 'de' }, 'en'],
  ])('asked for %p is %s', (asked, spoken) => {
    expect(speak(asked, dictionaries)).toBe(spoken);
    expect(t`Find NVRs`).toBe({ de: 'NVRs suchen', 'zh-TW': '搜尋 NVR', en: 'Find NVRs' }[spoken]);
  });

  it('is English where a text has no translation, and where there is no dictionary at all', () => {
    speak('de', { de: {} });
    expect([t`Use port ${443}`, t('whatever'), t('')]).toEqual(['Use port 443', 'whatever', '']);
    expect(speak('de', {})).toBe('en');
  });

  it('leaves names and whatever else is put in as they are', () => {
    speak('de', dictionaries);
    expect(t`Use port ${443}`).toBe('Port 443 verwenden');
    // The name of an NVR that is a word of the page, or looks like a gap of a text.
    expect(t`${'nvr.lan:80'} is the address of "${'Cameras'}" already: remove one of the two.`).toContain('„Cameras“');
    expect(t`Save ${'{0} {1} $& $1'}`).toBe('{0} {1} $& $1 speichern');
    expect(t({ code: 'Save {0}', values: [] })).toBe('{0} speichern');
  });
});

describe('what the server part says', () => {
  it('is said in German: the findings of the doctor, whose English stays what it was', () => {
    speak('de', dictionaries);
    const finding = warning(
      'hooks',
      say`${listed([say`events`, say`metadata`])} do not open: ${'HTTP 403'}`,
      say`Use HTTPS.`,
    );
    expect(finding).toMatchObject({ finding: 'events, metadata do not open: HTTP 403', remedy: 'Use HTTPS.' });
    expect(t(finding.said.finding)).toBe('Ereignisse, Metadaten öffnen sich nicht: HTTP 403');
    expect(finding.said.remedy && t(finding.said.remedy)).toBe('HTTPS verwenden.');
  });

  it('holds the words of devices as people may see them', () => {
    const { said, finding } = good('model', say`login ${'a\u202eb\nc'}`);
    expect([finding, inEnglish(said.finding)]).toEqual(['login ab c', 'login ab c']);
    expect(inEnglish(bad('login', verbatim('x'.repeat(5000))).said.finding).length).toBeLessThanOrEqual(1000);
    expect(inEnglish(changed(say`a ${say`b ${'c'}`}`, (text, isCode) => (isCode ? text : 'd')))).toBe('a b d');
  });

  it('is said in German: what is wrong with drafts, and where', () => {
    speak('de', dictionaries);
    const [one, two] = checkNvrs([
      { host: 'nvr.lan', username: 'a', port: 'x', outputs: [{ pin: 5, pulse: 0 }] },
      { host: 'nvr.lan', username: 'a', pasword: 'x', outputs: [{ pin: 5, pulse: 0 }] },
    ]);
    expect(one?.problems.map((said) => t(said))).toEqual(['Port muss eine ganze Zahl von 1 bis 65535 sein.']);
    expect(two?.problems.map((said) => t(said))).toEqual([
      'Alarmausgang 1, Impuls (Sekunden) muss eine Zahl von 0.1 bis 3600 sein.',
    ]);
    expect(two?.advice.map((said) => t(said))).toEqual([
      expect.stringMatching(/^pasword ist nicht bekannt.* Es gibt /),
    ]);
  });

  it.each(languages)('is a verdict without a word of English in %s', (language) => {
    speak(language, dictionaries);
    const seen = { model: '', software: '', inputs: [], outputs: undefined, cameras: undefined, fingerprint: 'AB' };
    const verdicts = [
      ...(['good', 'restricted'] as const).map((is) => ({ ...{ is, live: false }, ...seen })),
      ...(['password-needed', 'no-address', 'tls', 'no-tls', 'silent'] as const).map((is) => ({ is })),
      ...[{ is: 'closed', open: [] } as const, { is: 'closed', open: [443] } as const],
      ...(['another-family', 'another-device', 'wrong-password', 'failed'] as const).map((is) => ({ is, what: '1' })),
      ...['NVR_UNREACHABLE', 'NVR_TIMEOUT', 'NVR_UNAVAILABLE', 'SESSION_LOST', 'INVALID_REPLY'].map((code) => ({
        ...({ is: 'failed', what: '1' } as const),
        code,
      })),
      { is: 'certificate', fingerprint: 'AB' } as const,
    ];
    const words = verdicts.map(inWords).flatMap(({ found, remedy = '' }) => [found, remedy]);
    expect(words.filter((text) => /\b(the|is|no|and|of|not|with|answers?|password)\b/i.test(text))).toEqual([]);
  });
});

describe('the settings of an NVR', () => {
  const schema = {
    name: { title: 'Name', description: 'Connect encrypted.', placeholder: 'Gate', type: 'string' },
    motion: { title: 'Motion', placeholder: 'Motion', enum: ['on'] },
    cameras: { title: 'Cameras', items: { title: 'Camera', properties: { sound: { title: 'Sound' } } } },
    novel: { description: 'Of a version that is not translated yet.' },
  };

  it('are shown in the language, but what is to be typed as it is', () => {
    speak('de', dictionaries);
    expect(translated(schema)).toEqual({
      name: { title: 'Name', description: 'Verschlüsselt verbinden.', placeholder: 'Tor', type: 'string' },
      motion: { title: 'Bewegung', description: '', placeholder: 'Motion', enum: ['on'] },
      cameras: {
        ...{ title: 'Kameras', description: '', placeholder: '' },
        items: { title: 'Kamera', properties: { sound: { title: 'Ton', description: '', placeholder: '' } } },
      },
      novel: { title: 'novel', description: 'Of a version that is not translated yet.', placeholder: '' },
    });
  });
});
