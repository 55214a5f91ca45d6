/** Prices of the past: bars that depend on the contract only. */
import { priceOf } from '../ibkr-orders/order-book.ts'

export const BAR_SECONDS = 86_400
const BARS = 5
/** A fixed Monday, so that two equal requests have equal answers. */
const FIRST_BAR = 1_714_348_800

/** Daily bars of a contract, oldest first. */
export function marketDataBars(conid: number): readonly Readonly<Record<string, number>>[] {
  const base = priceOf(conid)
  return Array.from({ length: BARS }, (_, index) => ({
    o: base + index,
    c: base + index + 0.5,
    h: base + index + 1,
    l: base + index - 1,
    v: 1000 * (index + 1),
    t: (FIRST_BAR + index * BAR_SECONDS) * 1000,
  }))
}
