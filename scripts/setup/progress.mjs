/**
 * Shows one line for something that takes a while: its name, then how long it took.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function step(name, action) {
  const started = Date.now();
  const elapsed = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const live = process.stdout.isTTY;
  process.stdout.write(live ? `· ${name}` : `· ${name} …\n`);
  const timer = setInterval(
    () => process.stdout.write(live ? `\r· ${name}  ${elapsed()}` : `· ${name} … ${elapsed()}\n`),
    live ? 1000 : 15_000,
  );
  const done = (/** @type {string} */ mark) => {
    clearInterval(timer);
    process.stdout.write(`${live ? '\r' : ''}${mark} ${name}  ${elapsed()}\n`);
  };
  try {
    const result = await action();
    done('✓');
    return result;
  } catch (error) {
    done('✗');
    throw error;
  }
}
