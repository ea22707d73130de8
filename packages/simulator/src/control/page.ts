import { randomBytes } from 'node:crypto';

/** What the page shows. */
export interface PageFacts {
  /** Such as `http://127.0.0.1:8080`. */
  readonly address: string;
  readonly channels: readonly number[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** The page of the control server: the cameras with pictures that move, and what can be triggered. */
export function controlPage({ address, channels, inputs, outputs }: PageFacts): {
  readonly html: string;
  readonly policy: string;
} {
  const nonce = randomBytes(16).toString('base64');
  const camera = (channel: number) => `
    <figure>
      <img data-channel="${channel}" width="320" height="180" alt="Camera ${channel}, now">
      <figcaption>Camera ${channel} <button data-post="/event" data-body='{"channel":${channel}}'>Motion</button></figcaption>
    </figure>`;
  const pin = (kind: string) => (number: number) =>
    `<label><input type="checkbox" data-pin="${number}"> ${kind} ${number}</label>`;
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>EverFocus NVR, simulated</title>
<style nonce="${nonce}">
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 1rem auto; max-width: 84rem; padding: 0 1rem; }
  #cameras { display: flex; flex-wrap: wrap; gap: 1rem; }
  figure { margin: 0; }
  img { display: block; background: #222; }
  figcaption { display: flex; justify-content: space-between; padding: .25rem 0; }
  label { margin-right: 1rem; white-space: nowrap; }
</style>
<h1>EverFocus NVR, simulated</h1>
<p>API at <code>${address}</code>. A GET of this address without <code>Accept: text/html</code> tells faults, requests and
commands as JSON.</p>
<div id="cameras">${channels.map(camera).join('')}</div>
<p>${inputs.map(pin('Alarm input')).join('')}</p>
<p>${outputs.map(pin('Alarm output')).join('')}</p>
<p><button data-post="/restart" data-body="{}">Restart the NVR</button> <output role="status"></output></p>
<script nonce="${nonce}">
  const say = (text) => (document.querySelector('output').textContent = text);
  const post = async (path, body) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await (await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    say(answer.done ?? answer.error);
  };
  for (const button of document.querySelectorAll('[data-post]')) {
    button.onclick = () => post(button.dataset.post, JSON.parse(button.dataset.body)).catch(() => say('no answer'));
  }
  for (const box of document.querySelectorAll('[data-pin]')) {
    box.onchange = () => post('/pin', { pin: +box.dataset.pin, value: +box.checked }).catch(() => say('no answer'));
  }
  for (const img of document.querySelectorAll('[data-channel]')) {
    const next = () => (img.src = '/still/' + img.dataset.channel + '.jpg?' + Date.now());
    img.onload = () => setTimeout(next, 200);
    img.onerror = () => setTimeout(next, 1000);
    next();
  }
  setInterval(async () => {
    const { pins } = await (await fetch('/', { headers: { accept: 'application/json' } })).json();
    for (const box of document.querySelectorAll('[data-pin]')) box.checked = pins[box.dataset.pin] === 1;
  }, 1000);
</script>
</html>
`;
  const policy = `default-src 'none'; img-src 'self'; connect-src 'self'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'`;
  return { html, policy };
}
