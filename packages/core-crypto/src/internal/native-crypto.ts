/**
 * The native arithmetic of Node and Bun: found at run time, proven by a known answer before it is first used, and
 * left alone where it fails that. Faster than ours, and in constant time.
 */
import { refuse } from './errors.ts'

/**
 * Which arithmetic does the private operations: `auto` takes the platform's own on Node and Bun, after a known
 * answer at first use, and ours elsewhere; `portable` takes ours everywhere.
 */
export type Acceleration = 'auto' | 'portable'

/** A key of `node:crypto`. */
export interface NativeKey {
  export(options: { readonly format: 'der'; readonly type: 'spki' }): Uint8Array
}

/** The form in which `node:crypto` is given a key. */
type NativeKeyInput =
  | { readonly key: object; readonly format: 'jwk' }
  | { readonly key: Uint8Array; readonly format: 'der'; readonly type: 'pkcs8' | 'spki' }

/** `node:crypto`, as far as it is used here. */
export interface NativeCrypto {
  readonly constants: { readonly RSA_NO_PADDING: number }
  createPrivateKey(input: NativeKeyInput): NativeKey
  createPublicKey(input: NativeKeyInput | NativeKey): NativeKey
  privateDecrypt(
    key: { readonly key: NativeKey; readonly padding: number },
    data: Uint8Array,
  ): Uint8Array
  diffieHellman(keys: { readonly privateKey: NativeKey; readonly publicKey: NativeKey }): Uint8Array
}

/** Tells whether native code gives a known answer; what it throws counts as no. */
export type KnownAnswerTest = (native: NativeCrypto) => boolean

/** What was found, for each test and each platform. */
const verdicts = new WeakMap<KnownAnswerTest, WeakMap<NativeCrypto, boolean>>()

/** Refuses another word than `auto` and `portable`; nothing is `auto`. */
export function checkAcceleration(acceleration: unknown): void {
  if (acceleration === undefined || acceleration === 'auto' || acceleration === 'portable') return
  refuse('acceleration', "'auto' or 'portable'")
}

/**
 * Gives the platform's arithmetic where it may be used and passes a test. The test runs once; a platform that
 * fails is not asked again.
 */
export function nativeCrypto(
  acceleration: Acceleration | undefined,
  test: KnownAnswerTest,
): NativeCrypto | undefined {
  const native = acceleration === 'portable' ? undefined : findNativeCrypto()
  if (native === undefined) return undefined
  const known = verdicts.get(test) ?? new WeakMap<NativeCrypto, boolean>()
  verdicts.set(test, known)
  const isRight = known.get(native) ?? passes(native, test)
  known.set(native, isRight)
  return isRight ? native : undefined
}

/** The module of Node and Bun. Those of the same name in Deno and Workers are no faster than our own arithmetic. */
function findNativeCrypto(): NativeCrypto | undefined {
  const { process, navigator } = globalThis as {
    readonly process?: {
      readonly versions?: { readonly deno?: string }
      readonly getBuiltinModule?: (name: string) => unknown
    }
    readonly navigator?: { readonly userAgent?: string }
  }
  if (process?.versions?.deno !== undefined) return undefined
  if (navigator?.userAgent === 'Cloudflare-Workers') return undefined
  try {
    const found = process?.getBuiltinModule?.('node:crypto')
    // A stand-in for the process of Node may say null.
    return Object(found) === found ? (found as NativeCrypto) : undefined
  } catch {
    return undefined
  }
}

function passes(native: NativeCrypto, test: KnownAnswerTest): boolean {
  try {
    return test(native)
  } catch {
    return false
  }
}
