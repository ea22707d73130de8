/** ms from SetupEndpoints to START, which follow each other within a second. */
const PREPARED_LIMIT = 10_000;
/** ms without a picture. Checked at every report, so that the end comes within 10 s. */
const NO_PICTURE_LIMIT = 8000;
/** ms from the first picture to the first RTCP of the phone. */
const FIRST_HEARING_LIMIT = 10_000;
/** ms without RTCP of a phone that was heard: ten reports at home. */
const SILENCE_LIMIT = 5000;
/** Reports that may be missed in a row, where they are so rare that {@link SILENCE_LIMIT} holds fewer. */
const MISSED_REPORTS = 4;
/** Bounds of the pause between sender reports, ms. HomeKit ends a stream after 30 s without one. */
const REPORT_PAUSE = { min: 500, max: 2000 } as const;

/** ms between sender reports, by the interval (s) that HomeKit asks for. */
export function reportPause(interval: number): number {
  return Math.max(REPORT_PAUSE.min, Math.min(REPORT_PAUSE.max, interval * 1000));
}

/** When what happened, ms. */
export interface SessionFacts {
  readonly prepared: number;
  readonly started?: number | undefined;
  /** The first picture left. */
  readonly shown?: number | undefined;
  /** The phone's newest RTCP. */
  readonly heard?: number | undefined;
  /** ms between reports, as {@link reportPause} gives it. */
  readonly pause: number;
}

/** Why a session cannot go on, or `undefined` while it can. */
export function reasonToEnd(facts: SessionFacts, now: number): string | undefined {
  const { prepared, started, shown, heard, pause } = facts;
  if (started === undefined) return now - prepared > PREPARED_LIMIT ? 'the phone did not start it' : undefined;
  if (shown === undefined) {
    return now - started > NO_PICTURE_LIMIT ? `no picture came within ${seconds(NO_PICTURE_LIMIT)}` : undefined;
  }
  if (heard === undefined) {
    return now - shown > FIRST_HEARING_LIMIT
      ? `nothing was heard from the phone within ${seconds(FIRST_HEARING_LIMIT)}`
      : undefined;
  }
  const limit = Math.max(SILENCE_LIMIT, MISSED_REPORTS * pause);
  return now - heard > limit ? `nothing heard from the phone for ${seconds(limit)}` : undefined;
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
