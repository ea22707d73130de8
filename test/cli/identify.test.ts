import { describe, expect, it } from '@jest/globals';
import { identify } from '../../src/shared/diagnosis/identify.js';
import { leastWork } from '../support/work.js';

describe('what answers', () => {
  const answer = (body: string, status = 200, headers = {}) => identify({ status, headers, body }).is;
  it.each([
    ['{"realm":"xnvr","qop":"auth","nonce":"abc"}', 'nvr'],
    ['"{\\"realm\\":\\"xnvr\\",\\"nonce\\":\\"abc\\"}"', 'nvr'],
    ['<html>realm: nonce:</html>', 'another-device'],
    ['Client sent an HTTP request to an HTTPS server.', 'tls'],
    ['<title>EverFocus PowerPlay</title>', 'another-family'],
    ['', 'another-device'],
  ])('%s is %s', (body, identity) => expect(answer(body)).toBe(identity));

  it.each(['<title', '<title>', 'realm ', '{"realm', 'e ', '\\"', '[ ', 'everfocus'.slice(0, 8)])(
    'is told at once where it says nothing but %j',
    (text) => {
      const body = text.repeat(131_072 / text.length);
      // ms; looking on from each of them takes seconds.
      expect(leastWork(() => expect(answer(body)).not.toBe('nvr'))).toBeLessThan(200);
    },
  );
});
