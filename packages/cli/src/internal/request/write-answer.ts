/** An answer in the form that was asked for; the exit status says how it went. */

import type { RequestOptions } from '../commands/request-options.ts'
import { type Context, writeJson } from '../context.ts'
import { CliError } from '../errors.ts'
import { FAILED, HTTP_ERROR } from '../exit-status.ts'
import { type Colors, colorsFor, paragraph, withoutControls } from '../text.ts'
import { answerJson, head, streamBody, type TakenBody, takeBody } from './answer.ts'
import { hintOf } from './hint.ts'
import { prettyValue } from './json-text.ts'
import type { Query } from './query.ts'
import { showBody } from './shown-body.ts'

export interface Answered {
  readonly response: Response
  readonly durationMs: number
  readonly query: Query | undefined
  /** A live session token that was kept from an earlier run was refused, and another one made. */
  readonly isRenewed: () => boolean
}

export async function writeAnswer(
  context: Context,
  options: Pick<RequestOptions, 'include' | 'color' | 'raw'>,
  { response, durationMs, query, isRenewed }: Answered,
): Promise<void> {
  const { io, configFlags } = context
  const { status, url } = response
  if (status >= 400) context.status = HTTP_ERROR
  const hint = (text: string) => hintOf({ status, url, text, isRenewed: isRenewed(), configFlags })
  // A refusal has another form than the expression is for: it is shown whole.
  const applied = status < 400 ? query : undefined
  if (context.isJson) {
    const taken = await takeBody(response)
    const body: TakenBody =
      applied === undefined ? taken : { kind: 'json', body: applied(jsonOf(taken)) ?? null }
    const answer = answerJson(response, body, durationMs)
    const told = hint(JSON.stringify(answer))
    writeJson(context, { ...answer, ...(told !== undefined && { hint: told }) })
    return
  }
  const colors = colorsFor(io.stdout, io.env, options.color)
  const isForPerson = io.stdout.isTerminal || options.color === 'always'
  if (options.include) {
    const lines = head(response)
    await io.stdout.write(isForPerson ? withoutControls(lines) : lines)
  }
  if (applied !== undefined) {
    const result = applied(jsonOf(await takeBody(response))) ?? null
    const text = resultText(result, options, isForPerson ? colors : undefined)
    await io.stdout.write(`${text}\n`)
    return
  }
  const beginning = isForPerson
    ? await shownBeginning(context, response, colors)
    : await streamBody(response, io.stdout)
  const told = hint(beginning)
  if (told !== undefined) await io.stderr.write(paragraph(`Hint: ${told}`))
}

async function shownBeginning(
  context: Context,
  response: Response,
  colors: Colors,
): Promise<string> {
  const { beginning, isBinary } = await showBody(response, context.io, colors)
  if (isBinary && response.ok) context.status = FAILED
  return beginning
}

function jsonOf(taken: TakenBody): unknown {
  if (taken.kind === 'json') return taken.body
  throw new CliError(
    '--query needs an answer that is JSON, and this one is not. Look at it without --query.',
    { code: 'CLI_ANSWER_UNREADABLE', option: 'query' },
  )
}

/** What the expression gave: laid out for a person, one line for a program; text alone where that was asked for. */
function resultText(
  result: unknown,
  { raw }: Pick<RequestOptions, 'raw'>,
  colors: Colors | undefined,
): string {
  const isTexts = Array.isArray(result) && result.every((item) => typeof item === 'string')
  if (raw === true && (isTexts || typeof result === 'string')) {
    const text = isTexts ? result.join('\n') : String(result)
    return colors === undefined ? text : withoutControls(text)
  }
  return colors === undefined ? JSON.stringify(result) : prettyValue(result, colors)
}
