/** UTF-16 units of a line in the log, or of an error's message; `limits.text.line`. Here, so that errors need no more. */
export const MAX_LINE = 2000;

/** What a text ends with that was cut. */
export const ELLIPSIS = '…';

/**
 * What shows nothing or steers the direction. Joiners stay between the letters and pictures that they join (Persian,
 * emoji); elsewhere they are as invisible as the rest.
 */
const INVISIBLE = new RegExp(
  [
    String.raw`(?![\u200C\u200D])\p{Cf}`,
    String.raw`[\u115F\u1160\u2800\u3164\uFFA0]`,
    String.raw`(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]|\uFE0F)[\u200C\u200D]`,
    String.raw`[\u200C\u200D](?![\p{L}\p{Extended_Pictographic}])`,
  ].join('|'),
  'gu',
);
const SPACES = /[\s\p{Cc}\p{Zl}\p{Zp}]+/gu;

/**
 * A text from outside as a person may see it, on one line: control characters and line breaks become spaces, characters
 * that steer the direction or show nothing go, half characters become U+FFFD. It is cut first, so that a text of any
 * length costs the same.
 *
 * @param maxLength UTF-16 units of the result, the ellipsis of a cut text included
 */
export function cleanText(text: string, maxLength: number): string {
  // Twice as much, since some of it may go; what is all rubbish to there is not worth a longer look.
  const beginning = ownCopy(text.slice(0, 2 * maxLength + 64));
  const clean = beginning.replace(INVISIBLE, '').replace(SPACES, ' ').trim();
  if (clean.length <= maxLength && beginning.length >= text.length) return clean;
  const kept = clean.slice(0, Math.max(0, maxLength - ELLIPSIS.length));
  // A cut between the halves of a character takes all of it, and leaves no joiner without what it joins.
  return kept.replace(/[\uD800-\uDBFF]$/, '').replace(/[\s\u200C\u200D]{1,64}$/, '') + ELLIPSIS;
}

/** V8's slices keep the whole text in memory that they were cut from; the way through bytes also mends half characters. */
function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}
