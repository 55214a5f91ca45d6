/** Plays the browser that opens a link to the portal: reads who is signed in, and on which page. */
import { DemoError } from './errors.ts'

export interface PortalPage {
  readonly user: string | undefined
  /** The landing page. */
  readonly action: string | undefined
}

export async function openLink(url: URL): Promise<PortalPage> {
  const response = await fetch(url)
  const { status } = response
  if (status !== 200) {
    throw new DemoError(`The portal answered ${status} instead of 200.`, {
      code: 'DEMO_ANSWER_UNEXPECTED',
      status,
    })
  }
  const html = await response.text()
  return { user: textOf(html, 'user'), action: textOf(html, 'action') }
}

function textOf(html: string, id: string): string | undefined {
  return new RegExp(` id="${id}">([^<]*)<`).exec(html)?.[1]
}
