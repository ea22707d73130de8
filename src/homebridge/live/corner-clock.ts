import type { PictureSize } from '../../shared/codec/index.js';
import { behindCorner, type Box, clockStrokes, fixedStrokes, type TimeShown } from '../snapshot/clock-face.js';

/** A clock that runs with the machine's, ahead of it or behind. */
export interface CornerClock {
  /** s since 1970 by the clock on the wall that it is ahead of Unix time. */
  readonly ahead: number;
  /** Where it is not today. */
  readonly date?: NonNullable<TimeShown['date']>;
}

/** s by which it may be wrong: it shows minutes. */
const TOLERANCE = 5;

/**
 * What shows the time of a recorded picture, and of those after it as long as they follow each other in real time.
 *
 * @param recorded when the picture was the present, ms since 1970 UTC
 * @param now ms since 1970 UTC
 */
export function cornerClock(recorded: number, now: number): CornerClock {
  const date = new Date(recorded);
  const ahead = (recorded - now) / 1000 - date.getTimezoneOffset() * 60;
  const isToday = date.toDateString() === new Date(now).toDateString();
  return { ahead, ...(!isToday && { date: { month: date.getMonth() + 1, day: date.getDate() } }) };
}

/** Whether one that shows pictures now would show another time: after a gap of the recordings, or at midnight. */
export function isWrong(shown: CornerClock, right: CornerClock): boolean {
  const [one, other] = [shown.date, right.date];
  return Math.abs(shown.ahead - right.ahead) > TOLERANCE || one?.month !== other?.month || one?.day !== other?.day;
}

/** The largest of the same shape that is not larger than either. Pixels */
export function sizeWithin(picture: PictureSize, asked: PictureSize): PictureSize {
  const factor = Math.min(1, asked.width / picture.width, asked.height / picture.height);
  const even = (side: number) => Math.floor((side * factor) / 2) * 2;
  return { width: even(picture.width), height: even(picture.height) };
}

/**
 * ffmpeg filters that write it into the lower left corner, with the minute of every picture. By boxes, which every ffmpeg
 * can draw: each stroke is there while the time has a figure with it. (`time(0)`: the machine's Unix time, s)
 *
 * @param size of the picture, about: what cropping takes away at the bottom may be missing in it
 */
export function cornerFilters({ ahead, date }: CornerClock, size: PictureSize): string[] {
  const shown = date ? { date } : {};
  const seconds = `(time(0)+(${ahead.toFixed(3)}))`;
  const digits = [
    `floor(mod(${seconds},86400)/36000)`,
    `mod(floor(mod(${seconds},86400)/3600),10)`,
    `mod(floor(${seconds}/600),6)`,
    `mod(floor(${seconds}/60),10)`,
  ];
  const box = ({ x, y, width, height }: Box, colour: string) =>
    `drawbox=x=${x}:y=ih-${size.height - y}:w=${width}:h=${height}:color=${colour}:t=fill`;
  return [
    'format=yuv420p',
    box(behindCorner(shown, size), 'black@0.6'),
    ...fixedStrokes(shown, size).map((each) => box(each, 'white')),
    ...clockStrokes(shown, size).map(
      (each) => `${box(each, 'white')}:enable='bitand(floor(${each.figures}/pow(2,${digits[each.digit]})),1)'`,
    ),
  ];
}
