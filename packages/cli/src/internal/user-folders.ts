/** The user's folders of this platform: XDG, `~/Library` or `%APPDATA%` and `%LOCALAPPDATA%`. */
import envPaths from 'env-paths'
import type { UserFolders } from './io.ts'

export function userFolders(): UserFolders {
  const { config, cache } = envPaths('isoauth', { suffix: '' })
  return { config, cache }
}
