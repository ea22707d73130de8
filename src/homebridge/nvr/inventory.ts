import { InvalidReplyError, NvrRefusedError, type Nvr, type OperationReply, operations } from '../../shared/index.js';
import { normaliseMac } from '../accessories/camera-identity.js';
import { homekitName } from '../accessories/homekit-text.js';

/** What an NVR says about itself. */
export interface NvrInformation {
  readonly serial?: string;
  readonly model?: string;
  readonly software?: string;
}

/** A camera, as the NVR lists it. */
export interface ListedCamera {
  readonly channel: number;
  /** Whether it is switched on at the NVR. */
  readonly enabled: boolean;
  readonly name: string;
  readonly mac?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly firmware?: string;
}

export interface Inventory {
  readonly information: NvrInformation;
  readonly cameras: readonly ListedCamera[];
  /** The NVR's own DO pins; `undefined` where the NVR does not tell. */
  readonly outputs: readonly number[] | undefined;
}

/** Reads what the NVR is and has. @throws NvrError: then nothing is known, not even that something is gone. */
export async function readInventory(client: Nvr): Promise<Inventory> {
  const [system, cameras, outputs] = await Promise.all([
    client.call(operations.getSystemInfo),
    client.call(operations.cameraList),
    readOutputs(client),
  ]);
  const serial = system.serial?.trim() || system.device_id?.trim();
  return {
    information: {
      ...(serial && { serial }),
      ...(system.model && { model: system.model }),
      ...(system.software_version && { software: system.software_version }),
    },
    cameras: cameras.map(listedCamera),
    outputs,
  };
}

function listedCamera(camera: OperationReply<'cameraList'>[number]): ListedCamera {
  const mac = normaliseMac(camera.MacAddress);
  return {
    channel: camera.ChannelID,
    enabled: camera.Enable !== false,
    name: homekitName(camera.DeviceName, `Camera ${camera.ChannelID}`),
    ...(mac !== undefined && { mac }),
    ...(camera.Manufacturer && { manufacturer: camera.Manufacturer }),
    ...(camera.Model && { model: camera.Model }),
    ...(camera.FirmwareVersion && { firmware: camera.FirmwareVersion }),
  };
}

/** A model without pins may refuse the question: its cameras are shown all the same. */
async function readOutputs(client: Nvr): Promise<readonly number[] | undefined> {
  try {
    const devices = await client.call(operations.getGPIOInfo);
    return devices.find(({ ch }) => ch === 0)?.alarmOut ?? [];
  } catch (error) {
    if (error instanceof NvrRefusedError || error instanceof InvalidReplyError) return undefined;
    throw error;
  }
}
