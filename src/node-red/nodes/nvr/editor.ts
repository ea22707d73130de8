import type { Problem } from '../../admin/answer.js';
import type { TestResult } from '../../admin/connection-test.js';
import type { NodeType } from '../../editor/red.js';
import { t } from '../../editor/texts.js';

interface NvrForm {
  name: string;
  host: string;
  port: string;
  https: boolean;
  fingerprint: string;
  version: number;
}

interface Failure {
  readonly responseJSON?: Problem;
  readonly statusText: string;
}

const field = (name: string) => $<HTMLInputElement>(`#node-config-input-${name}`);

/** What is typed, stored or not. */
function typedInto(id: string): object {
  const texts = ['host', 'port', 'fingerprint', 'username', 'password'].map((name) => [name, field(name).val()]);
  return { id, https: field('https').is(':checked'), ...(Object.fromEntries(texts) as object) };
}

function prepare(id: string): void {
  for (const name of ['host', 'port', 'https', 'fingerprint', 'username', 'password']) {
    field(name)
      .siblings('label')
      .text(t(`nvr.${name}`));
  }
  field('fingerprint').attr('placeholder', t('nvr.fingerprintHint'));
  const showDefaultPort = () => void field('port').attr('placeholder', field('https').is(':checked') ? '443' : '80');
  field('https').on('change', showDefaultPort);
  showDefaultPort();

  const result = $('#everfocus-nvr-result');
  const show = (text: string, kind: string) => result.text(text).attr('class', `everfocus-result ${kind}`);
  const fail = ({ responseJSON, statusText }: Failure) => {
    const { code, message, fingerprint } = responseJSON ?? { code: 'ERROR', message: statusText };
    show(`${code}: ${message} `, 'everfocus-bad');
    if (fingerprint === undefined) return;
    $('<button type="button" class="red-ui-button red-ui-button-small">')
      .text(t('nvr.trust'))
      .on('click', () => {
        field('fingerprint').val(fingerprint);
        result.empty();
      })
      .appendTo(result);
  };
  $('#everfocus-nvr-test')
    .text(t('nvr.test'))
    .on('click', () => {
      show(t('nvr.testing'), '');
      const request = { url: 'everfocus-nvr/test', method: 'POST', contentType: 'application/json' };
      void $.ajax({ ...request, data: JSON.stringify(typedInto(id)) }).then(
        (answer: TestResult) => void show(t('nvr.answered', undefined, answer), 'everfocus-good'),
        fail,
      );
    });
}

export default {
  category: 'config',
  defaults: {
    name: { value: '' },
    host: { value: '', required: true },
    port: { value: '', validate: (port) => /^(\d{0,5}|\$\{.+\})$/.test(port) },
    https: { value: false },
    fingerprint: { value: '' },
    version: { value: 1 },
  },
  credentials: { username: { type: 'text' }, password: { type: 'password' } },
  label() {
    return this.name || this.host || 'NVR';
  },
  oneditprepare() {
    prepare(this.id);
  },
  oneditsave() {
    this.version = 1;
  },
} satisfies NodeType<NvrForm>;
