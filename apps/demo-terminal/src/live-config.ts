/** The configuration file of a live run: the one of the `isoauth` command, its environment left aside. */
import { CliError, ibkrOAuth1Options, readConfig } from '@isoauth/cli/config'
import type { IbkrOAuth1Options } from '@isoauth/ibkr-oauth1'
import { DemoError } from './errors.ts'

/**
 * Reads the file and the PEM files that it names. Variables never make a run live, nor say where it
 * goes.
 *
 * @returns options of `createIbkrOAuth1`, not yet judged by it; `baseUrl` is always set
 * @throws {@link DemoError} `DEMO_CONFIG_INVALID`, naming every field that is missing
 */
export async function readLiveConfig(
  file: string,
): Promise<IbkrOAuth1Options & { readonly baseUrl: string }> {
  try {
    return ibkrOAuth1Options(await readConfig({ file }))
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    throw new DemoError(error.message, { code: 'DEMO_CONFIG_INVALID' })
  }
}
