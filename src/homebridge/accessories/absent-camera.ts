import type {
  CameraStreamingDelegate,
  PrepareStreamCallback,
  PrepareStreamRequest,
  SnapshotRequest,
  SnapshotRequestCallback,
  StreamingRequest,
  StreamRequestCallback,
} from 'homebridge';
import { placeholder } from '../snapshot/placeholder.js';

/** Stands in for a camera that the NVR does not have any more: no picture, no live view. */
export class AbsentCamera implements CameraStreamingDelegate {
  handleSnapshotRequest(_: SnapshotRequest, callback: SnapshotRequestCallback): void {
    placeholder().then(
      (jpeg) => callback(undefined, jpeg),
      (error: unknown) => callback(error as Error),
    );
  }

  prepareStream(_: PrepareStreamRequest, callback: PrepareStreamCallback): void {
    callback(new Error('the NVR does not list this camera any more'));
  }

  handleStreamRequest(_: StreamingRequest, callback: StreamRequestCallback): void {
    callback();
  }

  async close(): Promise<void> {
    // It has nothing open.
  }
}
