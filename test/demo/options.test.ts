import { describe, expect, it } from '@jest/globals';
import { readOptions } from '../../scripts/demo/options.mjs';

describe('options of the demo', () => {
  it('needs none', () => {
    expect(readOptions([], '/checkout')).toEqual({
      cameras: 4,
      codec: 'h264',
      ports: { simulator: 8090, control: 8091, homekit: 51850, nodeRed: 1890, mqtt: 1884 },
      storage: '/checkout/.demo',
      lan: false,
      reset: false,
      mqtt: false,
    });
  });

  it('asks for help', () => {
    expect(readOptions(['--help'], '/')).toBeUndefined();
  });

  it('takes any free port for several parts', () => {
    const args = ['simulator', 'control', 'homekit', 'node-red', 'mqtt'].flatMap((name) => [`--${name}-port`, '0']);
    expect(readOptions(args, '/')?.ports).toEqual({ simulator: 0, control: 0, homekit: 0, nodeRed: 0, mqtt: 0 });
  });

  it.each([
    [['--cameras', '0'], '--cameras'],
    [['--cameras', 'four'], '--cameras'],
    [['--node-red-port', '65536'], '--node-red-port'],
    [['--codec', 'mjpeg'], '--codec'],
    [['--homekit-port', '8090'], '8090'],
    [['--bogus'], '--bogus'],
    [['extra'], 'extra'],
  ])('refuses %j', (args, named) => {
    expect(() => readOptions(args, '/')).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(named) }),
    );
  });
});
