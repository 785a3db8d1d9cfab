import { isMurmurationError } from '../../protocols/errors.js'
import { pathMistake } from './path-mistake.js'

/** Runs checks that come before everything else, and lets their errors say that nothing has happened yet. */
export const beforeStart = async <T>(check: () => T | Promise<T>): Promise<T> => {
  try {
    return await check()
  } catch (error) {
    if (!isMurmurationError(error)) throw error
    error.message = (await pathMistake(error)) ?? error.message
    if (!/nothing (was|is|has)/i.test(error.message)) {
      const said = error.message.trimEnd()
      error.message = `${said}${/[.?!]$/.test(said) ? '' : '.'} Nothing was started.`
    }
    throw error
  }
}
