/** `--query`: a JMESPath expression, checked before anything is sent. */
import { argumentsInvalid, CliError } from '../errors.ts'

/** Applies the expression to a parsed answer. */
export type Query = (data: unknown) => unknown

/** What the library's errors tell; which of it there is says what is wrong. */
interface Told {
  readonly name?: unknown
  readonly lexerPosition?: unknown
  readonly lexPosition?: unknown
  readonly tokenType?: unknown
  readonly expectedTypes?: unknown
  readonly actualType?: unknown
}

/** Of the expression alone, whatever it is applied to. */
const OF_EXPRESSION =
  /^(?:LexerError|ParseError|IncompleteExpressionError|EmptyExpressionError|UnknownFunctionError|ArityError|VariadicArityError)$/

/**
 * @throws CliError `CLI_ARGUMENTS_INVALID` with the column for an expression that cannot be read;
 *   the function given throws `CLI_ANSWER_UNREADABLE` where the answer is not what the expression is for.
 */
export async function readQuery(expression: string): Promise<Query> {
  // Only whoever asks for it waits until it is loaded.
  const { search } = await import('@aws-lambda-powertools/jmespath')
  const apply: Query = (data) => search(expression, data as Parameters<typeof search>[1])
  try {
    apply(null)
  } catch (error) {
    const fault = faultOf(expression, error as Told)
    if (fault !== undefined) throw fault
  }
  return (data) => {
    try {
      return apply(data)
    } catch (error) {
      throw faultOf(expression, error as Told) ?? unfit(error as Told)
    }
  }
}

function faultOf(expression: string, error: Told): CliError | undefined {
  if (!OF_EXPRESSION.test(String(error.name))) return undefined
  return argumentsInvalid(
    `--query is no JMESPath expression: ${reasonOf(expression, error)}`,
    'query',
  )
}

function reasonOf(
  expression: string,
  { name, lexPosition, lexerPosition, tokenType }: Told,
): string {
  const position = lexPosition ?? lexerPosition
  if (name === 'UnknownFunctionError') {
    return 'there is no function of that name. The functions: https://jmespath.org/specification.html.'
  }
  if (typeof position !== 'number') return 'a function has too many or too few arguments.'
  const column = [...expression.slice(0, position)].length + 1
  if (tokenType === 'eof' || position >= expression.length) {
    return `it ends in column ${column}, where more is needed.`
  }
  return `what begins in column ${column} cannot stand there: ${expression.slice(position)}`
}

function unfit({ expectedTypes, actualType }: Told): CliError {
  const found = Array.isArray(expectedTypes)
    ? ` A function takes ${expectedTypes.join(' or ')}, and was given ${String(actualType)}.`
    : ''
  const message = `--query does not fit the answer.${found} Look at the answer without --query.`
  return new CliError(message, { code: 'CLI_ANSWER_UNREADABLE', option: 'query' })
}
