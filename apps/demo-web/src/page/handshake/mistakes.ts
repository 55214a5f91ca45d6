/** Mistakes that a person can have the handshake make, to see how each shows. */

export type Mistake =
  | 'none'
  | 'wrong-signature-key'
  | 'swapped-keys'
  | 'wrong-prime'
  | 'consumer-key-case'
  | 'clock-off'

export const MISTAKES: Readonly<Record<Mistake, string>> = {
  none: 'No mistake',
  'wrong-signature-key': 'Sign with a key that was not registered',
  'swapped-keys': 'Swap the two private keys',
  'wrong-prime': 'Use another Diffie-Hellman prime',
  'consumer-key-case': 'Type the consumer key in lower case',
  'clock-off': 'Let the clock be an hour off',
}

export function isMistake(text: string): text is Mistake {
  return Object.hasOwn(MISTAKES, text)
}
