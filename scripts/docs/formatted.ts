import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

/** A page in the form that the formatter of the project gives it. */
export async function formatted(page: string, kind: 'md' | 'json' = 'md'): Promise<string> {
  const filepath = fileURLToPath(new URL(`../../docs/page.${kind}`, import.meta.url));
  return format(page, { ...(await resolveConfig(filepath)), filepath });
}
