import { quorumOf, type Certificate } from '../../protocols/final-merge/index.js'
import { counted } from '../units.js'
import type { Output } from './output.js'

/** Ids of those who signed. */
export const signersOf = ({ signatures }: Certificate): readonly string[] => signatures.map(({ id }) => id)

/** Who signed what, for people. @param model its path. @param isAskedFor it was asked whether it is of this run. */
export const sayAgreement = (
  model: string,
  certificate: Certificate,
  { output, isAskedFor }: { readonly output: Output; readonly isAskedFor: boolean },
): void => {
  const { run, mergeId, rule, weighting, members, roster, digest } = certificate
  const signed = new Set(signersOf(certificate))
  const models = new Map(roster.map(({ id, samples }) => [id, samples]))
  const weighted = { uniform: 'all with one weight', samples: 'weighted by examples seen' }[weighting]
  output.say(
    `${model} is what merge ${mergeId} of run ${run}${isAskedFor ? ', the one asked for,' : ''} gave`,
  )
  output.say(`digest ${digest}`)
  output.say(
    `${signed.size} of ${counted(members.length, 'member')} signed (${quorumOf(members.length)} needed); ` +
      `${counted(roster.length, 'model')} in it (${rule}, ${weighted})`,
  )
  for (const id of members) {
    const samples = models.get(id)
    const part = samples === undefined ? 'no model in it' : `${samples} examples seen`
    output.say(`  ${id}  ${signed.has(id) ? 'signed' : 'no signature here'}, ${part}`)
  }
  if (signed.size < members.length) {
    output.say(
      'It was saved as soon as enough had signed: others may have signed too, and their copies may hold other signatures',
    )
  }
  if (members.length === 1) output.say('Nobody else was there to sign: this is what one peer says of itself')
  output.say('Are these the members of your run? Compare the ids: the certificate cannot know.')
}
