import type { TileProps } from '../pieces.js';
import { type Languages, textsIn } from './texts.js';
import { emptyView, TilePage } from './tile-page.js';
import { viewOf } from './view.js';
import type { Vue } from './vue.js';

/** What the dashboard hands a widget. */
interface WidgetProps {
  readonly id: string;
  readonly props: TileProps;
}

/**
 * The widget as a component of the dashboard's Vue, which is on the page as `Vue`.
 *
 * @param style put into the page once
 */
export function widget(vue: Vue, style: string, languages: Languages): object {
  const sheet = document.createElement('style');
  sheet.textContent = style;
  document.head.append(sheet);
  const text = textsIn(languages, navigator.languages);
  return {
    name: 'UIEverfocusTile',
    props: { id: { type: String, required: true }, props: { type: Object, required: true }, state: { type: Object } },
    setup({ id, props }: WidgetProps) {
      const page = new TilePage(vue.reactive(emptyView()), id, props);
      const video = vue.ref<HTMLVideoElement | null>(null);
      vue.onMounted(() => video.value && page.open(video.value));
      vue.onBeforeUnmount(() => page.close());
      // What a render function refers to by `ref`, it has to be handed as such.
      const h: Vue['h'] = (tag, attributes, children) =>
        vue.h(tag, tag === 'video' ? { ...attributes, ref: video } : attributes, children);
      return () => viewOf(h, page, text, props.name);
    },
  };
}
