/** An element with attributes and children. Text is always text: nothing that was recorded can become markup. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Readonly<Record<string, string | undefined>> = {}, ...children: readonly (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** An element that the page has. */
export function byId<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no element ${id}.`);
  return element as T;
}

export interface Choice {
  readonly value: string;
  readonly text: string;
  readonly group?: string;
}

/** Fills a picker, with its choices in groups. */
export function fillPicker(select: HTMLSelectElement, choices: readonly Choice[], chosen: string): void {
  const groups = new Map<string | undefined, Node[]>();
  for (const { value, text, group } of choices) groups.set(group, [...(groups.get(group) ?? []), el('option', { value }, text)]);
  select.replaceChildren(...[...groups].flatMap(([label, options]) => (label === undefined ? options : [el('optgroup', { label }, ...options)])));
  select.value = choices.some(({ value }) => value === chosen) ? chosen : (choices[0]?.value ?? '');
}
