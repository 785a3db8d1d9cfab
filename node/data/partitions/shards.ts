import { shuffled } from '../../../protocols/random.js'
import type { Random } from '../../../protocols/random.js'
import { DatasetError } from '../errors.js'
import type { PartitionKind, Partitioner } from './contract.js'
import { indicesByClass, raiseTo, requireOneEach, sortEach } from './dealing.js'

/**
 * Each part holds at most `perPart` classes, in the spirit of McMahan et al. 2017 (arXiv 1602.05629, section 3). There,
 * shards of the sorted data are dealt out and a shard may straddle two classes; here classes are dealt out, as evenly as
 * possible, and each class is cut into equal pieces for its holders, so the bound is exact. Part sizes may differ.
 */
export const shardsPartitioner =
  (perPart: number): Partitioner =>
  (labels, { parts, classes, random }) => {
    requireOneEach(labels.length, parts)
    const members = indicesByClass(labels, classes)
    const present = members.flatMap((list, label) => (list.length > 0 ? [label] : []))
    if (parts * perPart < present.length) throw tooFewPlaces(perPart, parts, present.length)
    const lists = Array.from({ length: parts }, (): number[] => [])
    holdersOf(present, { parts, perPart }, random).forEach((holders, label) => {
      shuffled(members[label]!, random).forEach((index, at) =>
        lists[holders[at % holders.length]!]!.push(index),
      )
    })
    // Only a class with fewer examples than holders leaves a part empty; then one example is its one class.
    raiseTo(1, lists, random)
    return sortEach(lists)
  }

/** Which parts hold each class: every part takes the classes with the fewest holders so far, ties in random order. */
const holdersOf = (
  labels: readonly number[],
  { parts, perPart }: { readonly parts: number; readonly perPart: number },
  random: Random,
): Map<number, number[]> => {
  const holders = new Map(labels.map((label): [number, number[]] => [label, []]))
  for (let part = 0; part < parts; part++) {
    const scarcestFirst = shuffled(labels, random).sort(
      (a, b) => holders.get(a)!.length - holders.get(b)!.length,
    )
    for (const label of scarcestFirst.slice(0, perPart)) holders.get(label)!.push(part)
  }
  return holders
}

const tooFewPlaces = (perPart: number, parts: number, classes: number): DatasetError =>
  new DatasetError(
    'BAD_PARTITION',
    `shards:${perPart} over ${parts} peers has room for ${parts * perPart} classes and the data have ${classes}: some ` +
      `examples would belong to no one. Nothing was dealt out. Use shards:${Math.ceil(classes / parts)} or more, or more peers.`,
    { perPart, parts, classes },
  )

export const shards: PartitionKind = {
  usage: 'shards:K',
  parse(argument) {
    if (argument !== undefined && /^[1-9]\d{0,2}$/.test(argument)) return shardsPartitioner(Number(argument))
    throw new DatasetError(
      'BAD_PARTITION',
      `shards needs a number of classes per peer, 1 to 999, got ${argument === undefined ? 'none' : `'${argument}'`}. ` +
        'Write for example shards:2.',
      { argument },
    )
  },
}
