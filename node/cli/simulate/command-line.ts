import { quoted } from '../quoted.js'

/** Options of how to run and what to keep, which a cell does not depend on. */
const FLAGS = ['--json', '--fresh']
const WITH_VALUE = ['--out', '--report', '--threads', '--seed', '--seeds']

/** The command that goes on with a sweep that keeps its records. */
export const resumeCommand = (args: readonly string[]): string => typed(without(args, ['--fresh'], []))

/** The command that runs one cell of a sweep alone, from the options in which it differs from the others. */
export const replayCommand = (
  args: readonly string[],
  { chosen, seed }: { readonly chosen: readonly (readonly [string, string])[]; readonly seed: number },
): string => {
  const others = chosen.filter(([option]) => option !== '--seed')
  const kept = without(args, FLAGS, [...WITH_VALUE, ...others.map(([option]) => option)])
  return typed([...kept, ...others.flat(), '--seed', String(seed)])
}

const without = (
  args: readonly string[],
  flags: readonly string[],
  withValue: readonly string[],
): readonly string[] =>
  args.filter(
    (arg, index) =>
      !flags.includes(arg) &&
      !withValue.includes(arg) &&
      !withValue.includes(args[index - 1] ?? '') &&
      !withValue.some((option) => arg.startsWith(`${option}=`)),
  )

/** As a shell takes it. */
const typed = (args: readonly string[]): string => ['npx murmur', ...args.map(quoted)].join(' ')
