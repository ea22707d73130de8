/** What the hosts of this package need beside the driver: no part of its public face. */
export { cleanText } from './clean-text.js';
export type { Bundle } from './diagnosis/capture/bundle.js';
export { capture, type CaptureOptions } from './diagnosis/capture/capture.js';
export {
  bundleName,
  bundleText,
  type Contents,
  contentsInWords,
  contentsOf,
  contentsSaid,
} from './diagnosis/capture/contents.js';
export { ReadOnlyStore } from './device-store.js';
export { addressOfHost, meet, type Meeting, otherOpenPorts, type Place, tryPort } from './diagnosis/place.js';
export { FirstTimes, LimitCounters } from './limit-counters.js';
export { type LimitName, limits } from './limits.js';
export { prefixed } from './logger.js';
export type { Feed } from './media/live-feed.js';
export { type Moment, PastFeed } from './media/past-feed.js';
export { type Portion, PortionedStream } from './link/portioned-stream.js';
export { checkFingerprint } from './link/certificate-trust.js';
export { tlsConnection } from './link/tls-connection.js';
export { bareHost, completeOptions } from './link/options.js';
export { readFingerprint } from './link/trust-policy.js';
export { readAddress } from './link/written-address.js';
export { clockAhead } from './tasks/clock-ahead.js';
export { gapsOf } from './tasks/recorded-intervals.js';
export { livePicture, type LivePicture, type LivePictureOptions, type PictureSource } from './tasks/live-picture.js';
export { checkRestoring } from './tasks/settings-pairs.js';
export { showTime } from './tasks/local-time.js';
export { changed, inEnglish, listed, type Said, say, verbatim } from './said.js';
export { safeJson } from './safe-json.js';
export { saveStream, writeWhole } from './tasks/whole-file.js';
export { readOnlyFields } from './tasks/write-settings.js';
export { versionOf } from './version.js';
export { givenJson } from './wire/given-json.js';
export { isFields } from './wire/fields.js';
export { checkJsonBudget } from './json-budget.js';
export { isPassword, passwordsIn, withoutPasswords } from './wire/passwords.js';
