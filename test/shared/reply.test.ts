import { describe, expect, it } from '@jest/globals';
import { judgeReply } from '../../src/shared/wire/reply.js';
import { operations } from '../../src/shared/sdk/index.js';
import type { Operation } from '../../src/shared/sdk/declaration.js';

function judge(operation: Operation, body: unknown, status = 200) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return judgeReply(operation, { status, body: bytes });
}

describe('a reply is judged by its envelope and first bytes', () => {
  it.each([
    ['401', '[]', 401],
    ['403', '[]', 403],
    ['a redirect', '', 302],
    ['"Please login first"', { Result: 'Error', Description: 'Please login first' }, 200],
    ['"User not login"', { Result: 'Error', Description: 'User not login' }, 200],
    ['"Authentication required"', { Result: 'Error', Description: 'Authentication required' }, 200],
    ['"session_timeout"', { result: 'error', description: 'session_timeout' }, 200],
  ])('%s means: there is no session', (_case, body, status) => {
    expect(judge(operations.cameraList, body, status)).toMatchObject({ is: 'no-session' });
  });

  it('HTML where data is due means: there is probably no session', () => {
    expect(judge(operations.cameraList, '\n<!DOCTYPE html><html></html>')).toEqual({ is: 'web-page' });
  });

  it.each([
    ['an Error in place of a list', operations.cameraList, { Result: ' "ERROR" ', Description: 'no disk' }, 200],
    ['an Error in place of a JPEG', operations.downloadSnapshot, { Result: 'Error', Description: 'no disk' }, 200],
    [
      'an Error where only the outcome is due',
      operations.pinManualSetting,
      { Result: 'Error', Description: 'no disk' },
      200,
    ],
    ['an Error with status 500', operations.pinManualSetting, { Result: 'Error', Description: 'no disk' }, 500],
  ])('%s is a refusal with the words of the NVR', (_case, operation, body, status) => {
    expect(judge(operation, body, status)).toEqual({ is: 'refused', words: 'no disk' });
  });

  it.each([
    ['a number', 3, '3'],
    ['an object', { fault: 'Sender' }, '{"fault":"Sender"}'],
    ['null', null, ''],
  ])('takes a Description that is %s for words', (_case, Description, words) => {
    expect(judge(operations.setDNS, { Result: 'Error', Description })).toEqual({ is: 'refused', words });
    expect(judge(operations.deleteCamera, { Result: 'OK', Description })).toMatchObject({
      value: { Result: 'OK', Description: words },
    });
  });

  it('reads a document that comes as a JSON string, as the document calls many a reply (2.2, 3.6)', () => {
    const twice = (document: object) => JSON.stringify(JSON.stringify(document));
    const snapshotPath = '/mnt/disk1/1.jpg';
    expect(judge(operations.getSnapshot, twice({ snapshotPath }))).toMatchObject({ value: { snapshotPath } });
    expect(judge(operations.addCamera, twice({ Result: 'Error', Description: 'no disk' }))).toEqual({
      is: 'refused',
      words: 'no disk',
    });
  });

  it('does not take the sessions of playback for a login', () => {
    const Description = 'No playback session for this pin';
    expect(judge(operations.pinManualSetting, { Result: 'Error', Description })).toEqual({
      is: 'refused',
      words: Description,
    });
  });

  it('takes an error page for a refusal, and a server error for: not now', () => {
    expect(judge(operations.cameraList, '<html>Not found</html>', 404)).toEqual({
      is: 'refused',
      words: 'HTTP status 404',
    });
    expect(judge(operations.cameraList, '<html>Oops</html>', 503)).toEqual({
      is: 'unavailable',
      words: 'HTTP status 503',
    });
  });

  it.each(['<?xml version="1.0"?><config/>', '<config>\n</config>', '{"record":{}}', '[network]\nport=80'])(
    'takes any file for one, whatever it is written in: %j',
    (file) => {
      expect(judge(operations.backupConfig, Buffer.from(file))).toMatchObject({
        is: 'value',
        value: Buffer.from(file),
      });
    },
  );

  it.each(['<!DOCTYPE html><title>Login</title>', '\n<html lang="en">', '<HTML>', '<!-- 1 -->\n<!doctype HTML>'])(
    'takes no web page for a file: %j',
    (page) => {
      expect(judge(operations.backupConfig, page)).toEqual({ is: 'web-page' });
    },
  );

  it.each([
    ['broken JSON', operations.cameraList, '[{"ChannelID":1'],
    ['nothing', operations.cameraList, ''],
    ['nothing for a file', operations.backupConfig, ''],
    ['an object without what is due', operations.getSnapshot, { path: '/x' }],
    ['JSON in place of a JPEG', operations.downloadSnapshot, { a: 1 }],
    ['an outcome that is none', operations.pinManualSetting, { Result: 'Maybe' }],
  ])('%s is an invalid reply', (_case, operation, body) => {
    expect(judge(operation, body)).toMatchObject({ is: 'invalid' });
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
