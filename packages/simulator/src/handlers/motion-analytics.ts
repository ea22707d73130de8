import type { OperationParams, OperationReply } from '../../../../src/shared/sdk/index.js';
import { CELL_LAYOUT, type MotionDetection, fitsLayout, hasAnalytics } from '../nvr/motion-detection.js';
import type { Nvr } from '../nvr/nvr.js';
import type { Handlers } from './handler.js';

export const motionAnalytics: Pick<Handlers, 'getAnalyticsMotionSettings' | 'setAnalyticsMotionSettings'> = {
  getAnalyticsMotionSettings: ({ ChannelID, mainsub }, { nvr }) => {
    const { switch: on, ...cells } = nvr.cameras.on(ChannelID).motionDetection.of(mainsub).get();
    const channel = { channel: ChannelID, switch: on };
    return [hasAnalytics(ChannelID) ? { ...channel, cellLayout: CELL_LAYOUT, ...cells } : channel];
  },
  setAnalyticsMotionSettings: ({ body }, { nvr }) => body.map((change) => set(change, nvr)),
};

type Change = OperationParams<'setAnalyticsMotionSettings'>['body'][number];
type Result = OperationReply<'setAnalyticsMotionSettings'>[number];

/** Sets what the camera can do, and says what it cannot. */
function set({ channel, mainsub, ...wanted }: Change, nvr: Nvr): Result {
  if (!nvr.cameras.has(channel)) {
    return { channel, moduleResult: 'FAIL', cellResult: 'FAIL', description: 'no such channel' };
  }
  const { switch: on, sensitivity, cellSettings } = wanted;
  const settings = nvr.cameras.on(channel).motionDetection.of(mainsub);
  const able = hasAnalytics(channel);
  const moduleFails = sensitivity !== undefined && !able;
  const cellsFail = cellSettings !== undefined && !(able && fitsLayout(cellSettings));
  const changes: Partial<MotionDetection> = {
    switch: on,
    ...(sensitivity !== undefined && able && { sensitivity }),
    ...(cellSettings !== undefined && !cellsFail && { cellSettings }),
  };
  settings.set({ ...settings.get(), ...changes });
  return {
    channel,
    moduleResult: moduleFails ? 'FAIL' : 'SUCCESS',
    cellResult: cellsFail ? 'FAIL' : 'SUCCESS',
    description: !moduleFails && !cellsFail ? '' : able ? 'cells of another layout' : 'no analytics module',
  };
}
