/**
 * Where a login under way is kept between its start and the callback: a store on the server, whose
 * entries are taken out once, or a sealed cookie for edge functions that have no store.
 *
 * @packageDocumentation
 */
export { isSameIpAddress } from './ip-address.ts'
export type { UltraCartTransaction } from './login-transaction.ts'
export { createTransactionCookie, type TransactionCookieOptions } from './transaction-cookie.ts'
export type { TransactionKeeper } from './transaction-keeper.ts'
export {
  createTransactionStore,
  type TransactionBackend,
  type TransactionStoreOptions,
} from './transaction-store.ts'
