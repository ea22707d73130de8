import { parseArgs } from 'node:util';
import { InvalidParameterError } from '../../../src/shared/errors.js';
import { type SimulatorSettings, codecOf, settingsOf } from './options.js';

export const HELP = `everfocus-simulator: an EverFocus NVR in a box

  --host <address>       address to listen on (127.0.0.1); 0.0.0.0 opens it to the network
  --port <port>          port of the NVR (8080); 0: any free one
  --https-port <port>    port of the NVR's HTTPS (none); 0: any free one
  --control-port <port>  port of the control server, always on 127.0.0.1 (8081); 0: any free one
  --rtsp-port <port>     port of RTSP (none); 0: any free one
  --discovery-port <port>  UDP port on which those who search are answered, 31501 at a real NVR (none)
  --cameras <1-8>        number of cameras (4)
  --codec <name>         h264 or h265 (h264)
  --username <name>      user who may log in (admin)
  --password <text>      his password (admin123)
  --scene <seconds>      motion on one camera after the other, each so many seconds (none)
  --replay <file>        serve a capture instead (everfocus capture makes them); only --host and --port go with it
  --help                 this
`;

/** A capture that is to be served. */
export interface ReplaySettings {
  /** Path of the file. */
  readonly replay: string;
  readonly host: string;
  readonly port: number;
}

/** What the command line asks for: help, a simulator, or a capture. @throws {@link InvalidParameterError} */
export function readArguments(args: readonly string[]): 'help' | SimulatorSettings | ReplaySettings {
  const {
    help,
    port,
    cameras,
    scene,
    codec,
    'https-port': httpsPort,
    'control-port': controlPort,
    'discovery-port': discoveryPort,
    'rtsp-port': rtspPort,
    replay,
    ...texts
  } = parse(args);
  if (help) return 'help';
  if (replay !== undefined) {
    const { host = '127.0.0.1' } = texts;
    return { replay, host, port: wholeNumber('port', port ?? '8080') };
  }
  return settingsOf({
    ...texts,
    port: wholeNumber('port', port ?? '8080'),
    ...(httpsPort !== undefined && { httpsPort: wholeNumber('https-port', httpsPort) }),
    controlPort: wholeNumber('control-port', controlPort ?? '8081'),
    ...(rtspPort !== undefined && { rtspPort: wholeNumber('rtsp-port', rtspPort) }),
    ...(discoveryPort !== undefined && { discoveryPort: wholeNumber('discovery-port', discoveryPort) }),
    ...(cameras !== undefined && { cameras: wholeNumber('cameras', cameras) }),
    ...(scene !== undefined && { scene: wholeNumber('scene', scene) }),
    ...(codec !== undefined && { codec: codecOf(codec) }),
  });
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    const options = {
      ...{
        host: text,
        port: text,
        'https-port': text,
        'control-port': text,
        'discovery-port': text,
        'rtsp-port': text,
        cameras: text,
        codec: text,
      },
      ...{ username: text, password: text, scene: text, replay: text, help: { type: 'boolean' } as const },
    };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new InvalidParameterError('', error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidParameterError(name, `must be a whole number, not "${text}"`);
}
