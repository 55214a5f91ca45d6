/** The page's entry: shows the view that the address names, and follows links between views. */
import { HandshakeView } from './handshake/view.tsx'
import { InspectorView } from './inspector/view.tsx'
import { startRouter, type View } from './router.ts'
import { SessionView } from './session/view.tsx'
import { SignOnView } from './sign-on/view.tsx'

const VIEWS: Readonly<Record<string, View>> = {
  '/': { title: 'Handshake', content: HandshakeView },
  '/inspector': { title: 'Signature inspector', content: InspectorView },
  '/session': { title: 'Session and stream', content: SessionView },
  '/sign-on': { title: 'Sign-on', content: SignOnView },
}

startRouter(VIEWS)
