/** The full UUID of an Apple-defined type. */
function apple(short: string): string {
  return `${short.padStart(8, '0')}-0000-1000-8000-0026BB765291`;
}

/** Service types by name (HAP R2, 8). */
export const ServiceType = {
  AccessoryInformation: apple('3E'),
  CameraOperatingMode: apple('21A'),
  CameraRecordingManagement: apple('204'),
  CameraRTPStreamManagement: apple('110'),
  ContactSensor: apple('80'),
  DataStreamTransportManagement: apple('129'),
  Doorbell: apple('121'),
  Microphone: apple('112'),
  MotionSensor: apple('85'),
  Speaker: apple('113'),
  Switch: apple('49'),
} as const;

/** Characteristic types by name (HAP R2, 9). */
export const CharacteristicType = {
  Active: apple('B0'),
  ConfiguredName: apple('E3'),
  ContactSensorState: apple('6A'),
  FirmwareRevision: apple('52'),
  HomeKitCameraActive: apple('21B'),
  Manufacturer: apple('20'),
  Model: apple('21'),
  MotionDetected: apple('22'),
  Mute: apple('11A'),
  Name: apple('23'),
  On: apple('25'),
  ProgrammableSwitchEvent: apple('73'),
  RecordingAudioActive: apple('226'),
  SelectedCameraRecordingConfiguration: apple('209'),
  SelectedRTPStreamConfiguration: apple('117'),
  SerialNumber: apple('30'),
  SetupDataStreamTransport: apple('131'),
  SetupEndpoints: apple('118'),
  StatusActive: apple('75'),
  StatusFault: apple('77'),
  StreamingStatus: apple('120'),
  SupportedAudioStreamConfiguration: apple('115'),
  SupportedCameraRecordingConfiguration: apple('205'),
  Volume: apple('119'),
} as const;

export type ServiceName = keyof typeof ServiceType;
export type CharacteristicName = keyof typeof CharacteristicType;
