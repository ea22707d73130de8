import { describe, expect, it } from '@jest/globals';
import { readOptions } from '../../scripts/demo/options.js';

describe('options of the demo', () => {
  it('needs none', () => {
    expect(readOptions([], '/checkout')).toEqual({
      cameras: 4,
      codec: 'h264',
      ports: { simulator: 8090, control: 8091, homekit: 51850, nodeRed: 1890 },
      storage: '/checkout/.demo',
      lan: false,
      reset: false,
    });
  });

  it('asks for help', () => {
    expect(readOptions(['--help'], '/')).toBeUndefined();
  });

  it.each([
    [['--cameras', '0'], '--cameras'],
    [['--cameras', 'four'], '--cameras'],
    [['--node-red-port', '65536'], '--node-red-port'],
    [['--codec', 'mjpeg'], '--codec'],
    [['--bogus'], '--bogus'],
    [['extra'], 'extra'],
  ])('refuses %j', (args, named) => {
    expect(() => readOptions(args, '/')).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(named) }),
    );
  });
});
