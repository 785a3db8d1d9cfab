import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { reasonOf } from '../../protocols/errors.js'
import { openOutputFile } from '../../node/cli/output-file.js'
import type { OutputFolder } from '../../node/cli/output-folder.js'
import { atomicWrite } from '../../node/store/index.js'
import type { BenchResult } from './contract.js'
import { BenchError } from './errors.js'

const schema = z.looseObject({
  /** Full runs have no such mark. */
  quick: z.boolean().default(false),
  results: z.array(
    z.looseObject({
      group: z.string(),
      name: z.string(),
      value: z.number(),
      unit: z.string(),
      reference: z.number().nullable(),
      ratio: z.number().nullable(),
      goal: z.string().nullable(),
      met: z.boolean().nullable(),
    }),
  ),
})

/** What one run measured. */
export interface KeptResults {
  /** A smoke run's: the figures mean nothing. */
  readonly quick: boolean
  readonly results: readonly BenchResult[]
}

/**
 * Makes sure, before anything is measured, that results can be kept there.
 * @returns the folder that they go into, which is made.
 * @throws BenchError BAD_FILE; no folder is left then.
 */
export const openResultsFile = async (path: string): Promise<OutputFolder> => {
  try {
    return await openOutputFile(path)
  } catch (error) {
    throw new BenchError(
      'BAD_FILE',
      `${reasonOf(error)} Nothing was measured; give --json another path.`,
      { path },
      { cause: error },
    )
  }
}

/**
 * Replaces the file whole.
 * @throws BenchError NOT_WRITABLE; what was there is unchanged.
 */
export const writeResults = async (path: string, { quick, results }: KeptResults): Promise<void> => {
  const kept = quick ? { quick, results } : { results }
  try {
    await atomicWrite(path, Buffer.from(`${JSON.stringify(kept, undefined, 2)}\n`))
  } catch (error) {
    throw new BenchError('NOT_WRITABLE', `the results were not kept: ${reasonOf(error)}`, { path })
  }
}

/** @throws BenchError BAD_FILE; the file is unchanged. */
export const readResults = async (path: string): Promise<KeptResults> => {
  const refused = (what: string): BenchError =>
    new BenchError(
      'BAD_FILE',
      `${path} ${what}. Nothing was measured; give a file that --json wrote, or leave --compare out.`,
      { path },
    )
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw refused(`cannot be read (${reasonOf(error)})`)
  }
  let input: unknown
  try {
    input = JSON.parse(text)
  } catch (error) {
    throw refused(`is no JSON (${reasonOf(error)})`)
  }
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  throw refused(`has no results of the bench: ${issue.path.join('.') || 'the whole'}: ${issue.message}`)
}
