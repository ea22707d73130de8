import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OutputPins } from '../../src/homebridge/outputs/output-pins.js';
import { ManualClock, Nvr, OutcomeUnknownError, silentLogger, type OperationId } from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';

const [GATE, LAMP] = [5, 6];

let simulator: Simulator;
let client: Nvr;
let clock: ManualClock;
let pins: OutputPins;
let changes: [number, boolean | undefined][];
let warnings: string[];

beforeEach(async () => {
  simulator = await Simulator.start({ cameras: 1 });
  const { host, port } = simulator;
  client = new Nvr({ host, port, username: 'admin', password: 'admin123' });
  clock = new ManualClock();
  changes = [];
  warnings = [];
  pins = pinsOf(client);
  client.state.watch({ pins: true }, (change) => {
    if (change.kind !== 'output') return;
    changes.push([change.pin, change.on]);
    if (change.on !== undefined) pins.found(change.pin, change.on);
  });
  await until('the pins', () => pins.isOn(GATE) !== undefined && client.state.pins !== undefined);
});

afterEach(async () => {
  await pins.close();
  await client.close();
  await simulator.stop();
});

describe('alarm outputs', () => {
  it('show what the NVR says of them', async () => {
    expect([pins.isOn(LAMP), pins.isOn(GATE)]).toEqual([false, false]);
    simulator.setPin(LAMP, 1);
    await refresh();
    expect(pins.isOn(LAMP)).toBe(true);
    expect(changes).toContainEqual([LAMP, true]);
  });

  it('are unknown while the NVR cannot be asked, and known again afterwards', async () => {
    simulator.faults.errorReplies = true;
    await refresh();
    expect(pins.isOn(LAMP)).toBeUndefined();
    simulator.faults.errorReplies = false;
    await refresh();
    expect(pins.isOn(LAMP)).toBe(false);
  });

  it('show what the NVR made of a command', async () => {
    await refresh();
    await pins.set(LAMP, true);
    expect(simulator.pin(LAMP)).toBe(1);
    await until('read back', () => pins.isOn(LAMP));
    await pins.set(LAMP, false);
    expect(simulator.pin(LAMP)).toBe(0);
  });

  it('say so where the NVR refuses', async () => {
    simulator.faults.errorReplies = true;
    await expect(pins.set(LAMP, true)).rejects.toMatchObject({ code: 'NVR_REFUSED' });
  });

  it('show what the NVR made of a command that it did not obey', async () => {
    const deaf = pinsOf({ call: callsTo({ obeying: false, answering: true }) });
    await deaf.set(LAMP, true);
    await refresh();
    expect(deaf.isOn(LAMP)).toBe(false);
    await deaf.close();
  });

  it('do not go back to what was read before a command', async () => {
    simulator.faults.slowReplies = 300;
    const asked = () => simulator.requests.filter(({ path }) => path === '/dio/GetPinStatus').length;
    const before = asked();
    changes.length = 0;
    const reading = refresh();
    await until('asked', () => asked() > before);
    simulator.faults.slowReplies = 0;
    await pins.set(LAMP, true);
    await reading;
    expect(changes.filter(([pin]) => pin === LAMP)).toEqual([[LAMP, true]]);
  });

  it('say so where nobody knows what became of a command', async () => {
    const lossy = pinsOf({ call: callsTo({ obeying: false }) });
    await expect(lossy.set(LAMP, true)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await lossy.close();
  });
});

describe('an output with a pulse', () => {
  it('goes off by itself after its time, not before', async () => {
    await pins.set(GATE, true);
    expect(simulator.pin(GATE)).toBe(1);
    clock.advance(1999);
    await refresh();
    expect(simulator.pin(GATE)).toBe(1);
    clock.advance(1);
    await until('off', () => simulator.pin(GATE) === 0);
    await until('read back', () => pins.isOn(GATE) === false);
    expect(warnings).toEqual([]);
  });

  it('starts over when it is switched on again', async () => {
    await pins.set(GATE, true);
    clock.advance(1500);
    await pins.set(GATE, true);
    clock.advance(1500);
    await refresh();
    expect(simulator.pin(GATE)).toBe(1);
    clock.advance(500);
    await until('off', () => simulator.pin(GATE) === 0);
  });

  it('tries until the NVR has switched it off, and says so once', async () => {
    await pins.set(GATE, true);
    simulator.faults.errorReplies = true;
    await until('warned', () => {
      clock.advance(500);
      return warnings.length > 0;
    });
    const commands = () => simulator.requests.filter(({ path }) => path === '/dio/pinManualSetting').length;
    const before = commands();
    await until('tried again twice', () => {
      clock.advance(2000);
      return commands() >= before + 2;
    });
    simulator.faults.errorReplies = false;
    await until('off', () => {
      clock.advance(2000);
      return simulator.pin(GATE) === 0;
    });
    expect(warnings).toEqual([expect.stringContaining("Output 5 can't be switched off")]);
  });

  it('goes off even where nobody knows whether it went on', async () => {
    const lossy = pinsOf({ call: callsTo({ obeying: true }) });
    const outcome = lossy.set(GATE, true).catch((error: { code: string }) => error.code);
    let code: unknown;
    void outcome.then((told) => (code = told));
    await until('told', () => {
      clock.advance(500);
      return code === 'OUTCOME_UNKNOWN';
    });
    await until('off', () => {
      clock.advance(500);
      return simulator.pin(GATE) === 0;
    });
    await lossy.close();
  });

  it('is left alone when it is switched off before', async () => {
    await pins.set(GATE, true);
    await pins.set(GATE, false);
    simulator.setPin(GATE, 1);
    clock.advance(10_000);
    await refresh();
    expect(simulator.pin(GATE)).toBe(1);
  });

  it('does not stay on when we leave', async () => {
    await pins.set(GATE, true);
    await pins.close();
    expect(simulator.pin(GATE)).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('is not switched off where it was on before the start: the log says so', async () => {
    simulator.setPin(GATE, 1);
    const [later, others] = [
      new Nvr({ host: simulator.host, port: simulator.port, username: 'admin', password: 'admin123' }),
      pinsOf(client),
    ];
    later.state.watch({ pins: true }, (change) => {
      if (change.kind === 'output' && change.on !== undefined) others.found(change.pin, change.on);
    });
    await until('known', () => warnings.length > 0);
    await later.close();
    clock.advance(10_000);
    await refresh();
    expect(simulator.pin(GATE)).toBe(1);
    expect(warnings).toEqual([expect.stringContaining('Output 5 is on since before the start')]);
  });
});

const refresh = () => client.state.refresh('pins');

function pinsOf({ call }: Pick<Nvr, 'call'>): OutputPins {
  return new OutputPins({
    client: {
      call: ((...args: Parameters<Nvr['call']>) => call.apply(client, args)) as Nvr['call'],
      state: client.state,
      beforeClose: (task) => client.beforeClose(task),
    },
    clock,
    logger: { ...silentLogger, warn: (message) => warnings.push(message) },
    pulses: new Map([[GATE, 2]]),
    nameOf: (pin) => `Output ${pin}`,
  });
}

/** Calls to an NVR that obeys commands or not, answers them or not; it obeys what switches a pin off. */
function callsTo(nvr: { obeying: boolean; answering?: boolean }): Nvr['call'] {
  const call = async ({ id }: { id: OperationId }, params: Record<string, unknown> = {}) => {
    if (id !== 'pinManualSetting' || params.pinValue === 0) return client.callByName(id, params);
    if (nvr.obeying) await client.callByName(id, params);
    if (nvr.answering) return { Result: 'OK' };
    throw new OutcomeUnknownError('the answer was lost');
  };
  return call as unknown as Nvr['call'];
}
