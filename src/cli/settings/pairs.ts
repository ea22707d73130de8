import { findOperation, type Operation, operations, parametersOf } from '../../shared/index.js';

/** Settings that can be read and written. */
export interface SettingsPair {
  readonly read: Operation;
  readonly write: Operation;
  /** Each camera has its own. */
  readonly byChannel: boolean;
  /** A mistake could lock out or destroy. */
  readonly guarded: boolean;
  /** Fields that go on by themselves. */
  readonly passing: readonly string[];
}

/** Every `get…` that has its `set…`, and needs to be told a camera at most. */
export const settingsPairs: readonly SettingsPair[] = Object.values<Operation>(operations).flatMap((read) => {
  const write =
    /^get/.test(read.id) && read.effect === 'read' && read.reply.as === 'json'
      ? findOperation(read.id.replace('get', 'set'))
      : undefined;
  const needed = parametersOf(read)
    .filter(({ required }) => required)
    .map(({ name }) => name);
  if (!write || needed.some((name) => name !== 'ChannelID')) return [];
  const guarded = write.effect === 'destructive' || write.guarded === true;
  const fields =
    write.body && 'properties' in write.body
      ? Object.entries(write.body.properties as Readonly<Record<string, object>>)
      : [];
  const passing = fields.flatMap(([name, field]) => ('passing' in field ? [name] : []));
  return [{ read, write, byChannel: needed.length > 0, guarded, passing }];
});
