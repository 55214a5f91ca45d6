/** What the process ends with; the README documents each. */

export const OK = 0
/** It was tried and failed: not healthy, refused, no network, nothing written. */
export const FAILED = 1
/** Nothing was tried: arguments or configuration are wrong. */
export const USAGE = 2
/** The service answered with a status of 400 or more, as with `curl --fail`. */
export const HTTP_ERROR = 22
/** The shell's numbers for the signals SIGHUP, SIGINT, SIGPIPE and SIGTERM. */
export const HUNG_UP = 129
export const INTERRUPTED = 130
export const READER_GONE = 141
export const TERMINATED = 143
