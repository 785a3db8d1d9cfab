import { BACKEND_VARIABLE } from './common-options.js'

/** What `auto` found, and what it keeps of it. */
export interface Cache {
  /** Both that it compares start here. */
  readonly compared: boolean
  /** Models whose measurement is kept for this machine. */
  readonly kept: number
  readonly path: string
}

/** What becomes of what `auto` measures. */
export const cacheLine = ({ compared, kept, path }: Cache): string => {
  if (kept > 0) {
    return `What auto measured for ${kept === 1 ? 'one model' : `${kept} models`} is kept in ${path}; remove that file to measure again.`
  }
  return compared
    ? `What auto measured could not be kept in ${path}, so it measures again at each start; make that folder writable, or set XDG_CACHE_HOME.`
    : 'auto had nothing to compare here, so it measured nothing and keeps nothing.'
}

/**
 * Which backend the other commands take, and how to say otherwise.
 * @param wanted of the environment variable; undefined where it is not set.
 * @param known words that it can have.
 */
export const choiceLine = (wanted: string | undefined, known: readonly string[]): string => {
  if (wanted === undefined) {
    return `Commands that train take auto. --backend NAME chooses for one of them, ${BACKEND_VARIABLE}=NAME in the environment for all.`
  }
  return known.includes(wanted)
    ? `${BACKEND_VARIABLE}=${wanted} is set: commands that train take ${wanted}, unless --backend says otherwise.`
    : `${BACKEND_VARIABLE} is set to ${JSON.stringify(wanted)}, which is no backend, so commands that train refuse to start. Unset it, or choose one of ${known.join(', ')}.`
}
