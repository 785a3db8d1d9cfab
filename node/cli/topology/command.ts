import type { Command } from 'commander'
import { addJsonOption } from '../common-options.js'
import { loaded } from '../interrupt.js'
import { integer, path } from '../values.js'

export interface TopologyOptions {
  readonly peers: number
  readonly seed: number
  readonly model: string
  readonly svg?: string
  readonly json: boolean
}

/** The spectral gap of a sparse graph of this size takes seconds. */
const PEERS_MAX = 10_000

export const declareTopology = (command: Command): void => {
  command
    .argument('[names...]', 'ring, regular:4, edges:FILE, …; several give one table')
    .option('--peers <N>', 'number of peers', integer(1, PEERS_MAX), 32)
    .option('--seed <N>', 'of random topologies', integer(0, 0xffffffff), 1)
    .option('--model <SPEC>', 'the model that travels: softmax, mlp:WIDTH[,WIDTH…], cnn or cnn-bn', 'mlp:128')
    .option('--svg <FILE>', 'draw it', path)
  addJsonOption(command)
  command.action(async (names: readonly string[], options: TopologyOptions) =>
    (await loaded(import('./show.js'))).showTopologies(names, options),
  )
}
