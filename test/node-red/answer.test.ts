import { expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { answer } from '../../src/node-red/admin/answer.js';

it('what has no place in JSON is answered as a problem, and ends nothing', async () => {
  const answered = Promise.withResolvers<unknown>();
  const response = {
    code: 200,
    on: () => response,
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

it('whoever works for a browser is told when it has left', async () => {
  const response = new EventEmitter();
  const told = Promise.withResolvers<unknown>();
  const handle = answer((_request, left) => {
    left.addEventListener('abort', () => told.resolve(left.reason));
    return new Promise(() => undefined);
  });
  await handle({} as never, response as never, () => undefined);
  response.emit('close');
  expect(await told.promise).toMatchObject({ code: 'CLOSED' });
});
