import { type SettingsPair, settingsPairs } from '../../shared/index.js';

/** Settings that fit into one file, or one for each camera. */
export interface FiledSettings extends SettingsPair {
  /** Each camera has its own. */
  readonly byChannel: boolean;
}

/** A file for each read that has its own write, and needs to be told a camera at most. */
export const filedSettings: readonly FiledSettings[] = settingsPairs.flatMap((pair) => {
  const { read, write, parameters } = pair;
  const needed = parameters.filter(({ required }) => required).map(({ name }) => name);
  if (write.id !== read.id.replace('get', 'set') || needed.some((name) => name !== 'ChannelID')) return [];
  return { ...pair, byChannel: needed.length > 0 };
});
