import { RED } from './red.js';
import { t } from './texts.js';

/** A button on the canvas that runs a deployed node once, without a message. */
export const runButton = {
  onclick(this: { readonly id: string; readonly changed?: boolean }): void {
    if (this.changed === true) return RED.notify(t('form.runDeployFirst'), 'warning');
    // The node itself tells what comes of it.
    $.ajax({ url: `everfocus-nvr/run/${encodeURIComponent(this.id)}`, type: 'POST' }).fail((failure) =>
      RED.notify(t(failure.status === 404 ? 'form.runDeployFirst' : 'form.runFailed'), 'error'),
    );
  },
};
