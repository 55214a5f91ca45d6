/**
 * The one byte type: `Uint8Array` in, {@link Bytes} out.
 */

/**
 * Bytes that own an `ArrayBuffer`: `Uint8Array<ArrayBuffer>` with TypeScript 5.7 and newer,
 * `Uint8Array` before. Assignable to `BufferSource` with every version.
 */
export type Bytes = ReturnType<Uint8Array['slice']>

/**
 * Tells bytes: a `Uint8Array` of any realm, subclasses such as Node's `Buffer` included. `instanceof`
 * is false for bytes made in another realm (an iframe, a `vm` context, a test runner); other views and
 * an `ArrayBuffer` are not bytes.
 *
 * @example `if (!isBytes(input)) throw new TypeError('bytes expected')`
 *
 * *Source*: ECMAScript, `%TypedArray%.prototype[Symbol.toStringTag]`.
 */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && tagOf(value) === 'Uint8Array'
}

function tagOf(view: ArrayBufferView): unknown {
  return (view as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
}
