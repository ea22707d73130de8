import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDocuments, parseJson } from '../../src/shared/wire/parse-json.js';

describe('JSON is read as firmware writes it', () => {
  it.each<[string, string, unknown]>([
    ['strict JSON', '{"a":[1,"it\'s",null]}', { a: [1, "it's", null] }],
    ['a scalar', ' "OK"\n', 'OK'],
    ['null', 'null', null],
    ['a byte order mark', '\ufeff{"a":1}', { a: 1 }],
    ['NULs and white space after it', '{"a":1}\r\n\0\0 \0', { a: 1 }],
    ['padding around a long document', `\ufeff["${'x'.repeat(1024 * 1024)}"]\0`, ['x'.repeat(1024 * 1024)]],
    ['a scalar with NULs after it', 'null\0\0', null],
    ['trailing commas (7.9)', '{ "http_port": 80, "https_port": 443, }', { http_port: 80, https_port: 443 }],
    ['single quotes (10.1)', "{ realm: 'xnvr', opaque: '' }", { realm: 'xnvr', opaque: '' }],
    ['unquoted names (10.19)', '[ { ch: 0, alarmIn: [1,2] }, ]', [{ ch: 0, alarmIn: [1, 2] }]],
    ['smart quotes', '{ "Result": “Error”, ”Description”: “no disk” }', { Result: 'Error', Description: 'no disk' }],
    ['quotes in smart quotes', '{ “a”: “say "no"”, }', { a: 'say "no"' }],
    ['smart quotes, brackets and escapes in strings', `{ a: "“}\\"", b: '{"', }`, { a: '“}"', b: '{"' }],
    ['escapes in strings', '{ a: "\\"}", }', { a: '"}' }],
    ['a name that is dangerous', '{ __proto__: { admin: true }, }', JSON.parse('{"__proto__":{"admin":true}}')],
  ])('%s', (_case, text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it.each([
    ['nothing', ''],
    ['NULs', '\0\0'],
    ['plain text', 'hello'],
    ['what another notation takes for a number', 'Infinity'],
    ['a document that is cut short', '[{"ChannelID":1'],
    ['a string that is cut short', '{“a”: “b'],
    ['a document with text after it', '{"a":1} is the answer'],
    ['text with a document after it', 'the answer is {"a":1}'],
    ['two documents', '{"a":1}{"a":2}'],
    ['closing brackets', ']]}{'],
    ['a document that is too long to be read tolerantly', `{a:"${'x'.repeat(1024 * 1024)}"}`],
  ])('but nothing is made of %s', (_case, text) => {
    expect(parseJson(text)).toBeUndefined();
  });

  it('never throws, and reads what is strict as it is', () => {
    const signs = fc.constantFrom('{', '}', '[', ']', '"', "'", '“', '”', '\\', ',', ':', '\0', 'a', '1', ' ');
    fc.assert(fc.property(fc.array(signs), (text) => void parseJson(text.join(''))));
    fc.assert(fc.property(fc.json(), (text) => expect(parseJson(text)).toEqual(JSON.parse(text))));
  });
});

describe('several documents in one text', () => {
  it.each<[string, string, unknown[]]>([
    ['one', '[1,2]', [[1, 2]]],
    ['on end', '{"a":1}{"a":"}{"}', [{ a: 1 }, { a: '}{' }]],
    ['one a line', '{"a":1}\n{"a":2}\r\n', [{ a: 1 }, { a: 2 }]],
    ['with NULs or commas between', '{"a":1}\0{“a”:2},[3]\0', [{ a: 1 }, { a: 2 }, [3]]],
    ['the last cut short', '{"a":1}{"a":', [{ a: 1 }]],
    ['up to a broken one', '{"a":1}{"a":}{"a":3}', [{ a: 1 }]],
    ['none', 'hello', []],
  ])('%s', (_case, text, documents) => {
    expect(parseDocuments(text)).toEqual(documents);
  });
});
