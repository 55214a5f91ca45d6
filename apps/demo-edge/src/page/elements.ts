/** The elements of `index.html`. */

export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`index.html has no #${id}`)
  return found as T
}

export function show(id: string, isShown: boolean): void {
  element(id).hidden = !isShown
}

export function text(id: string, value: string): void {
  element(id).textContent = value
}

/** A new element with a text, which is never read as HTML. */
export function create(tag: string, value: string): HTMLElement {
  const made = document.createElement(tag)
  made.textContent = value
  return made
}
