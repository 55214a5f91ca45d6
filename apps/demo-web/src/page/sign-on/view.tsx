/** The sign-on page: the round trip through UltraCart's login page, and an SSO browser link. */
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import type { TrailStep } from '../../trail.ts'
import type { ViewProps } from '../router.ts'
import { Sequence } from '../view/sequence.tsx'
import { Status, type Tone } from '../view/status.tsx'

interface Trail {
  readonly steps: readonly TrailStep[]
  readonly name?: string
}

interface BrowserLink extends Trail {
  readonly url?: string
  /** Milliseconds until it is no longer given out. */
  readonly livesMs?: number
}

interface Said {
  readonly tone: Tone
  readonly text: string
}

export function SignOnView({ onShow }: ViewProps) {
  const [told, tell] = useState<{ readonly trail: Trail | undefined }>()
  useLayoutEffect(() => {
    const read = () =>
      void load<Trail>('/demo/ultracart/trail').then(
        (trail) => tell({ trail }),
        () => tell({ trail: undefined }),
      )
    // A page that the browser kept is shown again as it was left; the person may have signed in or out meanwhile.
    const onPageShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) read()
    }
    const stop = onShow(read)
    addEventListener('pageshow', onPageShow)
    return () => {
      stop()
      removeEventListener('pageshow', onPageShow)
    }
  }, [onShow])
  return (
    <>
      <h1 tabIndex={-1}>Sign-on of a person</h1>
      <p class="lead">
        Two flows in which a server acts for a person. Their secrets stay on that server; what you
        see is what it tells of each step.
      </p>
      {/* Shown once the server told its steps: later they would push down what a person reads. */}
      {told && (
        <>
          <UltraCart trail={told.trail} />
          <BrowserLinkFlow />
        </>
      )}
    </>
  )
}

function UltraCart({ trail }: { readonly trail: Trail | undefined }) {
  const { steps = [], name } = trail ?? {}
  const isSignedIn = name !== undefined
  return (
    <section class="flow" aria-labelledby="ultracart">
      <h2 id="ultracart">UltraCart: there and back</h2>
      <p>
        The browser goes to the login page of the service and comes back with a code and the state.
        Approve or refuse there.
      </p>
      <div class="buttons">
        <form method="post" action="/demo/ultracart/sign-in">
          <button type="submit" class={isSignedIn ? 'second' : 'primary'}>
            Sign in with UltraCart
          </button>
        </form>
        {isSignedIn && (
          <form method="post" action="/demo/ultracart/sign-out">
            <button type="submit" class="primary">
              Sign out
            </button>
          </form>
        )}
      </div>
      <Status {...stateOf(trail)} />
      {steps.length > 0 && (
        <Sequence
          lanes={['Browser', 'Your server', 'UltraCart']}
          label="Steps of the sign-in"
          rows={steps.map((step) => ({ ...step, step }))}
        />
      )}
    </section>
  )
}

function stateOf(trail: Trail | undefined): Said {
  if (trail === undefined) return { tone: 'bad', text: NO_SERVER }
  const failure = trail.steps.find((step) => step.failure)?.failure
  if (failure) return { tone: 'bad', text: `Not signed in. ${failure.message}` }
  if (trail.name !== undefined) return { tone: 'good', text: `Signed in as ${trail.name}.` }
  return { tone: 'idle', text: 'Nobody is signed in.' }
}

function BrowserLinkFlow() {
  const [link, setLink] = useState<BrowserLink & { readonly endsAt: number }>()
  const [isLost, setIsLost] = useState(false)
  const [now, setNow] = useState(0)
  const left = link?.url === undefined ? 0 : Math.ceil((link.endsAt - now) / 1000)

  useEffect(() => {
    if (link?.url === undefined) return
    const timer = setInterval(() => setNow(performance.now()), 1000)
    return () => clearInterval(timer)
  }, [link])

  async function make(): Promise<void> {
    try {
      const made = await load<BrowserLink>('/demo/browser-link', 'POST')
      setNow(performance.now())
      setLink({ ...made, endsAt: performance.now() + (made.livesMs ?? 0) })
      setIsLost(false)
    } catch {
      setLink(undefined)
      setIsLost(true)
    }
  }

  return (
    <section class="flow" aria-labelledby="browser-link">
      <h2 id="browser-link">Interactive Brokers: an SSO browser link</h2>
      <p>
        A firm signs its user in to the portal: its server makes a link that works once, for a
        minute, from one address.
      </p>
      <div class="buttons">
        <button type="button" class={left > 0 ? 'second' : 'primary'} onClick={() => void make()}>
          Make a browser link
        </button>
        {left > 0 && link?.url !== undefined && (
          <a class="button" href={link.url} target="_blank" rel="noopener noreferrer">
            Open the link in a new tab
          </a>
        )}
        {/* Not read out each second. */}
        {left > 0 && <span class="left">{left} s left</span>}
      </div>
      <Status {...stateOfLink(link, isLost, left)} />
      {link && (
        <Sequence
          lanes={['Browser', 'Your server', 'Broker']}
          label="Steps of the link"
          rows={link.steps.map((step) => ({ ...step, step }))}
        />
      )}
    </section>
  )
}

function stateOfLink(link: BrowserLink | undefined, isLost: boolean, left: number): Said {
  if (isLost) return { tone: 'bad', text: NO_SERVER }
  if (link === undefined) return { tone: 'idle', text: 'No link was made yet.' }
  if (link.url === undefined) {
    const failure = link.steps.find((step) => step.failure)?.failure
    return { tone: 'bad', text: `No link was made. ${failure?.message ?? ''}` }
  }
  return left > 0
    ? { tone: 'good', text: 'The link is ready: good once, for less than a minute.' }
    : { tone: 'warn', text: 'The link is over. Make another one.' }
}

const NO_SERVER = 'The server of the demo does not answer. Is it still running?'

async function load<T>(path: string, method = 'GET'): Promise<T> {
  const response = await fetch(path, { method })
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return (await response.json()) as T
}
