import { describe, expect, it } from '@jest/globals';
import { readNvrList } from '../../src/node-red/nodes/nvr/editor/list.js';
import { leastWork } from '../support/work.js';

const nvr = { name: '', host: '', port: '', https: false, fingerprint: '', username: '', password: '' };

describe('a list of NVRs', () => {
  it.each([
    [
      'commas',
      'name,host,port,https,username,password\nGate,10.0.0.1,8080,true,admin,"a,""b"" "\r\n\r\nHall,10.0.0.2\n',
    ],
    [
      'semicolons',
      '\uFEFFName;IP;Port;HTTPS;User;Password\nGate;10.0.0.1;8080;yes;admin;"a,""b"" "\nHall;10.0.0.2;;;;',
    ],
    ['tabs', 'site\taddress\tport\thttps\tlogin\tpassword\nGate\t10.0.0.1\t8080\t1\tadmin\t"a,""b"" "\nHall\t10.0.0.2'],
    [
      'JSON',
      JSON.stringify([
        { name: 'Gate', host: '10.0.0.1', port: 8080, https: true, user: 'admin', password: 'a,"b" ' },
        { name: 'Hall', host: '10.0.0.2' },
      ]),
    ],
  ])('is read with %s', (_, text) => {
    expect(readNvrList(text)).toEqual({
      problems: [],
      nvrs: [
        { ...nvr, name: 'Gate', host: '10.0.0.1', port: '8080', https: true, username: 'admin', password: 'a,"b" ' },
        { ...nvr, name: 'Hall', host: '10.0.0.2' },
      ],
    });
  });

  it('is taken as a whole or not at all, and every line that is wrong is told', () => {
    const lines = [
      'name,host,port,https,fingerprint',
      'a,10.0.0.1,80',
      'b,',
      'c,http://10.0.0.3/',
      'd,10.0.0.4,70000',
      'e,10.0.0.5,,perhaps',
      'f,10.0.0.6,,,ABC',
      'g,10.0.0.1',
      'A,10.0.0.8',
      `h,${'x'.repeat(2000)}`,
    ];
    expect(readNvrList(lines.join('\n'))).toEqual({
      nvrs: [],
      problems: [
        ...[
          { line: 3, key: 'noHost' },
          { line: 4, key: 'host' },
          { line: 5, key: 'port' },
          { line: 6, key: 'https' },
          { line: 7, key: 'fingerprint' },
          { line: 8, key: 'twice', other: 2 },
          { line: 9, key: 'twice', other: 2 },
          { line: 10, key: 'long' },
        ],
      ],
    });
  });

  it.each([
    ['no columns', 'Gate,10.0.0.1,80,admin,secret', { line: 1, key: 'columns' }],
    ['a column twice', 'host,ip\n10.0.0.1,10.0.0.2', { line: 1, key: 'columns' }],
    ['too many fields', 'host\n10.0.0.1,x', { line: 2, key: 'fields' }],
    ['an open quotation mark', 'host,name\n10.0.0.1,"x\ny', { line: 2, key: 'quote' }],
    ['one within a field', 'host\n"10.0.0.1"x', { line: 2, key: 'quote' }],
    ['broken JSON', '[{"host": "10.0.0.1"', { line: 1, key: 'json' }],
    ['other JSON', '[{"host": "10.0.0.1"}, 5]', { line: 2, key: 'json' }],
    ['JSON in JSON', '[{"host": {"a": 1}}]', { line: 1, key: 'json' }],
    ['too many of them', `host\n${'10.0.0.1\n'.repeat(2000)}`, { line: 1002, key: 'many', other: 1000 }],
    ['a megabyte', 'x'.repeat(2 ** 20 + 1), { line: 1, key: 'long' }],
  ])('of %s is refused, and nothing of it repeated', (_, text, problem) => {
    const { nvrs, problems } = readNvrList(text);
    expect(nvrs).toEqual([]);
    expect(problems).toEqual([problem]);
  });

  it('that is empty has nothing', () => {
    expect(readNvrList('host\n')).toEqual({ nvrs: [], problems: [] });
    expect(readNvrList('[]')).toEqual({ nvrs: [], problems: [] });
  });

  it('of any kind is read in no time', () => {
    const texts = ['"', ',', '\n', '""', '\r\n,'].map((part) => `host${part}`.padEnd(2 ** 18, part));
    for (const text of texts) {
      expect(leastWork(() => void readNvrList(text))).toBeLessThan(1000);
    }
  });
});
