import { isMurmurationError } from '../../protocols/errors.js'
import { pathMistake } from './path-mistake.js'

/**
 * Runs checks that come before everything else, and lets their errors say that nothing has happened yet.
 * @param what the file is that they read, for messages that do not say: `the model`.
 */
export const beforeStart = async <T>(check: () => T | Promise<T>, what?: string): Promise<T> => {
  try {
    return await check()
  } catch (error) {
    if (!isMurmurationError(error)) throw error
    error.message = (await pathMistake(error, what)) ?? error.message
    if (!/nothing (was|is|has)/i.test(error.message)) {
      const said = error.message.trimEnd()
      error.message = `${said}${/[.?!]$/.test(said) ? '' : '.'} Nothing was started.`
    }
    throw error
  }
}
