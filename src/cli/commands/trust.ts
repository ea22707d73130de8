import { Type } from 'typebox';
import { operations, UntrustedCertificateError } from '../../shared/index.js';
import type { Command } from '../command.js';
import { EXIT, Failure } from '../failure.js';
import { NvrBook, storeFolder } from '../nvr-book.js';

export const trust: Command = {
  name: 'trust',
  summary: 'Show which certificate of the NVR is trusted, or trust another one',
  description: [
    'An NVR signs its certificate itself. The first one seen is trusted from then on, any other is refused. Where it has really ' +
      'changed, compare the fingerprint with what the NVR itself displays, and give it here.',
    'Where an NVR is known with a fingerprint (`everfocus nvrs add --fingerprint`), that one alone is trusted, and the one given ' +
      'here takes its place.',
  ],
  operands: [{ name: 'fingerprint', description: 'SHA-256 of the certificate to trust, AA:BB:…', optional: true }],
  connects: true,
  answers: { '': Type.Object({ trusted: Type.String(), shown: Type.String() }) },
  examples: [
    ['everfocus trust --nvr garage', 'tells the trusted certificate, and whether the NVR shows another one'],
    ['everfocus trust AB:CD:… --nvr garage', 'trusts that one from now on'],
  ],
  async run({ given, env, out, signal, connect, account }) {
    const { https, name, fingerprint: pin } = await account();
    if (!https) throw new Failure('USAGE', 'a certificate goes with --https only');
    const fingerprint = given.operand(0);
    // What the book says goes before what the store has seen.
    const isKept =
      fingerprint !== '' && name !== undefined && pin !== undefined && given.text('fingerprint') === undefined;
    if (isKept) await new NvrBook(storeFolder(given.text('store'), env)).pin(name, fingerprint);
    const client = await connect(isKept ? { fingerprint } : {});
    if (fingerprint !== '' && !isKept) await client.trustCertificate(fingerprint);
    const trusted = await client.trustedCertificate();
    let shown = trusted;
    try {
      await client.call(operations.getPort, {}, { signal });
    } catch (error) {
      if (!(error instanceof UntrustedCertificateError)) throw error;
      shown = error.fingerprint;
    }
    const now = (await client.trustedCertificate()) ?? 'any that a known authority signed';
    const same = shown === trusted || trusted === undefined;
    if (out.json) out.document({ trusted: now, shown: same ? now : shown });
    else {
      out.line(`trusted  ${now}`);
      if (!same) out.line(`shown    ${shown}`);
    }
    return same ? EXIT.ok : EXIT.untrusted;
  },
};
