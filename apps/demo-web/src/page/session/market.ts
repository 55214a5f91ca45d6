/** The other side, played through the sandbox's control: prices that move, a line that is cut. */

export interface Market {
  cut(): Promise<void>
  lose(): Promise<void>
  close(): void
}

const EVERY_MS = 400
/** Long enough that a gap is seen, short enough to wait for. */
const CUT_MS = 1500

export function openMarket(quoted: {
  readonly conid: number
  readonly field: string
  /** The price that the broker told last. */
  readonly price: () => number
}): Market {
  const { conid, field } = quoted
  const timer = setInterval(() => {
    const price = quoted.price() + (Math.random() - 0.5) * 0.6
    void play({ kind: 'market-data', conid, fields: { [field]: price.toFixed(2) } }).catch(() => {})
  }, EVERY_MS)
  return {
    cut: () => play({ kind: 'cut', forMs: CUT_MS }),
    lose: () => play({ kind: 'lose' }),
    close: () => clearInterval(timer),
  }
}

async function play(event: object): Promise<void> {
  const response = await fetch('/__sandbox/broker', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  })
  if (!response.ok) throw new Error(`The sandbox answered ${response.status}.`)
}
