/** What the gossip is compared with: a server, an exact average each round, nobody at all, one place with all data. */
export const baselineNames = ['none', 'fedavg', 'allreduce', 'local', 'centralised'] as const
export type Baseline = (typeof baselineNames)[number]

export const trainerNames = ['real', 'toy'] as const
