/**
 * Calls of a service's own endpoints. An entry of its own, since ky, which makes them, has some platforms load their
 * `Request` when it is imported: what sends no such call starts without it.
 *
 * @packageDocumentation
 */
export { callService, type Repetition } from './internal/transport.ts'
