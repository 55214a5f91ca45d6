/** A live run of UltraCart, as far as no person is needed: a login is begun, and lapses. */
import { createUltraCartSso, type UltraCartSsoOptions } from '@isoauth/ultracart-sso'
import type { Flow } from '../flow.ts'
import type { LiveContext } from './live.ts'

export function liveUltraCart(options: UltraCartSsoOptions): Flow<LiveContext> {
  return {
    title: 'UltraCart single sign-on, live, up to the login page',
    async run({ steps }) {
      await steps.run(
        'authorize',
        () => createUltraCartSso(options).authorize(),
        'simpleKey and redirectUri were accepted; login page on a listed host',
      )
      steps.leaveOut('login', 'it takes a person; what was begun lapses')
    },
  }
}
