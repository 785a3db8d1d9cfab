import { ABOUT, commands } from './commands.js'
import { VERSION } from './version.js'

/** Characters of a line where there is no terminal to tell. */
const COLUMNS = 80
/** Text is not broken into narrower columns. */
const COLUMNS_LEAST = 40

const OPTIONS: readonly Item[] = [
  { term: '-V, --version', about: 'output the version number' },
  { term: '-h, --help', about: 'display help for command' },
]
const HELP: Item = { term: 'help [command]', about: 'display help for command' }

interface Item {
  readonly term: string
  readonly about: string
}

/**
 * What can be said before the parser of the command line is loaded: the list of commands and the version, to the letter as
 * the parser says them. @returns undefined where more is asked.
 * @param args without the program's own name. @param columns of the terminal, looked up when it is needed; undefined where there is none.
 */
export const answerAtOnce = (
  args: readonly string[],
  columns: () => number | undefined,
): string | undefined => {
  if (args.length !== 1) return undefined
  switch (args[0]) {
    case '-h':
    case '--help':
    case 'help':
      return overview(columns() ?? COLUMNS)
    case '-V':
    case '--version':
      return `${VERSION}\n`
    default:
      return undefined
  }
}

/** @param columns of a line. */
const overview = (columns: number): string => {
  const listed = [...commands.map(({ name, usage, about }) => ({ term: `${name} ${usage}`, about })), HELP]
  const width = Math.max(...[...OPTIONS, ...listed].map(({ term }) => term.length))
  const lineOf = ({ term, about }: Item): string => {
    const indent = `\n${' '.repeat(width + 4)}`
    return `  ${term.padEnd(width)}  ${wrapped(about, columns - width - 4).join(indent)}`
  }
  return [
    ...['Usage: murmur [options] [command]', '', ...wrapped(ABOUT, columns), ''],
    ...['Options:', ...OPTIONS.map(lineOf), ''],
    ...['Commands:', ...listed.map(lineOf), ''],
  ].join('\n')
}

/** Broken between words into lines of at most so many characters. */
const wrapped = (text: string, width: number): readonly string[] => {
  if (width < COLUMNS_LEAST) return [text]
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)!} ${word}`
    if (lines.length === 0 || longer.length > width) lines.push(word)
    else lines[lines.length - 1] = longer
  }
  return lines
}
