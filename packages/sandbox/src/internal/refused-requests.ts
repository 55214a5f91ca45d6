/** What a test that failed is told of its requests. */
import type { RequestRecord } from './request-record.ts'

/** The requests that were refused, a line each, with the reasons; `undefined` without one. */
export function refusedRequests(records: readonly RequestRecord[]): string | undefined {
  const lines = records
    .filter(({ refused }) => refused !== null)
    .map(({ method, path, status, refused }) => `  ${method} ${path} -> ${status}: ${refused}`)
  return lines.length === 0 ? undefined : ['The sandbox refused:', ...lines].join('\n')
}
