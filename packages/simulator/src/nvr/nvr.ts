import type { SimulatorSettings } from '../options.js';
import { Playbacks } from '../playback/playbacks.js';
import { Talks } from '../talk/talks.js';
import { Accounts } from './accounts.js';
import { AlarmSettings } from './alarm-settings.js';
import { Cameras } from './cameras.js';
import { ChannelSettings } from './channel-settings.js';
import { Configuration } from './configuration.js';
import { EventHistory } from './event-history.js';
import { Events } from './events.js';
import { HttpsCertificate } from './https-certificate.js';
import { Network } from './network.js';
import { keepSettings } from './keep-settings.js';
import { KeptSettings } from './kept-settings.js';
import { Logs } from './logs.js';
import { Manual } from './manual.js';
import { Meta } from './meta.js';
import { NoticeBoard } from './notices.js';
import { Pins } from './pins.js';
import { RecordSettings } from './record-settings.js';
import { Recordings } from './recordings.js';
import { Schedules } from './schedules.js';
import { Sessions } from './sessions.js';
import { Snapshots, type SnapshotSettings } from './snapshots.js';
import { Storage } from './storage.js';
import { System } from './system.js';
import { NvrTime } from './time.js';

/** Everything that the simulated NVR knows and remembers; the API and the control server are views of it. */
export class Nvr {
  readonly mac: string;
  readonly accounts: Accounts;
  readonly alarms: AlarmSettings;
  readonly cameras: Cameras;
  readonly certificate: HttpsCertificate;
  readonly configuration = new Configuration();
  readonly events: Events;
  readonly network: Network;
  readonly history: EventHistory;
  readonly logs: Logs;
  readonly manual: Manual;
  readonly meta: Meta;
  readonly notices: NoticeBoard;
  readonly pins: Pins;
  readonly playbacks = new Playbacks();
  readonly recordings: Recordings;
  readonly recordSettings: RecordSettings;
  readonly schedules: Schedules;
  readonly sessions: Sessions;
  readonly snapshots: Snapshots;
  readonly snapshotSettings: ChannelSettings<SnapshotSettings>;
  readonly storage: Storage;
  readonly system: System;
  readonly talks = new Talks();
  readonly time: NvrTime;
  /** As in the document's example (SDK 10.22), but off. */
  readonly xFleet = new KeptSettings({
    enable: false,
    DeviceID: '30005',
    ServerIP: '172.20.4.169',
    ServerPort: '6608',
  });

  constructor({ cameras, mac, username, password, codec, subCodec, clock }: SimulatorSettings) {
    this.mac = mac;
    this.accounts = new Accounts(username, password);
    this.cameras = new Cameras({ cameras, mac, codec, subCodec, clock });
    this.certificate = new HttpsCertificate(clock);
    this.events = new Events(this.cameras, clock);
    this.cameras.onLeave((channel) => this.events.forgetChannel(channel));
    this.network = new Network(mac);
    this.time = new NvrTime(clock);
    this.notices = new NoticeBoard(() => this.time.wall());
    this.pins = new Pins(this.events);
    this.alarms = new AlarmSettings(this.cameras, this.pins);
    this.recordings = new Recordings(clock);
    this.recordSettings = new RecordSettings(this.cameras, this.recordings);
    this.history = new EventHistory(this.events, this.recordings, clock);
    this.logs = new Logs(clock);
    this.meta = new Meta(this.cameras, clock);
    this.manual = new Manual(clock, this.recordings, this.events, this.meta);
    this.schedules = new Schedules(this.cameras);
    this.sessions = new Sessions(this.accounts);
    this.snapshots = new Snapshots(clock);
    this.storage = new Storage(this.recordings);
    this.system = new System(clock, mac);
    this.snapshotSettings = new ChannelSettings<SnapshotSettings>(this.cameras, {
      Auto: 0,
      streamType: 0,
      Normal: { period: 0 },
      Alarm: { period: 0 },
    });
    keepSettings(this);
    this.logs.note({ type: 'System', description: 'System Startup' });
  }

  /** What a restart forgets; disk and pins stay. */
  forget(): void {
    this.history.forget();
    this.manual.forget();
    this.events.forget();
    this.sessions.forget();
    this.system.forget();
  }
}
