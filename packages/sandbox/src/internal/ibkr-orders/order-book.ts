/** Orders and trades of the accounts, whoever made them; every change is told to who listens. */
import { randomHex } from '../crypto/bytes.ts'

export type OrderSide = 'BUY' | 'SELL'

/** The states of an order, as `status` says them. */
export type OrderStatus =
  | 'PendingSubmit'
  | 'PreSubmitted'
  | 'Submitted'
  | 'Filled'
  | 'PendingCancel'
  | 'Cancelled'
  | 'Inactive'

/** An order in the sandbox's book. */
export interface SandboxOrder {
  readonly orderId: number
  readonly accountId: string
  readonly conid: number
  readonly side: OrderSide
  /** `LMT`, `MKT`, …, as it was given. */
  readonly orderType: string
  /** Limit price; `null` where the type has none. */
  readonly price: number | null
  readonly quantity: number
  readonly filled: number
  readonly status: OrderStatus
  readonly timeInForce: string
  /** The client's own `cOID`; `null` when it gave none. */
  readonly reference: string | null
  readonly createdAtMs: number
  readonly changedAtMs: number
}

/** An execution in the sandbox's book. */
export interface SandboxTrade {
  readonly executionId: string
  readonly orderId: number
  readonly accountId: string
  readonly conid: number
  readonly side: OrderSide
  readonly size: number
  readonly price: number
  readonly reference: string | null
  readonly atMs: number
}

/** What an order is made of, or what changes of it. */
export type OrderChange = Partial<
  Pick<
    SandboxOrder,
    | 'conid'
    | 'side'
    | 'orderType'
    | 'price'
    | 'quantity'
    | 'filled'
    | 'status'
    | 'timeInForce'
    | 'reference'
  >
>

export interface BookListener {
  order(order: SandboxOrder): void
  trade(trade: SandboxTrade): void
}

/** How many orders and how many trades are kept, newest. */
const KEPT = 10_000

export class OrderBook {
  readonly orders: SandboxOrder[] = []
  readonly trades: SandboxTrade[] = []
  readonly #listener: BookListener
  #nextId = 1_000_001

  constructor(listener: BookListener) {
    this.#listener = listener
  }

  find(orderId: number): SandboxOrder | undefined {
    return this.orders.find((order) => order.orderId === orderId)
  }

  hasReference(accountId: string, reference: string): boolean {
    return this.orders.some(
      (order) => order.accountId === accountId && order.reference === reference,
    )
  }

  place(accountId: string, change: OrderChange, now: number): SandboxOrder {
    const order: SandboxOrder = {
      orderId: this.#nextId++,
      accountId,
      conid: 265598,
      side: 'BUY',
      orderType: 'LMT',
      price: null,
      quantity: 1,
      filled: 0,
      timeInForce: 'DAY',
      reference: null,
      createdAtMs: now,
      ...change,
      status: statusOf(change.status ?? 'Submitted', change.filled ?? 0, change.quantity ?? 1),
      changedAtMs: now,
    }
    this.orders.push(order)
    if (this.orders.length > KEPT) this.orders.shift()
    this.#listener.order(order)
    this.#execute(order, order.filled, now)
    return order
  }

  /** What is newly filled becomes a trade. */
  change(order: SandboxOrder, change: OrderChange, now: number): SandboxOrder {
    const merged = { ...order, ...change, changedAtMs: now }
    const status = change.status ?? statusOf(order.status, merged.filled, merged.quantity)
    const filled = status === 'Filled' ? merged.quantity : merged.filled
    const changed: SandboxOrder = { ...merged, filled, status }
    const index = this.orders.indexOf(order)
    if (index >= 0) this.orders[index] = changed
    this.#listener.order(changed)
    this.#execute(changed, filled - order.filled, now)
    return changed
  }

  #execute(order: SandboxOrder, size: number, now: number): void {
    if (size <= 0) return
    const { orderId, accountId, conid, side, reference } = order
    const trade: SandboxTrade = {
      executionId: `SANDBOX.${randomHex(6)}`,
      orderId,
      accountId,
      conid,
      side,
      size,
      price: order.price ?? priceOf(conid),
      reference,
      atMs: now,
    }
    this.trades.push(trade)
    if (this.trades.length > KEPT) this.trades.shift()
    this.#listener.trade(trade)
  }
}

/** True for what can still be filled, changed or cancelled. */
export function isLive({ status }: SandboxOrder): boolean {
  return status !== 'Filled' && status !== 'Cancelled' && status !== 'Inactive'
}

/** The price of an instrument for which no tick was played. */
export function priceOf(conid: number): number {
  return 50 + (conid % 150)
}

function statusOf(status: OrderStatus, filled: number, quantity: number): OrderStatus {
  return filled >= quantity ? 'Filled' : status
}
