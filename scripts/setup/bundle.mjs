/**
 * Bundles what runs in browsers.
 *
 * @param {import('esbuild').BuildOptions} options what is bundled, as what, and where it goes
 */
export async function bundleForBrowsers(options) {
  const { build } = await import('esbuild');
  return build({
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    ...options,
  });
}

/** A style sheet without what only people need. @param {string} css */
export async function minifiedStyle(css) {
  const { transform } = await import('esbuild');
  return (await transform(css, { loader: 'css', minify: true })).code;
}
