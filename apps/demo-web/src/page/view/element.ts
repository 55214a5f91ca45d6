/** Elements without a library: text is always text, so nothing that is shown can become markup. */

type Child = Node | string | undefined | false

export interface Attributes {
  readonly [name: string]: string | boolean | ((event: Event) => void) | undefined
}

/** Makes an element; `on…` attributes are listeners, `true` is an empty attribute, `false` none. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  setAttributes(made, attributes)
  made.append(...children.filter(isShown))
  return made
}

/** The same for SVG. */
export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name)
  setAttributes(made, attributes)
  made.append(...children.filter(isShown))
  return made
}

function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') target.addEventListener(name.slice(2), value)
    else if (value === true) target.setAttribute(name, '')
    else if (typeof value === 'string') target.setAttribute(name, value)
  }
}

function isShown(child: Child): child is Node | string {
  return child !== undefined && child !== false
}
