import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { reasonOf } from '../../protocols/errors.js'
import { atomicWrite } from '../../node/store/index.js'
import type { BenchResult } from './contract.js'
import { BenchError } from './errors.js'

const schema = z.looseObject({
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

/**
 * Replaces the file whole.
 * @throws BenchError NOT_WRITABLE; what was there is unchanged.
 */
export const writeResults = async (path: string, results: readonly BenchResult[]): Promise<void> => {
  try {
    await atomicWrite(path, Buffer.from(`${JSON.stringify({ results }, undefined, 2)}\n`))
  } catch (error) {
    throw new BenchError('NOT_WRITABLE', `the results were not kept: ${reasonOf(error)}`, { path })
  }
}

/** @throws BenchError BAD_FILE; the file is unchanged. */
export const readResults = async (path: string): Promise<readonly BenchResult[]> => {
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
  if (parsed.success) return parsed.data.results
  const issue = parsed.error.issues[0]!
  throw refused(`has no results of the bench: ${issue.path.join('.') || 'the whole'}: ${issue.message}`)
}
