/** The page's entry: shows the view that the address names, and follows links between views. */
import { handshakeView } from './handshake/view.ts'
import { inspectorView } from './inspector/view.ts'
import { startRouter, type View } from './router.ts'
import { signOnView } from './sign-on/view.ts'

const VIEWS: Readonly<Record<string, View>> = {
  '/': { title: 'Handshake', create: handshakeView },
  '/inspector': { title: 'Signature inspector', create: inspectorView },
  '/sign-on': { title: 'Sign-on', create: signOnView },
}

startRouter(VIEWS)
