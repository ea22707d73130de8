import { afterEach, beforeEach, expect } from '@jest/globals';
import { Nvr, type NvrClientOptions } from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { BriskClock } from '../support/brisk-clock.js';
import { until } from '../support/until.js';

/** A simulator and a client for each test, both closed after it; nothing may be left open. */
export interface WithNvr {
  nvr: Simulator;
  readonly client: Nvr;
  /** What was logged: level and message. */
  readonly lines: readonly string[];
  /** Another client. */
  connect(options?: Partial<NvrClientOptions>): Nvr;
}

/**
 * Call within `describe`; what it returns is made anew for each test.
 *
 * @param speed of the time of both, where that of the machine would be waited for
 */
export function withNvr({ speed }: { readonly speed?: number } = {}): WithNvr {
  let clock: BriskClock | undefined;
  const time = () => clock && { clock };
  let lines: string[] = [];
  const write = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const connect = (options: Partial<NvrClientOptions> = {}): Nvr => {
    const { host, port } = context.nvr;
    return new Nvr({
      host,
      port,
      username: 'admin',
      password: 'admin123',
      logger,
      feedLingerMs: 0,
      ...time(),
      ...options,
    });
  };
  const context = { connect } as { -readonly [K in keyof WithNvr]: WithNvr[K] };

  beforeEach(async () => {
    lines = [];
    context.lines = lines;
    clock = speed === undefined ? undefined : new BriskClock(speed);
    context.nvr = await Simulator.start({ cameras: 2, ...time() });
    context.client = connect();
  });

  afterEach(async () => {
    await context.client.close();
    await until('no socket to be open', () => context.nvr.openSockets === 0);
    expect(context.nvr.refused).toEqual([]);
    await context.nvr.stop();
    clock?.[Symbol.dispose]();
  });
  return context;
}
