import type { Choice } from '../admin/lists.js';
import { isDeployed, RED } from './red.js';
import { t } from './texts.js';

/** Suggests what begins like a text. */
export type Choices = (text: string, done: (choices: Choice[]) => void) => void;

/** Where suggestions come from. */
export interface ChoicesOptions {
  /** Id of the NVR that is chosen in the form. */
  readonly nvrId: () => string;
  /** Name of the list. */
  readonly list: string;
  /** What the list depends on besides. */
  readonly query?: () => Readonly<Record<string, string>>;
  /** They are for the last item of a list. */
  readonly isList: boolean;
  /** Says why there are none; with an empty text, nothing. */
  readonly say: (text: string) => void;
}

/** What the server answers in place of a list. */
interface Failure {
  readonly responseJSON?: { readonly code?: string; readonly message?: string };
  readonly statusText?: string;
}

/** Suggestions from the deployed NVR; free text stays possible. A read that failed is not kept, nor one of another NVR. */
export function choicesFrom({ nvrId, list, query = () => ({}), isList, say }: ChoicesOptions): Choices {
  let kept: { readonly url: string; readonly choices: Promise<readonly Choice[]> } | undefined;

  const urlOf = (id: string) => `everfocus-nvr/${encodeURIComponent(id)}/${list}?${$.param(query())}`;
  const load = (url: string): Promise<readonly Choice[]> => {
    const choices = Promise.resolve($.getJSON(url) as PromiseLike<readonly Choice[]>);
    kept = { url, choices };
    choices.catch(() => {
      if (kept?.choices === choices) kept = undefined;
    });
    return choices;
  };

  return (text, done) => {
    const id = nvrId();
    const reason = whyNotAsked(id);
    say(reason);
    if (reason !== '') return done([]);
    const before = isList ? text.slice(0, text.lastIndexOf(',') + 1) : '';
    const begun = text.slice(before.length).trim().toLowerCase();
    const url = urlOf(id);
    (kept?.url === url ? kept.choices : load(url)).then(
      (choices) => {
        if (nvrId() !== id) return done([]);
        if (choices.length === 0) say(t('form.noChoices'));
        done(
          choices
            .filter(({ label }) => label.toLowerCase().includes(begun))
            .map(({ value, ...choice }) => ({ ...choice, value: before + value })),
        );
      },
      (failure: unknown) => {
        const { responseJSON, statusText } = failure as Failure;
        const { code = 'ERROR', message = statusText } = responseJSON ?? {};
        say(`${t('form.noAnswer')} ${code}: ${message ?? ''}`);
        done([]);
      },
    );
  };
}

/** Lists are read from what is deployed: an NVR that is new or changed would answer as another. */
function whyNotAsked(id: string): string {
  if (!RED.nodes.node(id)) return t('form.noNvr');
  return isDeployed(id) ? '' : t('form.deployFirst');
}
