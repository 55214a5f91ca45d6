/** An order that a sandbox takes. */
export const limitOrder = {
  conid: 265598,
  side: 'BUY',
  orderType: 'LMT',
  price: 9,
  quantity: 1,
  tif: 'DAY',
}
