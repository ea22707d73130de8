type Child = Node | string | false | undefined;

/** Makes an element. What comes from NVRs gets in as text only. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== false && child !== undefined));
  return element;
}

export function button(text: string, kind: string, onclick: () => void): HTMLButtonElement {
  return el('button', { type: 'button', className: `btn btn-sm ${kind}`, textContent: text, onclick });
}
