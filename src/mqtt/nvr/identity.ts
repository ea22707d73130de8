import { type Nvr, NvrError, operations } from '../../shared/index.js';
import { levelOf } from '../topics.js';

/** What an NVR is called in topics, and its MAC address where it tells it. */
export interface Identity {
  readonly id: string;
  readonly mac?: string;
}

/**
 * What stays when addresses change: what the user wrote, else the serial number (SDK 10.17), else the MAC address (7.7).
 *
 * @returns `undefined` where the NVR tells none of them
 * @throws what keeps it from answering
 */
export async function identify(
  nvr: Nvr,
  configured: string | undefined,
  signal: AbortSignal,
): Promise<Identity | undefined> {
  const options = { signal, priority: 'poll' } as const;
  const { serial } = await nvr.call(operations.getSystemInfo, {}, options);
  const mac = await macOf(nvr, options);
  // Some firmwares have a place for it and nothing in it.
  const told = levelOf(serial ?? '');
  const id =
    configured ??
    (/[1-9A-Za-z].*[0-9A-Za-z]/.test(told) ? told : mac && levelOf(mac.replace(/[:-]/g, '').toLowerCase()));
  return id ? { id, ...(mac !== undefined && { mac }) } : undefined;
}

async function macOf(nvr: Nvr, options: Parameters<typeof nvr.call>[2]): Promise<string | undefined> {
  try {
    const { mac } = await nvr.call(operations.getDDNS, {}, options);
    return mac !== undefined && /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(mac) ? mac : undefined;
  } catch (error) {
    // This user may not see it, or this model has none.
    if (error instanceof NvrError && !error.recoverable) return undefined;
    throw error;
  }
}
