import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel, type IConfigFile } from '@microsoft/api-extractor';
import { typingsOptions } from '../setup/typings.mjs';

/** What the driver's typings give to users. */
export interface ApiReport {
  readonly text: string;
  /** Names that appear in it without being exported. */
  readonly forgotten: readonly string[];
}

/**
 * The public names of the driver, with their types and without their descriptions: what a change does to its users shows
 * in the difference of two reports.
 *
 * @param folder of the package, its typings built; not below node_modules, where all would count as somebody else's
 */
export function apiReport(folder: string): ApiReport {
  const drafts = mkdtempSync(join(tmpdir(), 'everfocus-api-'));
  try {
    const forgotten = new Set<string>();
    const extractorConfig = ExtractorConfig.prepare({
      configObject: configOf(folder, drafts),
      configObjectFullPath: undefined,
      packageJsonFullPath: join(folder, 'package.json'),
    });
    Extractor.invoke(extractorConfig, {
      localBuild: true,
      messageCallback: (message) => {
        message.handled = true;
        const name = /symbol "(\w+)"/.exec(message.text)?.[1];
        // A number tells names of the same spelling apart.
        if (message.messageId === 'ae-forgotten-export' && name) forgotten.add(name.replace(/_\d+$/, ''));
      },
    });
    const report = readFileSync(join(drafts, 'driver.api.md'), 'utf8');
    return { text: report.replaceAll('\r\n', '\n').replace(UNDOCUMENTED, ''), forgotten: [...forgotten].sort() };
  } finally {
    rmSync(drafts, { recursive: true });
  }
}

/** Descriptions are for the source; most of what lacks one says all by its name. */
const UNDOCUMENTED = /^[ \t]*\/\/ \(undocumented\)\n| \(undocumented\)$/gm;

function configOf(folder: string, drafts: string): IConfigFile {
  const silent = { default: { logLevel: ExtractorLogLevel.None } };
  return {
    projectFolder: folder,
    mainEntryPointFilePath: join(folder, 'dist/shared/index.d.ts'),
    compiler: { overrideTsconfig: { compilerOptions: typingsOptions }, skipLibCheck: true },
    apiReport: {
      enabled: true,
      reportFolder: drafts,
      reportTempFolder: join(drafts, 'temp'),
      reportFileName: 'driver.api.md',
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    messages: {
      compilerMessageReporting: silent,
      extractorMessageReporting: { ...silent, 'ae-forgotten-export': { logLevel: ExtractorLogLevel.Warning } },
      tsdocMessageReporting: silent,
    },
  };
}
