import type { Choice } from '../admin/lists.js';
import { failureText, type Question, questionTo } from './ask.js';
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

/** What a text is a part of. Behind one that is chosen already come all others; Tab and Enter take the first. */
function suggested(choices: readonly Choice[], begun: string, isList: boolean): readonly Choice[] {
  const like = choices.filter(({ label }) => label.toLowerCase().includes(begun));
  const chosen = choices.find(({ value }) => value.toLowerCase() === begun);
  return chosen && !isList ? [...new Set([chosen, ...like, ...choices])] : like;
}

/** Suggestions from the NVR; free text stays possible. A read that failed is not kept, nor one of another NVR. */
export function choicesFrom({ nvrId, list, query = () => ({}), isList, say }: ChoicesOptions): Choices {
  let kept: { readonly key: string; readonly choices: Promise<readonly Choice[]> } | undefined;

  const load = ({ key, send }: Question<readonly Choice[]>): Promise<readonly Choice[]> => {
    const choices = Promise.resolve(send() as PromiseLike<readonly Choice[]>);
    kept = { key, choices };
    choices.catch(() => {
      if (kept?.choices === choices) kept = undefined;
    });
    return choices;
  };

  return (text, done) => {
    const id = nvrId();
    const question = questionTo<readonly Choice[]>(id, list, query());
    say(question ? '' : t('form.noNvr'));
    if (!question) return done([]);
    const before = isList ? text.slice(0, text.lastIndexOf(',') + 1) : '';
    const begun = text.slice(before.length).trim().toLowerCase();
    (kept?.key === question.key ? kept.choices : load(question)).then(
      (choices) => {
        if (nvrId() !== id) return done([]);
        if (choices.length === 0) say(t('form.noChoices'));
        done(suggested(choices, begun, isList).map(({ value, ...choice }) => ({ ...choice, value: before + value })));
      },
      (failure: unknown) => {
        say(failureText(failure));
        done([]);
      },
    );
  };
}
