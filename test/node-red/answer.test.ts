import { expect, it } from '@jest/globals';
import { answer } from '../../src/node-red/admin/answer.js';

it('what has no place in JSON is answered as a problem, and ends nothing', async () => {
  const answered = Promise.withResolvers<unknown>();
  const response = {
    code: 200,
    status(code: number) {
      this.code = code;
      return this;
    },
    json(document: unknown) {
      const text = JSON.stringify(document);
      answered.resolve([this.code, JSON.parse(text)]);
    },
  };
  const handle = answer(() => Promise.resolve({ much: 1n }));
  await handle({} as never, response as never, () => undefined);
  expect(await answered.promise).toEqual([422, { code: 'ERROR', message: expect.stringContaining('BigInt') }]);
});
