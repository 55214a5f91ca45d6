/**
 * What to check, and in which order, for each error code: the likely cause first. Meaning and remedy are in the READMEs;
 * here is only their order. What is said of an ending holds for every package that has it, unless the whole code is named.
 */

const OF_ENDINGS: Readonly<Record<string, readonly string[]>> = {
  OPTION_INVALID: [
    'Read `option` of the error: it names the option, and the message says which form is expected.',
    'Look whether the value is there at all: an environment variable that is not set gives `undefined` or an empty text.',
    'Look how the name is spelled. The message tells of a spelling that is close, such as `baseURL` or `timeout`; a client leaves any other name out without a word.',
    'Look for what copying adds or takes away: blanks, quotation marks, line breaks, half of a file.',
    'Where `cause` is another coded error, read the page of that code too.',
    'Nothing was sent, but where `option` is `fetch` or `connection`: then look what came of the request. A `status` beside it is that of an answer which the `fetch` rejected; with ky `throwHttpErrors: false` and `retry: 0` end that.',
  ],
  NETWORK: [
    'Read the name and code in `cause`: `ENOTFOUND` is a wrong host name or no network, `ECONNREFUSED` a wrong port or a server that is not running.',
    'In a browser the likely cause is CORS: the services send no permission for pages of other sites. Go through a proxy of yours; where `baseUrl` is that proxy already, look whether it runs.',
    'Look whether a firewall or a company proxy stands between: `NODE_USE_ENV_PROXY=1` has Node 22.21, 24 and newer use `HTTPS_PROXY`; with one that signs certificates itself set `NODE_EXTRA_CA_CERTS`.',
    'Try the same address by `curl -I` from the same machine.',
  ],
  TIMEOUT: [
    'Look whether other addresses answer from this machine: a slow network is the likely cause.',
    'Try again once. At night and at weekends the services have maintenance.',
    'Raise `timeoutMs` where the machine or the way is known to be slow.',
  ],
  RESPONSE_INVALID: [
    'Check `baseUrl`: a wrong one is often answered with a page of HTML.',
    'Look whether a proxy or a sign-in page of a network answers in place of the service.',
    'Try again later: during maintenance pages of HTML come with any status.',
  ],
  URL_REFUSED: [
    'Compare the address with `baseUrl`: origin and path must both lie below it. Nothing was sent.',
    'Give a path such as `/portfolio/accounts` and let the client put the base in front of it.',
    'Look for `..`, a second slash or a user name in the address.',
  ],
  REDIRECT_REFUSED: [
    'Check `baseUrl`: `http:` in place of `https:` and a missing `www` are the likely causes.',
    'Look whether a proxy or a sign-in page of a network redirects. A signed request is never sent on.',
  ],
  RATE_LIMITED: [
    'Stop sending. Requests during a block prolong it.',
    'Wait for `retryAfterMs` where it is given, else for ten minutes.',
    'Find out what sent too much: many processes that each sign in, or polling. Share one token and pace the requests.',
  ],
  UNAVAILABLE: [
    'Wait for `retryAfterMs` where it is given, else for half a minute and then longer.',
    'Look at the clock of the service: there are nightly resets and maintenance at weekends.',
    'When it lasts for hours, ask the support of the service and quote `traceId`.',
  ],
  REFUSED: [
    'Read `status` and `detail` of the error: they are the words of the service.',
    'Check `baseUrl`, and that this account is meant for this host (live, paper, test).',
    'Ask the support of the service and quote `traceId`.',
  ],
  FORBIDDEN: [
    'Read `detail`: where it names a permission or scope, look whether it was asked for, and whether it was granted.',
    'Check that a `User-Agent` is sent, and by which address this machine goes out.',
    'Ask the service for the permission.',
  ],
  CLOCK_OFF: [
    'Compare the clock of this machine with another one; switch time synchronisation on.',
    'In a container or virtual machine look at the clock of the host.',
    'Look whether the option `now` gives milliseconds since 1970.',
  ],
  WEBCRYPTO_UNAVAILABLE: [
    'In a browser look at the address: `crypto.subtle` is there on `https:` and on this machine (`http://localhost`, `http://127.0.0.1`) alone.',
    'In Node look at the version: 20.19 or newer is needed.',
    'In a test environment such as jsdom use the globals of the runtime itself.',
  ],
}

