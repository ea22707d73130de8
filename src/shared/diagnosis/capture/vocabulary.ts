/** Words of web pages, of web servers and of refusals that tell of the device only; they stay where all else is replaced. */
const WORDS = `html head title body form input div p h1 h2 script style doctype meta link br hr a href src img table tr td span
 center type text css javascript http https nginx apache lighttpd boa goahead server service api json rest
 result ok error success successful failed failure fail description status code message
 the an to in for on by with of and or this that is are was be has have not no none such please first again later now
 user username password name login log logged logout in out session cookie expired expires invalid lost timeout timed time
 permission permissions right rights denied allowed authorized unauthorized authentication authenticate authorization auth
 required missing wrong bad unknown unsupported supported exist exists existing found empty null true false
 channel channelid userid pinid camera cameras disk device nvr busy full too many large long request parameter parameters param
 value format path method get post put moved permanently temporarily redirect forbidden page internal gateway unavailable
 digest basic realm nonce qop md5 charset utf inline attachment filename account locked lock offline online disabled enabled operation command connection refused closed simulated may`;

const known = new Set(WORDS.split(/\s+/));

/** A text with every word replaced but those of the vocabulary; what ids are is told by the message of 10.2 and 2.2. */
export function replaceWords(text: string, replace: (word: string) => string): string {
  return text.replace(/\b(\w*ID)=(\d{1,4})\b|[\p{L}\p{N}_]+(?:[.:@-][\p{L}\p{N}_]+)*/gu, (word, id?: string) =>
    id !== undefined || word.split(/[.:@-]/).every((part) => known.has(part.toLowerCase())) ? word : replace(word),
  );
}
