/**
 * The one byte type: `Uint8Array` in, {@link Bytes} out.
 */

/**
 * Bytes that own an `ArrayBuffer`: `Uint8Array<ArrayBuffer>` with TypeScript 5.7 and newer,
 * `Uint8Array` before. Assignable to `BufferSource` with every version.
 */
export type Bytes = ReturnType<Uint8Array['slice']>
