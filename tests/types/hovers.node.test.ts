/**
 * What an editor shows of a name under the pointer: its type in a few lines, and words. Asked of the compiler's language
 * service, against the built declarations. (TypeScript 7 has none that a program could ask.)
 */
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

const FILE = join(import.meta.dirname, 'hovered.ts')
const PROGRAM = `
import * as oauth1 from '@isoauth/ibkr-oauth1'
import * as oauth2 from '@isoauth/ibkr-oauth2'
import * as session from '@isoauth/ibkr-session'
import * as sso from '@isoauth/ibkr-sso'
import * as sandbox from '@isoauth/sandbox'
import * as ultracart from '@isoauth/ultracart-sso'

declare const optionsOf: {
  createIbkrOAuth1: oauth1.IbkrOAuth1Options
  createIbkrOAuth1Authorization: oauth1.IbkrOAuth1AuthorizationOptions
  createIbkrOAuth2: oauth2.IbkrOAuth2Options
  createIbkrSso: sso.IbkrSsoOptions
  createSession: sso.SsoSessionCallOptions
  createBrowserSession: sso.BrowserSessionCallOptions
  createBrokerageSession: session.BrokerageSessionOptions
  open: session.OpenOptions
  createUltraCartSso: ultracart.UltraCartSsoOptions
  createSandbox: sandbox.SandboxOptions
}
declare const made: {
  client: oauth1.IbkrOAuth1
  authorization: oauth1.IbkrOAuth1Authorization
  oauth2: oauth2.IbkrOAuth2
  sso: sso.IbkrSso
  ssoSession: sso.IbkrSsoSession
  session: session.BrokerageSession
  ultracart: ultracart.UltraCartSso
  sandbox: sandbox.Sandbox
}
`
const FACTORIES = [
  'oauth1.createIbkrOAuth1',
  'oauth1.createIbkrOAuth1Authorization',
  'oauth2.createIbkrOAuth2',
  'sso.createIbkrSso',
  'session.createBrokerageSession',
  'ultracart.createUltraCartSso',
  'sandbox.createSandbox',
]

/** As long as the longest of all today: five lines. */
const LONGEST = 215

/** What is shown of some. */
const SHOWN: Readonly<Record<string, readonly [shown: RegExp, words: RegExp]>> = {
  'oauth1.createIbkrOAuth1': [
    /^\(alias\) function createIbkrOAuth1\(options: oauth1\.IbkrOAuth1Options\): oauth1\.IbkrOAuth1$/m,
    /^Makes a client\. Nothing is sent/,
  ],
  'optionsOf.createIbkrOAuth1': [
    /^\(property\) createIbkrOAuth1: oauth1\.IbkrOAuth1Options$/,
    /^$/,
  ],
  'optionsOf.createUltraCartSso': [
    /^\(property\) createUltraCartSso: ultracart\.UltraCartSsoOptions$/,
    /^$/,
  ],
  'optionsOf.createIbkrOAuth1.encryptionKey': [
    /^\(property\) encryptionKey\?: oauth1\.EncryptionKey \| undefined$/,
    /private key registered for encryption/,
  ],
  'optionsOf.open.compete': [
    /^\(property\) OpenOptions\.compete: boolean$/,
    /^True takes the session .* False leaves them alone/s,
  ],
}

it('every factory, option and member is shown in a few lines, with words', () => {
  const editor = openEditor()
  editor.write(PROGRAM)
  const members = [...editor.membersOf('optionsOf'), ...editor.membersOf('made')]
  expect(members.length).toBeGreaterThan(150)
  const names = [...new Set([...FACTORIES, ...members, ...Object.keys(SHOWN)])]
  editor.write(`${PROGRAM}${names.join('\n')}\n`)
  expect(editor.problems()).toEqual([])

  let end = PROGRAM.length - 1
  const found = names.map((name) => {
    end += name.length + 1
    return [name, ...editor.hover(end - 1)] as const
  })
  const problems = found.flatMap(([name, shown, words]) => {
    const [shownAs, said] = SHOWN[name] ?? [/^/, /[.:]/]
    return [
      ...(shown.length > LONGEST ? [`${name}, ${shown.length} characters: ${shown}`] : []),
      ...(shownAs.test(shown) ? [] : [`${name} is shown as ${shown}`]),
      ...(said.test(words) ? [] : [`the words of ${name}: ${words}`]),
    ]
  })
  expect(problems).toEqual([])
})

it('what options are is shown by the names of their parts', () => {
  const editor = openEditor()
  editor.write(PROGRAM)
  for (const [name, shown] of [
    ['IbkrOAuth1Options', 'oauth1.IbkrOAuth1ClientOptions & oauth1.SecretOptions'],
    [
      'UltraCartSsoOptions',
      'ultracart.UltraCartClientOptions & (ultracart.UltraCartAccessToken | ultracart.UltraCartSimpleKey)',
    ],
  ] as const) {
    const [text] = editor.hover(PROGRAM.indexOf(name))
    expect(text.split('\n')[0]).toBe(`(alias) type ${name} = ${shown}`)
  }
})

/** An editor with one file, which need not be there. */
function openEditor() {
  let text = ''
  let version = 0
  const readFile = (path: string) => (path === FILE ? text : ts.sys.readFile(path))
  const options = {
    ...{ target: ts.ScriptTarget.ES2022, lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'], types: [] },
    ...{ module: ts.ModuleKind.NodeNext, strict: true, exactOptionalPropertyTypes: true },
  }
  const service = ts.createLanguageService({
    getScriptFileNames: () => [FILE],
    getScriptVersion: (path) => (path === FILE ? String(version) : ''),
    getScriptSnapshot(path) {
      const content = readFile(path)
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content)
    },
    getCurrentDirectory: () => import.meta.dirname,
    getCompilationSettings: () => options,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => path === FILE || ts.sys.fileExists(path),
    readFile,
    directoryExists: ts.sys.directoryExists,
    ...(ts.sys.realpath && { realpath: ts.sys.realpath }),
  })
  return {
    write(given: string) {
      text = given
      version += 1
    },
    problems: () =>
      service
        .getSemanticDiagnostics(FILE)
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
    hover(position: number): readonly [shown: string, words: string] {
      const info = service.getQuickInfoAtPosition(FILE, position)
      const plain = ts.displayPartsToString
      return [plain(info?.displayParts), plain(info?.documentation)]
    },
    /** `optionsOf.open.compete` and the like: every member of a constant's members. */
    membersOf(constant: 'made' | 'optionsOf'): string[] {
      const program = service.getProgram()
      const checker = program?.getTypeChecker()
      const declared = program
        ?.getSourceFile(FILE)
        ?.statements.filter(ts.isVariableStatement)
        .flatMap(({ declarationList }) => declarationList.declarations)
        .find(({ name }) => name.getText() === constant)
      if (checker === undefined || declared === undefined) throw new Error(`no ${constant}`)
      return checker
        .getTypeAtLocation(declared)
        .getProperties()
        .flatMap((owner) => {
          const type = checker.getTypeOfSymbolAtLocation(owner, declared)
          const parts = type.isUnion() ? type.types : [type]
          const members = parts.flatMap((part) => part.getProperties().map(({ name }) => name))
          const written = [...new Set(members)].filter((name) => /^\w+$/.test(name))
          return written.map((name) => `${constant}.${owner.name}.${name}`)
        })
    },
  }
}
