import { parse } from 'yaml'
import { reasonOf } from '../../protocols/errors.js'
import { readTextFile, unreadable, type ReadTextOptions } from './text-file.js'

/**
 * What a YAML file that a user names says, not checked any further; null for an empty one.
 * @throws ConfigError UNREADABLE that names the file, in one line: see `readTextFile`, and where it is no YAML.
 */
export const readYaml = async (path: string, options: ReadTextOptions): Promise<unknown> => {
  const text = await readTextFile(path, options)
  try {
    return parse(text)
  } catch (error) {
    // The YAML parser adds the lines in question; its first line says where they are.
    const reason = reasonOf(error).split('\n')[0]!.replace(/:$/, '')
    throw unreadable(path, `the ${options.what} ${path} is no YAML: ${reason}`, error)
  }
}
