/** The server part of the demo: what a page may not do itself, since it would need a secret. */
import type { Sandbox } from '@isoauth/sandbox'
import type { Handler } from './answers.ts'
import { createBrowserLink } from './browser-link.ts'
import { createUltraCartSignOn } from './ultracart-sign-on.ts'

export function createApplication(sandbox: Sandbox): Handler {
  const ultracart = createUltraCartSignOn(sandbox)
  return (request) => {
    const { pathname, search } = new URL(request.url)
    switch (`${request.method} ${pathname}`) {
      case 'POST /demo/browser-link':
        return createBrowserLink(sandbox)
      case 'POST /demo/ultracart/sign-in':
        return ultracart.signIn(request)
      case 'GET /demo/ultracart/return':
        return ultracart.comeBack(request, pathname + search)
      case 'GET /demo/ultracart/trail':
        return ultracart.trail(request)
      case 'POST /demo/ultracart/sign-out':
        return ultracart.signOut(request)
      default:
        return undefined
    }
  }
}
