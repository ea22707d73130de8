import type { HAP, PlatformAccessory, Service, WithUUID } from 'homebridge';
import type { AccessoryContext } from './context.js';
import { CHANGE, WRITTEN_BY_HOME } from './hap-values.js';

/**
 * The accessory's service of that kind, added where it is missing, with `ConfiguredName`: the name that Home shows and
 * that the user may change there. It follows the NVR until the user has changed it.
 *
 * @param formerName the name that the NVR had for it before; `undefined` where it is new
 * @param subtype tells services of one kind apart
 */
export function namedService(
  hap: HAP,
  accessory: PlatformAccessory<AccessoryContext>,
  kind: WithUUID<typeof Service>,
  name: string,
  formerName: string | undefined,
  subtype: string,
): Service {
  const { ConfiguredName, Name } = hap.Characteristic;
  const restored = accessory.getServiceById(kind, subtype);
  const service = restored ?? accessory.addService(kind, name, subtype);
  service.updateCharacteristic(Name, name);
  if (!service.testCharacteristic(ConfiguredName)) service.addOptionalCharacteristic(ConfiguredName);
  const shown = restored && service.getCharacteristic(ConfiguredName).value;
  const chosen = accessory.context.names?.[subtype];
  if (chosen !== undefined) service.updateCharacteristic(ConfiguredName, chosen);
  else if (!shown || shown === formerName) service.updateCharacteristic(ConfiguredName, name);
  return service;
}

/**
 * Keeps the name that the user gives the service in Home, in the accessory's context; once for each service.
 *
 * @param save writes it to disk, so that it outlives a power cut in the next second
 */
export function keepChosenName(
  hap: HAP,
  accessory: PlatformAccessory<AccessoryContext>,
  service: Service,
  subtype: string,
  save: () => void,
): void {
  service.getCharacteristic(hap.Characteristic.ConfiguredName).on(CHANGE, (change) => {
    if (change.reason !== WRITTEN_BY_HOME) return;
    const name = typeof change.newValue === 'string' ? change.newValue.trim() : '';
    const others = Object.entries(accessory.context.names ?? {}).filter(([other]) => other !== subtype);
    const names = Object.fromEntries(name === '' ? others : [...others, [subtype, name]]);
    accessory.context = { ...accessory.context, names };
    save();
  });
}
