import { shuffled } from '../../../protocols/random.js'
import { DatasetError } from '../errors.js'
import { everyIndex } from '../examples.js'
import type { PartitionKind, Partitioner } from './contract.js'
import { requireOneEach, sortEach } from './dealing.js'

/** Shuffles and deals in turn: every part has the same mix of classes but for chance, and sizes differ by one at most. */
const dealEvenly: Partitioner = (labels, { parts, random }) => {
  requireOneEach(labels.length, parts)
  const lists = Array.from({ length: parts }, (): number[] => [])
  shuffled(everyIndex(labels.length), random).forEach((index, at) => lists[at % parts]!.push(index))
  return sortEach(lists)
}

export const iid: PartitionKind = {
  usage: 'iid',
  parse(argument) {
    if (argument === undefined) return dealEvenly
    throw new DatasetError('BAD_PARTITION', `iid takes no argument, got '${argument}'. Write iid.`, {
      argument,
    })
  },
}
