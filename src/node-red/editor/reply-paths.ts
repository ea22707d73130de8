/** Properties of a message that a row may take its value from, the best guesses first. */
const usual = ['payload', 'topic', 'filename', 'nvr'];
const ours = ['operation', 'nvr', 'channel', 'camera', 'time', 'kind', 'state', 'ms'].map(
  (name) => `everfocus.${name}`,
);
/** Paths that are kept of a reply: nobody reads a longer list. */
const KEPT = 200;
const DEPTH = 5;

let ofReply: readonly string[] = [];
let copied: readonly string[] = [];

/** One step of a path. */
export function stepTo(key: string, inList: boolean): string {
  if (inList) return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** The paths to what a reply holds; of a list, to its first item. */
export function pathsOf(root: string, reply: unknown): string[] {
  const paths: string[] = [];
  const walk = (path: string, value: unknown, depth: number) => {
    if (paths.length >= KEPT) return;
    paths.push(path);
    if (typeof value !== 'object' || value === null || depth === DEPTH) return;
    const { __enc__: isCut, data } = value as { readonly __enc__?: true; readonly data?: unknown };
    const whole = isCut ? data : value;
    const steps = Array.isArray(whole) ? Object.entries(whole.slice(0, 1)) : Object.entries(whole ?? {});
    for (const [key, item] of steps) walk(path + stepTo(key, Array.isArray(whole)), item, depth + 1);
  };
  walk(root, reply, 0);
  return paths;
}

/** Notes what a reply held: other nodes are offered it. */
export function rememberReply(root: string, reply: unknown): void {
  ofReply = pathsOf(root, reply);
}

export function rememberCopied(path: string): void {
  copied = [path, ...copied.filter((other) => other !== path)].slice(0, 10);
}

/** Properties of a message that a text begins, or that it occurs in. */
export function suggestPaths(text: string): string[] {
  const begun = text.trim().toLowerCase();
  const all = [...new Set([...copied, ...usual, ...ofReply, ...ours])].filter((path) =>
    path.toLowerCase().includes(begun),
  );
  const begins = all.filter((path) => path.toLowerCase().startsWith(begun));
  return [...begins, ...all.filter((path) => !begins.includes(path))].slice(0, 50);
}