const LOGIN_AGAIN =
  'Start a new login. A code or callback is good once, and is never repeated by itself.'

const SIGNER_OR_ANSWER = [
  'Where the error has `option`, a signing function of yours did not answer: look what it asks, such as a KMS.',
  ...(OF_ENDINGS['TIMEOUT'] ?? []),
]

const OF_CODES: Readonly<Record<string, readonly string[]>> = {
  CLI_ANSWER_UNREADABLE: [
    'Send the request without `--query`, and look at the answer that the expression is to read.',
    'Read the message: it says which type a function of the expression takes and which it was given.',
  ],
  CLI_ARGUMENTS_INVALID: [
    'Read the message: it names the argument.',
    'Run `isoauth help COMMAND` and compare.',
    'Quote arguments that hold blanks, `&` or `?`: else the shell takes them apart.',
  ],
  CLI_CONFIG_INVALID: [
    'Read the message: JSON that does not parse is told with line and column.',
    'Where it says that the file belongs to another user, or leads to another host: look who wrote that file before you name it by `--config`.',
    'Where a profile has no file: `isoauth init --profile NAME` writes it.',
    'Run `isoauth doctor`: it names settings that nothing reads, and what may be meant.',
    'Look whether a setting is given twice: under one name, or once as a value and once as a file.',
    'Name a file by the setting that ends in `File`: `"signatureKeyFile": "private_signature.pem"`.',
  ],
  CLI_DESCRIPTION_UNREADABLE: [
    'Open the address in a browser: it must give JSON whose first member is `openapi`.',
    'Save what it gives, and name the file by `--from`.',
    'Bundle a description of several files into one; convert YAML and Swagger 2 first.',
  ],
  CLI_FILE_EXISTS: [
    'Look what the file holds before anything else: a lost key cannot be made again.',
    'Name another place: for `isoauth init` by `--profile NAME` or `--config FILE`.',
    'Add `--force` only when the file may go. `isoauth init` has no such option: it never writes over a configuration.',
  ],
  CLI_FILE_UNREADABLE: [
    'Check the name. Names in a configuration are relative to the configuration file, those in variables and options to the working folder.',
    'Check the permissions of the file and of every folder above it.',
  ],
  CLI_FILE_UNWRITABLE: [
    'Check that the folder is there and may be written to.',
    'Check that the disk is not full and not mounted read-only.',
  ],
  CLI_REGISTRATION_REFUSED: [
    'Read the message: it has the words of the sandbox’s portal.',
    'Open `/__sandbox/requests` of the sandbox: the last record says what was checked.',
    'Take other keys by `--keys DIR`, or go through the portal yourself: `--by-hand`.',
  ],
  CLI_GENERATOR_MISSING: [
    'Install `openapi-typescript` and `typescript` in the project, with the versions that the message names.',
    'Run the command in the folder of the project.',
  ],
  CLI_REQUEST_UNREADABLE: [
    'Read the message: it says what of the request cannot be read.',
    'Give a whole curl command, HTTP request or HAR, copied in full.',
  ],
  CRYPTO_ENCODING_INVALID: [
    'Copy the value again, in full.',
    'Check that it is the right value: base64 where hexadecimal is expected is a common exchange.',
    'Look for characters that an editor changed, such as quotation marks and dashes.',
  ],
  CRYPTO_DH_PARAMETERS_INVALID: [
    'Read the message: it says what was found instead.',
    'Give the content of `dhparam.pem`, not its name.',
    'Check that it is the file that was registered. Make a new one only if that is lost, and register the new one.',
  ],
  CRYPTO_DH_PUBLIC_KEY_RANGE: [
    'Check that both sides use the same prime.',
    'If they do, the answer was altered on its way: do not go on over this network.',
  ],
  CRYPTO_KEY_MALFORMED: [
    'Read the message: a file name in place of the content is the likely cause.',
    'Give the whole content, with the lines `-----BEGIN …` and `-----END …`.',
    'Check the file itself: `openssl rsa -check -noout -in FILE`.',
  ],
  CRYPTO_KEY_ENCRYPTED: [
    'Look at the first lines: `ENCRYPTED` stands in them.',
    'Decrypt it into a new file: `openssl pkey -in FILE -out decrypted-private-key.pem`, and keep that file at mode 0600.',
  ],
  CRYPTO_KEY_PUBLIC: [
    'Look at the names: files that begin with `public_` are for the portal.',
    'Give the private key of the same pair.',
  ],
  CRYPTO_KEY_CERTIFICATE: [
    'Find the private key that the certificate was made with.',
    'From a PKCS#12 file take it out by `openssl pkcs12 -in FILE -nocerts -nodes -out exported-private-key.pem`.',
  ],
  CRYPTO_KEY_LABEL_UNEXPECTED: [
    'Look at the first line of the file: `BEGIN PRIVATE KEY` or `BEGIN RSA PRIVATE KEY` is needed.',
    'Check that `dhParameters` and a key are not exchanged.',
  ],
  CRYPTO_KEY_TYPE_UNSUPPORTED: [
    'Look what was made: `openssl pkey -text_pub -noout -in FILE` shows the public half alone, and only that of an RSA key has a `Modulus`.',
    'Convert the form of OpenSSH or PuTTY as the table of the package says.',
    'Otherwise make an RSA key and register its public half.',
  ],
  CRYPTO_KEY_TOO_SMALL: [
    'For OAuth 1.0a make keys of 2048 bits: `npx @isoauth/cli keygen --out keys`.',
    'For OAuth 2.0 the broker wants 3072 bits or more: `openssl genrsa -out new-private-key.pem 3072`.',
    'Register the public half before the key is used.',
  ],
  CRYPTO_KEY_TOO_LARGE: [
    'Look at the size that the service asks for: 2048 bits for OAuth 1.0a, 3072 or more for OAuth 2.0.',
    'Make such a key and register its public half.',
  ],
  CRYPTO_KEY_INCONSISTENT: [
    'Check the file: `openssl rsa -check -noout -in FILE`.',
    'Take an unaltered copy; a file that was edited or cut is the likely cause.',
  ],
  CRYPTO_KEY_USAGE: [
    'Look whether signature key and encryption key are exchanged.',
    "Import the key with `{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }` and the use `sign`.",
    'In a JSON Web Key look at `use`, `key_ops` and `alg`.',
  ],
  CRYPTO_KEY_NOT_EXTRACTABLE: [
    'Import the key with `extractable` set to true: decryption needs its numbers.',
    'Or give the PEM text itself.',
    'Or decrypt the secret once elsewhere, and give `decryptedAccessTokenSecret`: then the key need not be here.',
  ],
  CRYPTO_KEY_REFUSED: [
    'Check the key: `openssl rsa -check -noout -in FILE`.',
    'Look whether this runtime limits the size of keys.',
  ],
  CRYPTO_SIGNATURE_INVALID: [
    'Look what the signing function returns: the raw signature as bytes is needed, not base64 and not DER.',
    'Check its length: as many bytes as the modulus, 256 for a key of 2048 bits.',
  ],
  CRYPTO_RSA_CIPHERTEXT_LENGTH: [
    'Copy the ciphertext again, in full.',
    'Check which key it belongs to: keys of other sizes give other lengths.',
  ],
  CRYPTO_RSA_CIPHERTEXT_RANGE: [
    'Check which key it belongs to.',
    'Copy the ciphertext again, in full.',
  ],
  CRYPTO_RSA_PADDING: [
    'Check that encryption key and signature key are not exchanged.',
    'Check that key and ciphertext were made for each other: a token that was generated anew has a new secret.',
    'There is one error for every cause, on purpose: it must not tell more.',
  ],
  CRYPTO_RSA_FAULT: [
    'Check the key: `openssl rsa -check -noout -in FILE`.',
    'If the key is right, suspect the memory of the machine; the result was held back.',
  ],
  IBKR_OAUTH1_SECRET_DECRYPTION_FAILED: [
    'Check that `signatureKey` and `encryptionKey` are not exchanged: this is the usual cause.',
    'Check that the public half of `encryptionKey` is the one that is registered.',
    'Copy the access token secret again, in full.',
    'Generate a new access token in the portal: the new secret is encrypted for the key that is registered now.',
  ],
  IBKR_OAUTH1_DH_RESPONSE_RANGE: [
    'Check that `dhParameters` are the ones that are registered.',
    'If they are, the answer was altered on its way: do not go on over this network.',
  ],
  IBKR_OAUTH1_LST_SIGNATURE_MISMATCH: [
    'Check `dhParameters`: another file than the registered one is the usual cause.',
    'Check `consumerKey`: upper case, no blanks.',
    'Check that access token and secret were shown together by the portal.',
  ],
  IBKR_OAUTH1_CONSUMER_INVALID: [
    'Check `consumerKey`: upper case, nine characters, no blanks.',
    'Check `realm`: `test_realm` for the consumer `TESTCONS`, `limited_poa` for every other.',
    'If the key is new, wait: it works only after a reset, overnight or over the weekend.',
  ],
  IBKR_OAUTH1_ACCESS_TOKEN_UNKNOWN: [
    'Check that the token belongs to this consumer key.',
    'Generate a new access token, with its secret, in the portal.',
  ],
  IBKR_OAUTH1_NONCE_USED: [
    'Look whether a proxy or a `fetch` of yours sends a request again by itself.',
    'Prepare a new request for each sending.',
  ],
  IBKR_OAUTH1_CLOCK_UNKNOWN: [
    'Check the clock of this machine first: the answer hides its `Date`.',
    'Let your proxy expose `Date` (`Access-Control-Expose-Headers: Date`), so that the client repairs the clock by itself.',
    'Then check what the page of `IBKR_OAUTH1_UNAUTHORIZED` says.',
  ],
  IBKR_OAUTH1_UNAUTHORIZED: [
    'Check that `signatureKey` and `encryptionKey` are not exchanged.',
    'Check that the public half of `signatureKey` is the one that is registered.',
    'Check that no other token was generated since.',
    'Check `dhParameters`.',
    'In the flow of third parties check that `callback` is registered, and begin anew where the request token or the verifier was used before.',
    'Compare the base string by `isoauth request --verbose`; wrong or doubled percent-encoding is the usual difference in a program of your own.',
  ],
  IBKR_OAUTH1_CALLBACK_INVALID: [
    'Look whether the person opened the callback by hand or twice.',
    'Check that your router passes the query on unchanged.',
    'Start the authorization again.',
  ],
  IBKR_OAUTH1_CALLBACK_MISMATCH: [
    'Look whether two authorizations run in one browser: the later one replaced the request token.',
    'Otherwise it is somebody else’s flow. Start again, and do not use the verifier.',
  ],
  IBKR_OAUTH1_CALLBACK_REFUSED: ['Ask the person whether they refused.', 'Start again, or not.'],
  IBKR_OAUTH1_TIMEOUT: SIGNER_OR_ANSWER,
  IBKR_OAUTH2_TIMEOUT: SIGNER_OR_ANSWER,
  IBKR_OAUTH2_ASSERTION_REFUSED: [
    'Check `clientId` and `keyId`, which the broker agreed with you.',
    'Check that the public half of `privateKey` is registered for this environment.',
    'Check the clock where the answer hides its `Date`.',
    'Check `audience`: `/token` is right unless the broker said otherwise.',
  ],
  IBKR_OAUTH2_UNAUTHORIZED: [
    'Check `baseUrl`: live and test systems have clients and tokens of their own.',
    'Look whether a proxy takes the `Authorization` header out.',
    'Run `npx @isoauth/cli doctor`: it makes the same calls, and tells which one is refused.',
  ],
  IBKR_SESSION_TIMEOUT: [
    'Where the message speaks of `exclusive`: its work must not call `exclusive` itself, and must end.',
    'Look whether other addresses answer from this machine: a slow network is the likely cause of the others.',
    'Try again once. At night and at weekends the broker has maintenance.',
    'Raise `timeoutMs` where the machine or the way is known to be slow.',
  ],
  IBKR_SESSION_UNAUTHORIZED: [
    'Check the account id in the path: the broker answers 401 for one that is not yours.',
    'Check the credentials of the connection.',
    'Look whether another program makes tokens for the same user name: a newer one ends the older.',
  ],
  IBKR_SESSION_NO_BRIDGE: [
    'Call `open()` before anything below `/iserver`.',
    'Look at `health()`: the session may be being opened at this moment.',
    'Look whether another platform took the session.',
  ],
  IBKR_SESSION_GONE: [
    'Sign in anew: the sign-in is stale.',
    'With a paper account check that its set-up is done; that may take until the next day.',
    'Ask the broker and quote `traceId`.',
  ],
  IBKR_SESSION_NOT_ELIGIBLE: [
    'With a new account wait: the broker speaks of a week or two.',
    'Check that this kind of account may use the Web API.',
    'Ask the broker and quote `traceId`.',
  ],
  IBKR_SESSION_COMPETING: [
    'Look where the user name is signed in: the desktop program, the phone, the portal.',
    'Sign out there, or use a second user name for the program.',
    'Give `compete: true` only if that other session may end.',
  ],
  IBKR_SESSION_NOT_READY: [
    'Look at the time: there is a reset of some minutes each night.',
    'Try again in a minute.',
    'Raise `openTimeoutMs` where it is slow each time.',
  ],
  IBKR_SESSION_OUTCOME_UNKNOWN: [
    'Do not send it again: the broker may have carried it out.',
    'Look at orders and trades.',
    'Send another only when neither has it. An order reference of yours (`cOID`) makes that sure.',
  ],
  IBKR_SESSION_CLOSED: [
    'Look who called `close()`, or left a block with `await using`.',
    'Create another session.',
  ],
  IBKR_SSO_SESSION_INACTIVE: [
    'Try again once.',
    'Check that the user name may sign in at all, by signing in to the portal.',
    'Ask the broker and quote `traceId`.',
  ],
  IBKR_SSO_LINK_REFUSED: [
    'Look at the host that the message names.',
    'Add it to `linkHosts` only if it is the broker’s, as your contract names it.',
    'Otherwise do not open the link.',
  ],
  IBKR_SSO_LINK_EXPIRED: ['Make a new link at the moment it is opened.', 'Store no links.'],
  IBKR_SSO_UNAUTHORIZED: [
    'Check `credential`: the user name at the broker.',
    'Check `ip`: the address by which this program goes out, or that of the person’s computer for a browser link.',
    'Check that the access token is of the same environment.',
  ],
  SANDBOX_ORIGIN_PUBLIC: [
    'Use `http://127.0.0.1:PORT` as the origin.',
    'Give `allowPublic: true` only if you know who can reach it.',
  ],
  SANDBOX_FILE_FAILED: [
    'Read the message: it names the file and the reason.',
    'Check that the folder is there, that you may write to it, and that the disk is not full.',
  ],
  SANDBOX_FILE_NOT_OWN: [
    'Look what the file holds: it is not the sandbox’s.',
    'Name another file.',
    'Use `--force` only when it may be lost, and for the file of the credentials: the file of `--state` is never replaced.',
  ],
  SANDBOX_LISTEN_FAILED: [
    'Look whether another sandbox runs on the port.',
    'Choose another port, or 0 for any free one.',
    'Ports below 1024 need rights that a sandbox should not have.',
  ],
  SANDBOX_STATE_UNUSABLE: [
    'Read the message: it says whether the file is damaged, of another version, or written by another run meanwhile.',
    'Where another sandbox writes it, stop one of the two, or give each a file of its own.',
    'Otherwise remove the file to begin anew: nothing in it is valid anywhere else.',
  ],
  SANDBOX_LOGIN_UNKNOWN: [
    'Check that the address is the login page that this sandbox gave, in full.',
    'Look whether the sandbox was made anew since: another one knows nothing of earlier logins.',
  ],
  SANDBOX_LOGIN_EXPIRED: [
    'Look whether the test moves the clock further than a login may take.',
    'Start a new login.',
  ],
  SANDBOX_LOGIN_USED: [
    'Look whether the test decides the same login twice.',
    'Start a new login for each decision.',
  ],
  ULTRACART_SSO_URL_REFUSED: [
    'Look at the host that the message names.',
    'If it is UltraCart’s, add it to `loginHosts`.',
    'Otherwise do not send the person there.',
  ],
  ULTRACART_SSO_BAD_REQUEST: [
    'After `exchangeCode`: the code was used, is unknown or is over. Start a new login.',
    'Else check that `redirectUri` is registered exactly so.',
  ],
  ULTRACART_SSO_UNAUTHORIZED: [
    'For `authorize` and `exchangeCode` check `simpleKey`.',
    'For `user` and `revoke` the session is over: start a new login.',
  ],
  ULTRACART_SSO_FORBIDDEN: [
    'Give the application’s key the permission `sso_write`.',
    'Check that the key is the one of this application.',
  ],
  ULTRACART_SSO_RATE_LIMITED: [
    'Wait for `retryAfterMs` where it is given, else for a while, and longer each time.',
    'Count the calls: by default 1,000 an hour and 10,000 a day are taken, by application and by address. Each login costs three.',
    'Look whether several processes send calls with one key at the same time: those that overlap may be refused.',
  ],
  ULTRACART_SSO_APPLICATION_DISABLED: [
    'Look at the application in UltraCart under Authorized Applications.',
    'Ask the support of UltraCart.',
  ],
  ULTRACART_SSO_CALLBACK_INVALID: [
    'Check that the browser comes back to `redirectUri` itself.',
    'Behind a proxy that changes the origin give path and query.',
    LOGIN_AGAIN,
  ],
  ULTRACART_SSO_CALLBACK_REFUSED: [
    'Read `reason`: `access_denied` means that the person refused.',
    LOGIN_AGAIN,
  ],
  ULTRACART_SSO_CALLBACK_USED: [
    'Look whether the person loaded the page again or went back.',
    'Answer a callback with a redirect, so that a reload does not repeat it.',
    LOGIN_AGAIN,
  ],
  ULTRACART_SSO_STATE_MISMATCH: [
    'Look whether two logins run in one browser: the later one took the place of the earlier one.',
    'Where the message speaks of `redirectUri`: the option was changed while the person was away, or two applications keep their logins in one place.',
    'Otherwise the callback is of another browser, and may be an attack: do not let it in.',
    LOGIN_AGAIN,
  ],
  ULTRACART_SSO_LOGIN_EXPIRED: [
    'Ask whether the person was away for more than ten minutes, or for longer than the service allows.',
    'Where the message says that the login was over before it began: check the clock of this machine, which is fast.',
    LOGIN_AGAIN,
  ],
  ULTRACART_SSO_LOGIN_UNKNOWN: [
    'Look whether the person loaded the callback again, or came back after the end of the login.',
    'Check that the cookie reaches the callback: `https:`, and the host on which the login began. Safari keeps it over `https:` alone.',
    'With several machines or processes, and after a restart, check that they share the store (`backend`) or the sealing key (`key`).',
    'With a `backend` of your own check that `takeItem` gives the very text that `setItem` was given, not a row that holds it.',
    LOGIN_AGAIN,
  ],
}

/** @returns what to check, in order; nothing for a code that nobody has written of */
export function checksOf(code: string): readonly string[] {
  const ending = Object.keys(OF_ENDINGS)
    .filter((name) => code.endsWith(`_${name}`))
    .sort((one, other) => other.length - one.length)[0]
  return OF_CODES[code] ?? (ending === undefined ? [] : (OF_ENDINGS[ending] ?? []))
}

/** The codes that are named whole, for a test that none is one of the past. */
export function namedCodes(): string[] {
  return Object.keys(OF_CODES)
}
