/** The name of a file where the content of one belongs. */

/** True for text that names a file: neither PEM nor a secret looks like that. */
export function isFileName(text: string): boolean {
  const name = text.trim()
  if (name.length > 255 || /\n|-----/.test(name)) return false
  // Base64 has slashes too, and may begin with one.
  if (/^[\w+/]{64,}={0,2}$/.test(name)) return false
  const start = /^["']?(file:|~\/|\/[^/]|\.{1,2}[\\/]|[a-z]:[\\/]|\\\\)/i
  const ending = /\.[a-z][a-z\d]{1,4}["']?$/i
  return start.test(name) || ending.test(name)
}
