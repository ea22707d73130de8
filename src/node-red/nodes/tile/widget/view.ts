import type { PtzWord, TileEvent } from '../pieces.js';
import { byKind, hasRoom, merged, placeOf, spans, stripe, ticks } from './hours-shown.js';
import { localeOf, type Text } from './texts.js';
import type { TilePage } from './tile-page.js';
import type { CreateElement, Element } from './vue.js';

/** Kinds that have a name and a colour of their own. */
const known = ['motion', 'input', 'videoLoss'];
const locale = localeOf(navigator.languages);
/** ms that an arrow key moves by. */
const STEP = 60_000;
const pad: readonly (readonly [PtzWord, string])[] = [
  ...([
    ['up', '▲'],
    ['left', '◀'],
    ['right', '▶'],
    ['down', '▼'],
    ['in', '+'],
    ['out', '−'],
  ] as const),
];

/** Everything that a tile shows, made of what it knows. */
export function viewOf(h: CreateElement, page: TilePage, text: Text, name: string | undefined): Element {
  const { view } = page;
  const title = name || view.now.camera || '';
  return h('div', { class: ['everfocus-tile', { 'ef-tile-playback': view.mode === 'playback' }] }, [
    h('div', { class: 'ef-tile-picture' }, [
      h('video', {
        ...{ ref: 'video', class: 'ef-tile-video', muted: true, playsinline: true, hidden: view.simple !== '' },
        'aria-label': title,
      }),
      view.simple === '' || view.mode === 'playback'
        ? null
        : h('img', {
            ...{ class: 'ef-tile-video', alt: title, src: `${page.server.picture(view.simple)}?${view.picture}` },
            ...{ onLoad: () => page.again(), onError: () => page.simpler() },
          }),
      head(h, page, text, title),
      problem(h, page, text),
      view.pad && view.turns ? padOf(h, page, text) : null,
      buttons(h, page, text),
    ]),
    timeline(h, page, text),
  ]);
}

function head(h: CreateElement, { view }: TilePage, text: Text, title: string): Element {
  const { active, recording } = view.now;
  return h('div', { class: 'ef-tile-head' }, [
    h('span', { class: 'ef-tile-name' }, title),
    recording ? h('span', { class: 'ef-tile-badge ef-tile-recording', title: text('recording') }, '●') : null,
    ...active.map((kind) => h('span', { class: ['ef-tile-badge', colourOf(kind)], key: kind }, kindText(kind, text))),
    h('span', { class: 'ef-tile-mode', role: 'status' }, view.mode === 'live' ? text('live') : text('recorded')),
  ]);
}

function problem(h: CreateElement, { view }: TilePage, text: Text): Element | null {
  const [code = '', words = ''] = view.problem.split('\n');
  const { online, connected } = view.now;
  const says =
    code !== ''
      ? text(`problem${code}`) === `problem${code}`
        ? words || code
        : text(`problem${code}`)
      : connected === false
        ? text('problemAWAY')
        : online === false
          ? text('offline')
          : view.shows
            ? ''
            : text('loading');
  return says === '' ? null : h('div', { class: 'ef-tile-problem', role: 'status' }, says);
}

function buttons(h: CreateElement, page: TilePage, text: Text): Element {
  const { view } = page;
  const button = (what: string, sign: string, more: object, onClick: () => void) =>
    h(
      'button',
      {
        ...{ type: 'button', class: `ef-tile-${what}`, title: text(what), 'aria-label': text(what) },
        ...more,
        onClick,
      },
      sign,
    );
  return h('div', { class: 'ef-tile-buttons' }, [
    view.mode === 'playback'
      ? [
          button(view.paused ? 'resume' : 'pause', view.paused ? '▶' : '❚❚', {}, () => page.pause()),
          h('button', { type: 'button', class: 'ef-tile-back', onClick: () => page.live() }, text('backToLive')),
        ]
      : null,
    h('span', { class: 'ef-tile-space' }),
    view.turns
      ? button('turn', '✥', { 'aria-pressed': String(view.pad) }, () => {
          view.pad = !view.pad;
        })
      : null,
    button(
      'snapshot',
      '◉',
      { disabled: view.taking },
      () => void page.snapshot((picture, time) => save(picture, time, page, text)),
    ),
  ]);
}

/** Hands a picture to the browser as a file. */
function save(picture: Blob, time: number, page: TilePage, text: Text): void {
  const url = URL.createObjectURL(picture);
  const link = document.createElement('a');
  const when = new Date(time + (page.view.hours?.offset ?? 0)).toISOString().slice(0, 19).replace(/[T:]/g, '-');
  link.href = url;
  link.download = `${page.view.now.camera ?? text('camera')} ${when}.jpg`;
  link.click();
  URL.revokeObjectURL(url);
}

