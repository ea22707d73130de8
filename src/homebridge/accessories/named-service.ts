import type { HAP, PlatformAccessory, Service, WithUUID } from 'homebridge';

/**
 * The accessory's service of that kind, added where it is missing, with `ConfiguredName`: the name that Home shows and
 * that the user may change there. It follows the NVR until the user has changed it.
 *
 * @param formerName the name that the NVR had for it before; `undefined` where it is new
 * @param subtype tells services of one kind apart
 */
export function namedService(
  hap: HAP,
  accessory: PlatformAccessory,
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
  if (!shown || shown === formerName) service.updateCharacteristic(ConfiguredName, name);
  return service;
}
