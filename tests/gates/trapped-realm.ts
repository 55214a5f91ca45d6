/** A realm with the language's own objects, in which everything else is a trap. */
import { type Context, createContext, Script } from 'node:vm'

const FILE = 'loaded.js'

/** Names that Node does not have, or that a fresh realm already has without their being of the language. */
const MORE_NAMES = [
  ...['Bun', 'Deno', 'EdgeRuntime', 'WebSocketPair', 'HTMLRewriter', 'importScripts'],
  ...['window', 'self', 'document', 'location', 'navigator', 'localStorage', 'sessionStorage'],
  ...['indexedDB', 'caches', 'XMLHttpRequest', 'WebSocket', 'Worker', 'EventSource'],
  ...['require', 'module', 'exports', '__dirname', '__filename', 'global'],
  ...['console', 'WebAssembly'],
]

/** What a script touched, and in which of its lines. */
export interface Touch {
  readonly what: string
  readonly line: number
}

/** Runs a script and returns what it touched, in the order of the first touch. */
export function loadInTrappedRealm(text: string): Touch[] {
  const realm = createContext({}, { codeGeneration: { strings: false, wasm: false } })
  const touched = new Map<string, Touch>()
  const touch = (what: string) => {
    const line = Number(new RegExp(`${FILE}:(\\d+)`).exec(new Error().stack ?? '')?.[1] ?? 0)
    const key = `${what}:${line}`
    if (!touched.has(key)) touched.set(key, { what, line })
  }
  setTraps(realm, touch)
  const global = new Script('globalThis').runInContext(realm)
  const before = picture(global)
  try {
    new Script(text, { filename: FILE }).runInContext(realm)
  } catch (error) {
    // An error of that realm is none of this one's, so `instanceof` says nothing.
    const { stack = '', message = String(error) } = (error ?? {}) as Partial<Error>
    const line = Number(new RegExp(`${FILE}:(\\d+)`).exec(stack)?.[1] ?? 0)
    touched.set('thrown', { what: `an error (${message})`, line })
  }
  return [...touched.values(), ...differences(before, picture(global))]
}

function setTraps(realm: Context, touch: (what: string) => void): void {
  const own = new Set(new Script('Object.getOwnPropertyNames(globalThis)').runInContext(realm))
  const hosts = Object.getOwnPropertyNames(globalThis).filter((name) => !own.has(name))
  for (const name of new Set([...hosts, ...MORE_NAMES])) {
    Object.defineProperty(realm, name, {
      configurable: true,
      get: () => {
        touch(name)
        return Reflect.get(globalThis, name)
      },
      set: () => touch(`${name} (set)`),
    })
  }
  new Script(TRAP_INTRINSICS).runInContext(realm)(touch)
}

/** Reading the clock or random numbers, in the realm's own objects. */
const TRAP_INTRINSICS = `(touch) => {
  const { random } = Math
  Math.random = () => { touch('Math.random'); return random() }
  const { now } = Date
  Date.now = () => { touch('Date.now'); return now() }
  const RealDate = Date
  globalThis.Date = new Proxy(RealDate, {
    apply: (...all) => { touch('Date()'); return Reflect.apply(...all) },
    construct: (target, args, wanted) => {
      if (args.length === 0) touch('new Date()')
      return Reflect.construct(target, args, wanted)
    },
  })
}`

/** Every property of every object that the global object leads to, by its path: `Array.prototype.map` to its value. */
function picture(global: object): Map<string, unknown> {
  const found = new Map<string, unknown>()
  const visited = new Set<object>()
  const visit = (object: object, path: string) => {
    if (visited.has(object)) return
    visited.add(object)
    for (const key of Reflect.ownKeys(object)) {
      const { value, get, set } = Object.getOwnPropertyDescriptor(object, key) ?? {}
      const name = path === '' ? String(key) : `${path}.${String(key)}`
      found.set(name, value ?? get ?? set)
      if (isObject(value)) visit(value, name)
    }
    const prototype = Object.getPrototypeOf(object)
    if (prototype !== null) visit(prototype, `${path}.[[Prototype]]`)
  }
  visit(global, '')
  return found
}

function differences(before: Map<string, unknown>, after: Map<string, unknown>): Touch[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter(
      (name) =>
        before.has(name) !== after.has(name) || !Object.is(before.get(name), after.get(name)),
    )
    .map((name) => ({ what: `${name} (changed)`, line: 0 }))
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
