/** An element as Vue keeps it. */
export interface Element {
  readonly type: unknown;
}

export type Children = string | readonly (Element | string | null | undefined | Children)[];

export type CreateElement = (tag: string, attributes: object, children?: Children) => Element;

/** What of the dashboard's own Vue a widget uses. */
export interface Vue {
  readonly h: CreateElement;
  reactive<T extends object>(value: T): T;
  ref<T>(value: T): { value: T };
  onMounted(action: () => void): void;
  onBeforeUnmount(action: () => void): void;
}
