import type { Problem } from '../../admin/answer.js';
import type { CertificateReport } from '../../admin/certificate.js';
import type { TestResult } from '../../admin/connection-test.js';
import { postJson } from '../../editor/ask.js';
import { prepareFind } from '../../editor/find.js';
import { ownName, takenNames } from '../../editor/first-nvr.js';
import { type EditedNode, isDeployed, type NodeType, RED } from '../../editor/red.js';
import { t } from '../../editor/texts.js';
import { addImport } from './editor/import.js';
import { addLooks } from './editor/looks.js';

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

function certificate(label: string, fingerprint: string): JQuery {
  const line = $('<div class="everfocus-certificate">').text(`${label} `);
  return line.append($('<code>').text(fingerprint));
}

/** What is trusted without having been typed. */
function showTrusted(fingerprint: string): void {
  field('fingerprint').attr({ placeholder: fingerprint, title: `${t('nvr.trusted')} ${fingerprint}` });
}

/** Whether the form shows what runs: then another certificate can be trusted at once, by whoever may deploy. */
function isAsDeployed({ id, ...stored }: EditedNode<NvrForm>): boolean {
  if (!isDeployed(id) || !RED.user.hasPermission('flows.write')) return false;
  const same = (['host', 'port'] as const).every((name) => field(name).val() === stored[name]);
  return same && stored.https && field('https').is(':checked') && field('fingerprint').val() === '';
}

function prepare(node: EditedNode<NvrForm>): void {
  for (const name of ['host', 'port', 'https', 'fingerprint', 'username', 'password']) {
    field(name)
      .siblings('label')
      .text(t(`nvr.${name}`));
  }
  field('fingerprint').attr('placeholder', t('nvr.fingerprintHint'));
  if (node.https && !node.fingerprint && isDeployed(node.id)) {
    $.getJSON(`everfocus-nvr/${encodeURIComponent(node.id)}/certificate`).then(
      ({ trusted }: CertificateReport) => void (trusted !== undefined && showTrusted(trusted)),
      () => undefined,
    );
  }
  const showDefaultPort = () => void field('port').attr('placeholder', field('https').is(':checked') ? '443' : '80');
  field('https').on('change', showDefaultPort);
  showDefaultPort();

  const isNew = !RED.nodes.node(node.id) && !node.host;
  // The account that every NVR has.
  if (isNew && field('username').val() === '') field('username').val('admin');
  /** The name that was filled in: one that somebody typed stays. */
  let given = '';
  const find = prepareFind({
    button: $('#everfocus-nvr-find'),
    place: $('#everfocus-nvr-found'),
    isFree: () => isNew && field('host').val() === '',
    fill({ address, port, name }) {
      field('https').prop('checked', false);
      if (isNew && field('name').val() === given) field('name').val((given = ownName(name, takenNames())));
      const texts = { host: address, port: port === 80 ? '' : port, fingerprint: '' };
      for (const [name, text] of Object.entries(texts)) field(name).val(text);
      for (const name of ['https', ...Object.keys(texts)]) field(name).trigger('change');
    },
    password: field('password'),
  });
  if (isNew) {
    find();
    addImport();
  }

  const result = $('#everfocus-nvr-result');
  const show = (text: string, kind: string) => result.text(text).attr('class', `everfocus-result ${kind}`);
  const fail = ({ responseJSON, statusText }: Failure) => {
    const { code, message, fingerprint, trusted } = responseJSON ?? { code: 'ERROR', message: statusText };
    show(`${code}: ${message} `, 'everfocus-bad');
    if (fingerprint === undefined) return;
    if (trusted !== undefined) result.append(certificate(t('nvr.trusted'), trusted));
    result.append(certificate(t('nvr.shown'), fingerprint));
    $('<button type="button" class="red-ui-button red-ui-button-small" id="everfocus-nvr-trust">')
      .text(t('nvr.trust'))
      .on('click', () => {
        if (!isAsDeployed(node)) {
          field('fingerprint').val(fingerprint);
          result.empty();
          return;
        }
        void postJson(`everfocus-nvr/${encodeURIComponent(node.id)}/certificate`, { fingerprint }).then(() => {
          showTrusted(fingerprint);
          show(t('nvr.nowTrusted'), 'everfocus-good');
        }, fail);
      })
      .appendTo(result);
  };
  addLooks(result, () => typedInto(node.id));
  $('#everfocus-nvr-test')
    .text(t('nvr.test'))
    .on('click', () => {
      show(t('nvr.testing'), '');
      void postJson<TestResult>('everfocus-nvr/test', typedInto(node.id)).then(
        (answer) => void show(t('nvr.answered', undefined, answer), 'everfocus-good'),
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
    prepare(this);
  },
  oneditsave() {
    this.version = 1;
  },
} satisfies NodeType<NvrForm>;
