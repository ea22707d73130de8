import { describe, expect, it } from '@jest/globals';
import { judgeReply } from '../../src/shared/client/reply.js';
import { operations } from '../../src/shared/sdk/index.js';
import type { Operation } from '../../src/shared/sdk/declaration.js';

function judge(operation: Operation, body: unknown, status = 200) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return judgeReply(operation, { status, body: bytes });
}

describe('a reply is judged by its envelope and first bytes', () => {
  it.each([
    ['401', operations.cameraList, '[]', 401],
    ['403', operations.cameraList, '[]', 403],
    ['a redirect', operations.cameraList, '', 302],
    ['an Error about login', operations.cameraList, { Result: 'Error', Description: 'Please login first' }, 200],
  ])('%s means: the session is surely gone', (_case, operation, body, status) => {
    expect(judge(operation, body, status)).toEqual({ is: 'session-lost', certain: true });
  });

  it('HTML where data is due means: the session is probably gone', () => {
    expect(judge(operations.cameraList, '\n<!DOCTYPE html><html></html>')).toEqual({
      is: 'session-lost',
      certain: false,
    });
  });

  it.each([
    ['an Error in place of a list', operations.cameraList, { Result: ' "ERROR" ', Description: 'no disk' }],
    ['an Error in place of a JPEG', operations.downloadSnapshot, { Result: 'Error', Description: 'no disk' }],
    [
      'an Error where only the outcome is due',
      operations.pinManualSetting,
      { Result: 'Error', Description: 'no disk' },
    ],
  ])('%s is a refusal with the words of the NVR', (_case, operation, body) => {
    expect(judge(operation, body)).toMatchObject({
      is: 'error',
      error: { code: 'NVR_REFUSED', description: 'no disk' },
    });
  });

  it.each([
    ['broken JSON', operations.cameraList, '[{"ChannelID":1'],
    ['nothing', operations.cameraList, ''],
    ['an object without what is due', operations.getSnapshot, { path: '/x' }],
    ['JSON in place of a JPEG', operations.downloadSnapshot, { a: 1 }],
    ['an outcome that is none', operations.pinManualSetting, { Result: 'Maybe' }],
    ['a server error', operations.cameraList, '[]', 500],
    ['an error page', operations.cameraList, '<html>Not found</html>', 404],
  ])('%s is an invalid reply', (_case, operation, body, status = 200) => {
    expect(judge(operation, body, status)).toMatchObject({ is: 'error', error: { code: 'INVALID_REPLY' } });
  });

  it('takes a JPEG whatever else is said of it', () => {
    const jpeg = Buffer.from('ffd8ffe000104a464946', 'hex');
    expect(judge(operations.downloadSnapshot, jpeg)).toEqual({ is: 'value', value: jpeg, drift: [] });
  });

  it.each(['OK', 'ok', ' "OK" ', 'SUCCESS'])('takes %j as success', (Result) => {
    expect(judge(operations.pinManualSetting, { Result })).toMatchObject({ is: 'value', value: { Result: 'OK' } });
  });
});

describe('data is read leniently', () => {
  it('coerces declared types, keeps unknown keys and says where it drifted', () => {
    const verdict = judge(operations.cameraList, [
      { ChannelID: '1', Enable: 'true', Port: '80', DeviceName: 7, Colour: 'red' },
    ]);
    expect(verdict).toMatchObject({
      is: 'value',
      value: [{ ChannelID: 1, Enable: true, Port: 80, DeviceName: '7', Colour: 'red' }],
      drift: [{ path: '0/ChannelID' }, { path: '0/Enable' }, { path: '0/DeviceName' }, { path: '0/Port' }],
    });
  });

  it('takes a bare object as a list of one', () => {
    expect(judge(operations.cameraList, { ChannelID: 1 })).toMatchObject({ value: [{ ChannelID: 1 }] });
  });

  it('leaves out an odd field or item, never the whole reply', () => {
    expect(judge(operations.cameraList, [{ ChannelID: 1, Port: 'eighty' }, { ChannelID: 'x' }, null])).toMatchObject({
      value: [{ ChannelID: 1 }],
      drift: [{ path: '0/Port' }, { path: '1' }, { path: '2' }],
    });
  });

  it('fills in lists that a device leaves out where the declaration has a default', () => {
    expect(judge(operations.getGPIOInfo, [{ ch: 0, alarmOut: ['5'] }])).toMatchObject({
      value: [{ ch: 0, alarmIn: [], alarmOut: [5] }],
    });
  });
});
