import { Type, defineSocket, open } from './declaration.js';
import { epochMilliseconds, maybe, plain, text } from './fields.js';

export const exceptionListen = defineSocket({
  id: 'exceptionListen',
  section: '10.13',
  title: 'Listen on exceptions',
  description: 'What goes wrong at the NVR itself, such as a full or a broken disk.',
  path: '/system/exceptionListen',
  traffic: 'messages-in',
  message: Type.Object(
    {
      exception: plain('Exception', 'Kind of exception; an open set.', ['DiskFull', 'DiskError']),
      target: maybe(text('Target', 'Of `DiskError`: the name of the disk.', ['sda'])),
      time: maybe(epochMilliseconds('Time', 'When it took place.')),
    },
    open,
  ),
});

export const messageListen = defineSocket({
  id: 'messageListen',
  section: '10.14',
  title: 'Listen on messages',
  description: 'Changes of settings that clients should know of.',
  path: '/system/messageListen',
  traffic: 'messages-in',
  message: Type.Object(
    {
      message: plain('Message', 'Kind of message; an open set.', [
        'network',
        'cameraSubnetMask',
        'cameraDetail',
        'portList',
        'sysTimeChanged',
      ]),
      time: maybe(epochMilliseconds('Time', 'When it took place.')),
      target: maybe(
        Type.Unknown({ title: 'Target', description: 'Of `cameraSubnetMask` and `cameraDetail`: the channel.' }),
      ),
      content: maybe(
        Type.Unknown({
          title: 'Content',
          description:
            '`network`: as getNetwork replies; `cameraSubnetMask`: `{subnetMask}`; `cameraDetail`: as cameraDetail ' +
            'replies; `portList`: as getPort replies; `sysTimeChanged`: `{sysTimeChanged: true}`.',
        }),
      ),
    },
    open,
  ),
});

export const noticeSockets = { exceptionListen, messageListen } as const;
