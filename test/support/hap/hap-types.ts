/** The full UUID of an Apple-defined type. */
function apple(short: string): string {
  return `${short.padStart(8, '0')}-0000-1000-8000-0026BB765291`;
}

/** Service types by name (HAP R2, 8). */
export const ServiceType = {
  AccessoryInformation: apple('3E'),
  CameraRTPStreamManagement: apple('110'),
  Microphone: apple('112'),
  MotionSensor: apple('85'),
  Switch: apple('49'),
} as const;

/** Characteristic types by name (HAP R2, 9). */
export const CharacteristicType = {
  ConfiguredName: apple('E3'),
  FirmwareRevision: apple('52'),
  Manufacturer: apple('20'),
  Model: apple('21'),
  MotionDetected: apple('22'),
  Name: apple('23'),
  On: apple('25'),
  SelectedRTPStreamConfiguration: apple('117'),
  SerialNumber: apple('30'),
  SetupEndpoints: apple('118'),
  StatusActive: apple('75'),
  StatusFault: apple('77'),
  StreamingStatus: apple('120'),
  SupportedAudioStreamConfiguration: apple('115'),
} as const;

export type ServiceName = keyof typeof ServiceType;
export type CharacteristicName = keyof typeof CharacteristicType;