function padOf(h: CreateElement, page: TilePage, text: Text): Element {
  const { presets } = page.view;
  const held = (direction: PtzWord) => ({
    onPointerdown: (event: PointerEvent) => {
      event.preventDefault();
      page.press(direction);
    },
    onKeydown: (event: KeyboardEvent) => {
      if (event.repeat || (event.key !== 'Enter' && event.key !== ' ')) return;
      event.preventDefault();
      page.press(direction);
    },
    onContextmenu: (event: Event) => event.preventDefault(),
  });
  return h('div', { class: 'ef-tile-pad', role: 'group', 'aria-label': text('turn') }, [
    ...pad.map(([direction, sign]) =>
      h(
        'button',
        {
          ...{
            type: 'button',
            key: direction,
            class: `ef-tile-${direction}`,
            title: text(direction),
            'aria-label': text(direction),
          },
          ...held(direction),
        },
        sign,
      ),
    ),
    presets.length === 0
      ? null
      : h(
          'select',
          {
            ...{ class: 'ef-tile-presets', 'aria-label': text('presets'), value: '' },
            onChange: ({ target }: Event) => {
              const select = target as HTMLSelectElement;
              if (select.value !== '') void page.goTo(select.value);
              select.value = '';
            },
          },
          [
            h('option', { value: '' }, text('presets')),
            ...presets.map(({ token, name }) => h('option', { value: token, key: token }, name)),
          ],
        ),
  ]);
}

function timeline(h: CreateElement, page: TilePage, text: Text): Element {
  const { view, range } = page;
  const offset = view.hours?.offset ?? 0;
  const shown = (time: number, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(time + offset);
  const clock = (time: number) => shown(time, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const exact = (time: number) =>
    shown(time, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const position = view.mode === 'live' ? page.now : (view.position ?? page.now);
  const isNewest = view.end === undefined;
  const kinds = byKind(merged(view.hours?.events ?? [], view.heard), range);
  const at = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return range.from + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * (range.to - range.from);
  };
  const mark = ({ from, to }: TileEvent) => stripe(from, Math.max(to ?? page.now, from + 1000), range);
  return h('div', { class: 'ef-tile-time' }, [
    h('div', { class: 'ef-tile-range' }, [
      h(
        'button',
        {
          type: 'button',
          class: 'ef-tile-earlier',
          title: text('earlier'),
          'aria-label': text('earlier'),
          onClick: () => page.turnTo(-1),
        },
        '‹',
      ),
      h(
        'span',
        { class: 'ef-tile-day' },
        view.mode === 'playback'
          ? exact(position)
          : shown(range.to - 1, { weekday: 'short', day: 'numeric', month: 'short' }),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'ef-tile-later',
          title: text('later'),
          'aria-label': text('later'),
          disabled: isNewest,
          onClick: () => page.turnTo(1),
        },
        '›',
      ),
      h('span', { class: 'ef-tile-space' }),
      ...spans.map((span) =>
        h(
          'button',
          {
            type: 'button',
            key: span,
            class: 'ef-tile-span',
            'aria-pressed': String(span === view.span),
            onClick: () => page.zoom(span),
          },
          `${span} h`,
        ),
      ),
    ]),
    h(
      'div',
      {
        ...{
          class: 'ef-tile-scrubber',
          tabindex: 0,
          role: 'slider',
          title: text('playFrom'),
          'aria-label': text('playFrom'),
        },
        ...{
          'aria-valuemin': range.from,
          'aria-valuemax': range.to,
          'aria-valuenow': Math.round(position),
          'aria-valuetext': exact(position),
        },
        onClick: (event: PointerEvent) => page.play(at(event)),
        onKeydown: ({ key }: KeyboardEvent) => {
          if (key === 'ArrowLeft') page.play(position - STEP);
          else if (key === 'ArrowRight') page.play(position + STEP);
          else if (key === 'End') page.live();
        },
      },
      [
        h(
          'div',
          { class: 'ef-tile-events' },
          kinds.flatMap(([kind, events]) =>
            events.map((event) => {
              const style = mark(event);
              return (
                style && h('i', { class: colourOf(kind), style, title: `${kindText(kind, text)} ${exact(event.from)}` })
              );
            }),
          ),
        ),
        h(
          'div',
          { class: 'ef-tile-recorded' },
          (view.hours?.recorded ?? []).map(([from, to]) => {
            const style = stripe(from, to, range);
            return style && h('i', { style });
          }),
        ),
        h(
          'div',
          { class: 'ef-tile-ticks', 'aria-hidden': 'true' },
          ticks(range, offset).map((time) =>
            h('span', { style: { left: `${placeOf(time, range)}%` } }, hasRoom(time, range) ? clock(time) : ''),
          ),
        ),
        position < range.from || position > range.to
          ? null
          : h('b', { class: 'ef-tile-hand', style: { left: `${placeOf(position, range)}%` } }),
      ],
    ),
    kinds.length === 0
      ? null
      : h(
          'div',
          { class: 'ef-tile-kinds' },
          kinds.map(([kind, events]) =>
            h('span', { key: kind }, [h('i', { class: colourOf(kind) }), `${kindText(kind, text)} ${events.length}`]),
          ),
        ),
  ]);
}

function colourOf(kind: string): string {
  return `ef-tile-${known.includes(kind) ? kind : 'other'}`;
}

function kindText(kind: string, text: Text): string {
  return known.includes(kind) ? text(kind) : kind;
}
