/**
 * Where a login under way is kept between its start and the callback: a store on the server, whose
 * entries are taken out once, or a sealed cookie for edge functions that have no store.
 *
 * @packageDocumentation
 */

export type { UltraCartTransaction } from './internal/login-transaction.ts'
export type { TransactionKeeper } from './internal/transaction-keeper.ts'
export { isSameIpAddress } from './ip-address.ts'
export { createTransactionCookie, type TransactionCookieOptions } from './transaction-cookie.ts'
export {
  createTransactionStore,
  type TransactionBackend,
  type TransactionStoreOptions,
} from './transaction-store.ts'
