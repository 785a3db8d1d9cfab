import { hintFor } from '../../protocols/suggestion.js'
import { BenchError } from './errors.js'

export interface BenchArguments {
  /** Names, in the registry's order; all of them when none was asked for. */
  readonly groups: readonly string[]
  readonly quick: boolean
  /** Where the results go as JSON. */
  readonly json?: string
  /** Results of another day to compare with. */
  readonly compare?: string
}

/** @param known names of the groups. */
export const usageOf = (known: readonly string[]): string =>
  `npm run bench -- [${known.join('|')}]… [--json FILE] [--compare FILE] [--quick]
  --json FILE     write the results there; its folder is made if it is not there
  --compare FILE  name every figure that is more than 15 % worse than in that file, and end with exit code 3 then;
                  neither of the two runs may be a quick one
  --quick         see that everything runs; its figures mean nothing
Without a group all are run. Exit codes: 0 done, whether or not goals were met; 1 a group failed; 2 arguments; 3 a figure fell; 130 stopped.`

/**
 * @param known names of the groups.
 * @throws BenchError USAGE; nothing was measured.
 */
export const parseArguments = (args: readonly string[], known: readonly string[]): BenchArguments => {
  const wrong = (why: string): BenchError =>
    new BenchError('USAGE', `${why} Nothing was measured.\n${usageOf(known)}`)
  const asked = new Set<string>()
  const files: { json?: string; compare?: string } = {}
  let quick = false
  for (let index = 0; index < args.length; index++) {
    const [name = '', attached] = splitAtEquals(args[index]!)
    if (name === '--json' || name === '--compare') {
      const key = name === '--json' ? 'json' : 'compare'
      const value = attached ?? args[++index]
      if (value === undefined || value === '' || value.startsWith('--'))
        throw wrong(`${name} needs the path of a file.`)
      if (files[key] !== undefined) throw wrong(`${name} was given twice.`)
      files[key] = value
    } else if (name === '--quick') {
      if (attached !== undefined) throw wrong('--quick takes no value.')
      quick = true
    } else if (name.startsWith('-')) {
      throw wrong(`There is no option ${name}.${hintFor(name, ['--json', '--compare', '--quick'])}`)
    } else if (known.includes(args[index]!)) {
      asked.add(args[index]!)
    } else {
      throw wrong(`There is no group ${JSON.stringify(args[index])}.${hintFor(args[index]!, known)}`)
    }
  }
  if (quick && files.compare !== undefined)
    throw wrong(
      'A run with --quick cannot be compared with another: its figures mean nothing. Leave one of --quick and --compare out.',
    )
  return { groups: known.filter((name) => asked.size === 0 || asked.has(name)), quick, ...files }
}

const splitAtEquals = (text: string): readonly [string, string | undefined] => {
  const at = text.startsWith('--') ? text.indexOf('=') : -1
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
