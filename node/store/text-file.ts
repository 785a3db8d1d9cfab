import { createReadStream } from 'node:fs'
import { ConfigError, reasonOf } from '../../protocols/errors.js'

export interface ReadTextOptions {
  /** What the file is, for messages: `edge list`. */
  readonly what: string
  readonly bytesMax: number
}

/**
 * Reads a UTF-8 text that a user names, and no more of it than it must: a pipe or a device may never end.
 * @throws ConfigError UNREADABLE that names the file: not there, not a file, not text, or too large.
 */
export const readTextFile = async (path: string, { what, bytesMax }: ReadTextOptions): Promise<string> => {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > bytesMax) break
      chunks.push(chunk)
    }
  } catch (error) {
    throw unreadable(path, `cannot read the ${what} ${path}: ${reasonOf(error)}. Check the path`, error)
  }
  if (bytes > bytesMax) throw unreadable(path, `the ${what} ${path} has more than ${bytesMax} bytes`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch (error) {
    throw unreadable(path, `the ${what} ${path} is not UTF-8 text`, error)
  }
}

/** For a file that can be read and makes no sense, too. */
export const unreadable = (path: string, what: string, cause?: unknown): ConfigError =>
  new ConfigError('UNREADABLE', `${what.replace(/[.\s]+$/, '')}. Nothing was started.`, { path }, { cause })
