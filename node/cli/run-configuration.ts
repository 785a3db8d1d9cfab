import { parseRunConfiguration, type RunConfiguration } from '../../protocols/run/index.js'
import { checkCodec } from './codec-option.js'
import type { RunOptions } from './run-options.js'

/** Everyone has four others, or as many as there are. */
export const defaultTopology = (peers: number): string => (peers < 5 ? 'full' : 'regular:4')

/** @throws ConfigError BAD_VALUE; TopologyError */
export const configurationOf = (
  options: RunOptions,
  more: Pick<RunConfiguration, 'name' | 'minPeers'> &
    Partial<Pick<RunConfiguration, 'inputShape' | 'classes'>>,
): RunConfiguration => {
  const { optimizer, lr, momentum, ...rest } = options
  const topology = options.topology ?? defaultTopology(more.minPeers)
  const { model, rule, mixing, init, schedule, codec, mode, rounds, localSteps, batch, seed } = rest
  const asked = {
    ...{ model, topology, rule, mixing, init, schedule, codec, mode, rounds, localSteps, batch, seed },
    optimizer:
      optimizer === 'sgd'
        ? { kind: 'sgd', learningRate: lr, momentum }
        : { kind: optimizer, learningRate: lr },
    ...more,
  }
  return parseRunConfiguration(asked, { checkCodec })
}
