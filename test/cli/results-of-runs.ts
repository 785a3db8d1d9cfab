import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { Output } from '../../node/cli/output.js'
import type { MergedModel, PeerResult } from '../../node/peer.js'
import { parseRunConfiguration, runIdOf } from '../../protocols/run/index.js'
import { certificateOf, createMembers, weightsOf } from './signed-merge.js'

const members = createMembers(3)

/** Two runs of three periods, of models with 7,850 numbers. */
export const [run, otherRun] = [1, 2].map((seed) =>
  parseRunConfiguration({ model: 'softmax', periods: 3, seed }),
) as [ReturnType<typeof parseRunConfiguration>, ReturnType<typeof parseRunConfiguration>]

/** What merge number `merge` of a run gave, signed by all. */
export const mergedIn = async (of: typeof run, merge: number): Promise<MergedModel> => {
  const weights = weightsOf(merge)
  const certificate = await certificateOf({ run: runIdOf(of), mergeId: `${merge}.1`, members, weights })
  const { digest, roster } = certificate
  const ids = roster.map(({ id }) => id)
  return { weights, digest, roster: ids, certificate, statistics: null, statisticsCertificate: null }
}

/** What a run ended with after that merge: of it, what is saved in files. */
export const resultIn = async (
  of: typeof run,
  merge: number,
  { isTuned = false }: { readonly isTuned?: boolean } = {},
): Promise<PeerResult> => {
  const merged = await mergedIn(of, merge)
  const tuned = isTuned ? { weights: weightsOf(merge + 100), statistics: null, accuracy: 1 } : null
  return { ...merged, tuned } as unknown as PeerResult
}

/** Lines for people and events for programs, as they come. */
export const recorded = (): {
  readonly output: Output
  readonly lines: string[]
  readonly events: object[]
} => {
  const lines: string[] = []
  const events: object[] = []
  const output: Output = {
    isTerminal: false,
    say: (line = '') => lines.push(line),
    progress: () => {},
    emit: (event) => events.push(event),
    endProgress: () => {},
  }
  return { output, lines, events }
}

/** An empty folder, which goes after the tests. */
export const emptyFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'murmur-results-'))
  after(() => rm(folder, { recursive: true, force: true }))
  return folder
}
