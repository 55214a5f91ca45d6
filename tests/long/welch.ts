/**
 * Do two kinds of input take the same time? Welch's t-test over samples that are taken in turns. It shows the absence of
 * a gross leak, and does not prove constant time.
 */

/** `t` by Welch, and the difference of the means as a share of the mean. */
export interface Finding {
  readonly name: string
  readonly t: number
  readonly relativeDifference: number
}

/** What is measured: the same work with either kind of input. */
export interface Probe {
  readonly name: string
  /** Makes an input, untimed, and gives the work with it. */
  readonly one: () => () => unknown
  readonly other: () => () => unknown
  readonly samples: number
}

const WARM_UP = 60
/** The share of the samples that is kept: the slowest tell of the machine. */
const KEPT_SHARE = 0.5

/** Measures once. */
export async function compare({ name, one, other, samples }: Probe): Promise<Finding> {
  const kinds = [
    { make: one, times: [] as number[] },
    { make: other, times: [] as number[] },
  ]
  for (let round = -WARM_UP; round < samples; round++) {
    // Which of the two goes first is a matter of chance, so that nothing falls on one alone.
    for (const { make, times } of Math.random() < 0.5 ? kinds : [...kinds].reverse()) {
      const work = make()
      const began = performance.now()
      await work()
      const time = performance.now() - began
      if (round >= 0) times.push(time)
    }
  }
  const [a, b] = kinds.map(({ times }) => describe(times)) as [Description, Description]
  const error = Math.sqrt(a.variance / a.n + b.variance / b.n)
  return { name, t: (b.mean - a.mean) / error, relativeDifference: (b.mean - a.mean) / a.mean }
}

interface Description {
  readonly n: number
  readonly mean: number
  readonly variance: number
}

/** Of the quicker half: in the slower one an interruption shows and not the input. */
function describe(times: readonly number[]): Description {
  const kept = [...times].sort((a, b) => a - b).slice(0, Math.ceil(times.length * KEPT_SHARE))
  const n = kept.length
  const mean = kept.reduce((sum, time) => sum + time, 0) / n
  const variance = kept.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (n - 1)
  return { n, mean, variance }
}
