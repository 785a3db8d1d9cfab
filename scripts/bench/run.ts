import { reasonOf } from '../../protocols/errors.js'
import { compare, comparisonLines } from './compare.js'
import type { BenchGroup, BenchResult } from './contract.js'
import { BenchError, exitCodes } from './errors.js'
import { parseArguments, usageOf } from './options.js'
import { openResultsFile, readResults, writeResults } from './results-file.js'
import { tableOf } from './table.js'

export interface BenchDeps {
  readonly groups: readonly BenchGroup[]
  /** The table, on stdout. */
  readonly print: (line: string) => void
  /** Progress and what went wrong, on stderr. */
  readonly tell: (line: string) => void
  readonly signal: AbortSignal
}

/**
 * One run of the bench, from its arguments to its exit code. A group that fails is told of; the others still run.
 * @throws BenchError USAGE, BAD_FILE, NOT_COMPARABLE before anything is measured; NOT_WRITABLE after the table was printed.
 */
export const runBench = async (args: readonly string[], deps: BenchDeps): Promise<number> => {
  const { groups, print, tell, signal } = deps
  const known = groups.map(({ name }) => name)
  if (args.includes('--help') || args.includes('-h')) {
    print(usageOf(known))
    for (const { name, summary } of groups) print(`${name}: ${summary}`)
    return exitCodes.done
  }
  const asked = parseArguments(args, known)
  const before = asked.compare === undefined ? undefined : await comparable(asked.compare)
  const folder = asked.json === undefined ? undefined : await openResultsFile(asked.json)
  if (folder?.isNew) tell(`the folder ${folder.path} was made`)
  const chosen = groups.filter(({ name }) => asked.groups.includes(name))
  const { results, failed } = await measure(chosen, asked.quick, deps)
  if (signal.aborted) {
    await folder?.giveUp()
    tell('stopped; nothing was kept')
    return exitCodes.interrupted
  }
  tableOf(results).forEach(print)
  if (asked.quick) tell('--quick: these figures mean nothing and were not judged')
  if (asked.json !== undefined) {
    await writeResults(asked.json, { quick: asked.quick, results })
    tell(`results: ${asked.json}`)
  }
  if (before !== undefined) {
    // A group that failed has told so; its lines are not missing for another reason.
    const ran = asked.groups.filter((name) => !failed.includes(name))
    const comparison = compare(before, results, ran)
    comparisonLines(comparison, asked.compare!).forEach(tell)
    if (failed.length === 0 && comparison.fallen.length > 0) return exitCodes.fell
  }
  return failed.length > 0 ? exitCodes.groupFailed : exitCodes.done
}

/** Results of another day, of a run that measured. @throws BenchError BAD_FILE, NOT_COMPARABLE */
const comparable = async (path: string): Promise<readonly BenchResult[]> => {
  const { quick, results } = await readResults(path)
  if (!quick) return results
  throw new BenchError(
    'NOT_COMPARABLE',
    `${path} is of a run with --quick, whose figures mean nothing, so this run cannot be compared with it. Nothing was ` +
      'measured; compare with the file of a run without --quick.',
    { path },
  )
}

/** One group after the other: two at once would measure each other. */
const measure = async (
  groups: readonly BenchGroup[],
  quick: boolean,
  { tell, signal }: BenchDeps,
): Promise<{ readonly results: readonly BenchResult[]; readonly failed: readonly string[] }> => {
  const results: BenchResult[] = []
  const failed: string[] = []
  for (const group of groups) {
    const { name, summary } = group
    if (signal.aborted) break
    tell(`${name}: ${summary}`)
    const startedMs = performance.now()
    try {
      const measured = await group.run({ quick, signal, tell: (line) => tell(`${name}: ${line}`) })
      results.push(...(quick ? measured.map((result) => ({ ...result, met: null })) : measured))
      tell(`${name}: done in ${((performance.now() - startedMs) / 1000).toFixed(0)} s`)
    } catch (error) {
      if (signal.aborted) break
      failed.push(name)
      tell(`${name}: FAILED: ${error instanceof Error ? (error.stack ?? error.message) : reasonOf(error)}`)
    }
  }
  return { results, failed }
}
