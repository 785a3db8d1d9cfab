import type { MergeConfig, MergeOutcome } from '../contract.js'
import type { Elected } from './ballot.js'

/** What a merge ends with, and its certificate. */
export const outcomeOf = (
  { call, claimed, entries, signatures }: Elected,
  { run, rule, weighting, chunkBytes }: MergeConfig,
): MergeOutcome => {
  const { members, mergeId } = call
  const { digest, attempt } = claimed
  const models = entries.map(({ member, ...model }) => ({ id: members[member]!, ...model }))
  const roster = models.map(({ id }) => id)
  return {
    ...{ mergeId, roster, digest, attempts: attempt },
    agreed: signatures.map(({ id }) => id),
    missing: members.filter((id) => !roster.includes(id)),
    certificate: {
      ...{
        run,
        mergeId,
        rule: rule.name,
        weighting,
        members,
        roster: models,
        digest,
        chunkBytes,
        signatures,
      },
    },
  }
}
