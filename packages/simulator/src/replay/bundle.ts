import { readFile, stat } from 'node:fs/promises';
import { Value } from 'typebox/value';
import { type Bundle, bundleBudget, bundleSchema } from '../../../../src/shared/diagnosis/capture/bundle.js';
import { ReplyTooLargeError } from '../../../../src/shared/errors.js';
import { limits } from '../../../../src/shared/limits.js';
import { checkJsonBudget } from '../../../../src/shared/json-budget.js';

/** A file that is no capture, or one that cannot be replayed. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
  readonly code = 'INVALID_BUNDLE';
}

export type {
  Body,
  Bundle,
  CapturedMessage,
  CapturedSocket,
  Exchange,
} from '../../../../src/shared/diagnosis/capture/bundle.js';

/** Reads a file. @throws {@link BundleError}, and what keeps the file from being read */
export async function loadBundle(path: string): Promise<Bundle> {
  const found = await stat(path);
  // A pipe or a device tells no size, and may have no end.
  if (!found.isFile()) throw new BundleError('it is no plain file');
  if (found.size > limits.capture.bundle) throw tooLarge();
  return readBundle(await readFile(path));
}

function tooLarge(): BundleError {
  return new BundleError(`it is larger than ${limits.capture.bundle} bytes`);
}

/** Reads a capture that anybody may have written. @throws {@link BundleError} */
export function readBundle(file: Buffer): Bundle {
  if (file.length > limits.capture.bundle) throw tooLarge();
  let document: unknown;
  try {
    const text = file.toString('utf8');
    checkJsonBudget(text, bundleBudget);
    document = JSON.parse(text);
  } catch (error) {
    if (error instanceof ReplyTooLargeError) throw new BundleError(`it is ${error.message}`);
    throw new BundleError('it is no JSON: is the file whole?');
  }
  const { format, version } = (document ?? {}) as { readonly format?: unknown; readonly version?: unknown };
  if (format !== 'everfocus-capture') throw new BundleError('it is no capture of everfocus');
  if (version !== 1) throw new BundleError(`its version is ${String(version).slice(0, 20)}, and only 1 is known here`);
  const [problem] = Value.Errors(bundleSchema, document);
  if (problem) throw new BundleError(`${problem.instancePath || '/'} ${problem.message}`.slice(0, 200));
  return document as Bundle;
}
