/** What the doctor says to who sits at a terminal, and what takes its place where a page has its own words and buttons. */
const OWN_WORDS: readonly (readonly [said: string | RegExp, instead: string])[] = [
  [/ ?\((--https|--store|everfocus discover)\)/g, ''],
  ['everfocus discover shows the NVRs of this network', '"Find NVRs" shows those of this network'],
  [
    / If a browser takes them, the digest may be another one: --digest \S+/,
    ' If a browser takes them, please report it.',
  ],
  ['everfocus trust <fingerprint>', 'write the new one into "Certificate fingerprint"'],
  [', with what everfocus doctor --json says', ', with what stands here'],
];

/** A remedy of the doctor's, in the words of the settings page. */
export function inPagesWords(remedy: string): string {
  return OWN_WORDS.reduce((text, [said, instead]) => text.replace(said, instead), remedy);
}
