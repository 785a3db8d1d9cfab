import { totalRounds, type RunConfiguration } from '../../protocols/run/index.js'

/**
 * What to say of a run in whose rounds no model was mixed: what its peers mixed once they had finished changed nothing that
 * they learned. Undefined where one was, where nobody else was there, and where the schedule is to have it so.
 * @param members of the run. @param mixed models of others that were mixed, in all rounds.
 * @param setting where people give the number of rounds.
 */
export const neverMixed = (
  configuration: Pick<RunConfiguration, 'rounds' | 'periods' | 'schedule'>,
  { members, mixed, setting }: { readonly members: number; readonly mixed: number; readonly setting: string },
): string | undefined => {
  if (mixed > 0 || members < 2 || configuration.schedule === 'never') return undefined
  const rounds = totalRounds(configuration)
  return (
    `the ${rounds === 1 ? 'only round was' : `${rounds} rounds were`} over before any model arrived, so each peer trained alone. ` +
    `More rounds give models the time to arrive (${setting}, now ${configuration.rounds}).`
  )
}
