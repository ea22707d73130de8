import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { root } from './paths.mjs';

/**
 * Puts all that the driver's typings lead to into one file, and takes the others away: what is not public is of use to
 * nobody, and one file is what a reader opens.
 *
 * @param {string} face typings of the driver's entry
 */
export function bundleTypings(face) {
  const folder = dirname(face);
  const silent = { default: { logLevel: ExtractorLogLevel.None } };
  const bundle = join(folder, 'bundle.d.ts');
  const extractorConfig = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: face,
      compiler: { overrideTsconfig: { compilerOptions: typingsOptions }, skipLibCheck: true },
      dtsRollup: { enabled: true, untrimmedFilePath: bundle },
      messages: {
        compilerMessageReporting: silent,
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
  });
  if (!Extractor.invoke(extractorConfig, { localBuild: true, messageCallback }).succeeded)
    throw new Error('The typings do not hold together');
  const text = withTabs(readFileSync(bundle, 'utf8'));
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.d.ts')) rmSync(join(folder, name));
  }
  writeFileSync(face, text);
}

/**
 * Nothing is printed: whether it worked is what counts.
 *
 * @param {{ handled: boolean }} message
 */
function messageCallback(message) {
  message.handled = true;
}

/** How the driver's typings are read, by themselves and without the rest of the project. */
export const typingsOptions = {
  target: 'es2023',
  lib: ['es2024', 'esnext.disposable', 'dom.asynciterable'],
  module: 'nodenext',
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
  strict: true,
  skipLibCheck: true,
};

/**
 * Four spaces for each level are a quarter of all typings.
 *
 * @param {string} text
 */
function withTabs(text) {
  return text.replace(/^(?: {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4));
}
