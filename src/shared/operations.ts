/**
 * The declaration of each operation and socket of the SDK document, by name: who hands them to `NvrClient.call` gets a
 * program without the chapters that it does not use.
 *
 * @packageDocumentation
 */
export { getLoginParameters, login, logout, setAdminAccount, userList, getUser, setUser } from './sdk/account.js';
export { setAlarmSettings, getAlarmSettings, setExceptionAlarm, getExceptionAlarm } from './sdk/alarm-settings.js';
export { getNetworkInterfaces, setNetworkInterfaces, setDNS, setNTP } from './sdk/camera-network.js';
export {
  probe,
  addCamera,
  cameraList,
  cameraDetail,
  deleteCamera,
  updateCamera,
  setCamera,
  cameraStatus,
  cameraStatusHook,
} from './sdk/cameras.js';
export { requestVideoClips, backupVideoClip } from './sdk/clips.js';
export { getVideoEncoderConfigurations, setVideoEncoderConfiguration } from './sdk/encoder.js';
export { addEvent, addMeta, addEventSocket, addMetaSocket, eventHook, metaHook } from './sdk/events.js';
export {
  getXFleetConfig,
  setXFleetConfig,
  setGPSEventSettings,
  getGPSEventSettings,
  setGSensorEventSettings,
  getGSensorEventSettings,
} from './sdk/fleet.js';
export { setFTP, getFTP, testFTP } from './sdk/ftp.js';
export { getGPIOInfo, getPinStatus, pinManualSetting } from './sdk/gpio.js';
export { getCertificateInfo, generateCertificate, uploadCertificate } from './sdk/https.js';
export { getImagingSettings, getImagingOptions, setImagingSettings } from './sdk/imaging.js';
export { setIPFilter, getIPFilter } from './sdk/ip-filter.js';
export { searchLogs, addLogs } from './sdk/logs.js';
export { getEMail, testEMail, setEMail } from './sdk/mail.js';
export { manualRecord, manualAlarm } from './sdk/manual.js';
export { getAnalyticsMotionSettings, setAnalyticsMotionSettings } from './sdk/motion-analytics.js';
export { scanWifiDevices, forgetWifi, gsmBitrate, getPOEStates } from './sdk/network-links.js';
export { getNetwork, setNetwork, getDDNS, setDDNS, getPort, setPort } from './sdk/network.js';
export { exceptionListen, messageListen } from './sdk/notices.js';
export { playbackControl, playback } from './sdk/playback.js';
export {
  tiltUp,
  tiltDown,
  panLeft,
  panRight,
  zoomIn,
  zoomOut,
  stopMove,
  setPreset,
  removePreset,
  gotoPreset,
  getPresets,
  startTour,
  stopTour,
  getTourPresets,
} from './sdk/ptz.js';
export { getMapByDay, getMapByMinute, getMapBySecond } from './sdk/record-maps.js';
export {
  setSnapshotSettings,
  getSnapshotSettings,
  setRecordSettings,
  getRecordSettings,
} from './sdk/record-settings.js';
export {
  setScheduleByGroup,
  setScheduleByGroupMultiChannels,
  getSchedulesByGroup,
  getSchedulesByGroupMultiChannels,
} from './sdk/schedules.js';
export { eventSearch, metaSearch } from './sdk/searches.js';
export { getSnapshot, searchSnapshotPath, deleteSnapshot, downloadSnapshot } from './sdk/snapshots.js';
export {
  getUSBStorages,
  setDiskGroups,
  getDiskGroups,
  getStorages,
  setStorages,
  smart,
  format,
  setOverwrite,
  getOverwrite,
} from './sdk/storage.js';
export { live, audioBackchannel } from './sdk/streaming.js';
export {
  getSystemInfo,
  setSystemInfo,
  shutdown,
  reboot,
  loadDefault,
  backupConfig,
  restoreConfig,
  callBuzzer,
} from './sdk/system.js';
export { getTime, setTime } from './sdk/time.js';
