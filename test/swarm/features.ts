import { scheduleNames } from '../../protocols/gossip-learning/index.js'
import { topologyKinds } from '../../protocols/topology/index.js'
import { worldSchema } from '../harness/index.js'
import type { SwarmScenario } from './scenario.js'

/** What a scenario has in it, by name: to count what the generator covers. */
export const featuresOf = (scenario: SwarmScenario): ReadonlySet<string> => {
  const { links, partitions, devices, churn } = worldSchema.parse(scenario.world)
  const { events, rates } = churn
  const has = new Set([
    `topology ${scenario.topology.split(':')[0]}`,
    `schedule ${scenario.schedule.split(':')[0]}`,
    `mode ${scenario.mode}`,
    `mixing ${scenario.mixing}`,
    `rule ${scenario.rule}`,
    `init ${scenario.init}`,
    scenario.merge ? 'merge' : 'no merge',
    scenario.catchUp > 0 ? 'catching up' : 'no catching up',
    `speed ${typeof devices.speed === 'string' ? devices.speed : Object.keys(devices.speed)[0]}`,
    `latency ${latencyKind(links.latencyMs)}`,
  ])
  const add = (name: string, present: boolean): void => void (present && has.add(name))
  for (const name of ['jitterMs', 'loss', 'duplicate', 'reorder'] as const) add(name, links[name] > 0)
  add('bandwidth', links.bandwidthMbps !== null)
  add('device jitter', devices.jitter > 0)
  add(
    'partition one way',
    partitions.some(({ bothWays }) => !bothWays),
  )
  add(
    'partition both ways',
    partitions.some(({ bothWays }) => bothWays),
  )
  add(
    'partition share',
    partitions.some(({ from }) => typeof from === 'number'),
  )
  add(
    'partition names',
    partitions.some(({ from }) => Array.isArray(from)),
  )
  for (const { does, state } of events) has.add(does === 'restart' ? `restart ${state}` : does)
  add('rate of crashes', rates.crashesPerMinute > 0)
  add('rate of leaves', rates.leavesPerMinute > 0)
  add('away for good', rates.awayMs === null && rates.crashesPerMinute > 0)
  add('one peer', scenario.peers === 1)
  add('more than 16 peers', scenario.peers > 16)
  return has
}

/** Everything that the generator must come up with. */
export const features: readonly string[] = [
  ...topologyKinds.map(({ name }) => `topology ${name}`),
  ...scheduleNames.map((name) => `schedule ${name}`),
  ...['mode async', 'mode rounds', 'rule mean', 'rule variance-corrected', 'init same', 'init different'],
  ...['mixing metropolis-hastings', 'mixing uniform', 'mixing age', 'catching up', 'no catching up'],
  ...['merge', 'no merge', 'speed alike', 'speed lognormal', 'speed trace', 'device jitter'],
  ...[
    'latency fixed',
    'latency uniform',
    'latency lognormal',
    'jitterMs',
    'loss',
    'duplicate',
    'reorder',
    'bandwidth',
  ],
  ...['partition one way', 'partition both ways', 'partition share', 'partition names'],
  ...[
    'join',
    'leave',
    'crash',
    'restart kept',
    'restart lost',
    'rate of crashes',
    'rate of leaves',
    'away for good',
  ],
  ...['one peer', 'more than 16 peers'],
]

const latencyKind = (latency: number | readonly number[] | object): string => {
  if (typeof latency === 'number') return 'fixed'
  return Array.isArray(latency) ? 'uniform' : 'lognormal'
}
