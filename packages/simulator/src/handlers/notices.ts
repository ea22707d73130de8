import type { OperationId, OperationParams } from '../../../../src/shared/sdk/index.js';
import type { Message } from '../nvr/notices.js';
import { cameras } from './cameras.js';
import type { Context } from './handler.js';
import { network } from './network.js';

type Notices = { readonly [Id in OperationId]?: (params: OperationParams<Id>, context: Context) => Message };

/** What clients are told once an operation has been carried out (SDK 10.14): settings as their own operation reads them. */
const notices: Notices = {
  setNetwork: (_, context) => ({ message: 'network', content: network.getNetwork({}, context) }),
  setPort: (_, context) => ({ message: 'portList', content: network.getPort({}, context) }),
  setTime: () => ({ message: 'sysTimeChanged', content: { sysTimeChanged: true } }),
  setCamera: ({ ChannelID }, context) => cameraDetail(ChannelID, context),
  updateCamera: ({ ChannelID, NewChannelID = ChannelID }, context) => cameraDetail(NewChannelID, context),
  setNetworkInterfaces: ({ ChannelID }, { nvr }) => ({
    message: 'cameraSubnetMask',
    target: ChannelID,
    content: { subnetMask: nvr.cameras.on(ChannelID).settings.SubnetMask },
  }),
};

/** @param params of an operation that has been carried out */
export function tellClients(id: OperationId, params: object, context: Context): void {
  // The declaration that typed the entry has been checked before.
  const notice = notices[id] as ((params: object, context: Context) => Message) | undefined;
  if (notice) context.nvr.notices.message(notice(params, context));
}

function cameraDetail(ChannelID: number, context: Context): Message {
  return { message: 'cameraDetail', target: ChannelID, content: cameras.cameraDetail({ ChannelID }, context) };
}
