import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { createRandom, shuffled } from '../../protocols/random.js'
import type { Examples } from '../../protocols/training/contract.js'
import { DatasetError } from './errors.js'
import { everyIndex, selectExamples, sharedBytes } from './examples.js'
import { readIdx } from './idx.js'

/** MNIST, Fashion-MNIST and Kuzushiji-MNIST all have ten classes. */
export const IDX_CLASSES = 10

/** Where a folder has no test files, one example in this many is held out: guess. */
const HELD_OUT_ONE_IN = 10

/**
 * Reads `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, each plain or `.gz`, and `t10k-…` likewise. Without
 * t10k files the last tenth of a shuffle by `seed` is held out. The caller owns both results, in shared memory.
 * Throws DatasetError NOT_FOUND, UNREADABLE, TRUNCATED, MALFORMED, LABEL_OUT_OF_RANGE or TOO_FEW_EXAMPLES.
 */
export const readIdxFolder = async (
  folder: string,
  { seed }: { readonly seed: number },
): Promise<{ readonly train: Examples; readonly test: Examples }> => {
  const train = await readSplit(folder, 'train')
  if (train === undefined) throw notFound(folder, namesOf('train').flat())
  const test = await readSplit(folder, 't10k')
  if (test === undefined) return holdOut(folder, train, seed)
  if (String(test.shape) === String(train.shape)) return { train, test }
  throw new DatasetError(
    'MALFORMED',
    `The images to train and to test in ${folder} differ in size: ${train.shape.join(' × ')} and ` +
      `${test.shape.join(' × ')}. Nothing was loaded. Put files of one dataset into one folder.`,
    { folder, train: train.shape, test: test.shape },
  )
}

type Split = 'train' | 't10k'

/** For images and for labels, the names that are looked for, the first one there wins. */
const namesOf = (split: Split): readonly [string[], string[]] => {
  const plainAndZipped = (name: string): string[] => [name, `${name}.gz`]
  return [plainAndZipped(`${split}-images-idx3-ubyte`), plainAndZipped(`${split}-labels-idx1-ubyte`)]
}

/** Undefined when neither images nor labels are there; one without the other is an error. */
const readSplit = async (folder: string, split: Split): Promise<Examples | undefined> => {
  const [imageNames, labelNames] = namesOf(split)
  const imageFile = await firstThere(folder, imageNames)
  const labelFile = await firstThere(folder, labelNames)
  if (imageFile === undefined && labelFile === undefined) return undefined
  if (imageFile === undefined) throw notFound(folder, imageNames)
  if (labelFile === undefined) throw notFound(folder, labelNames)
  const images = await readIdx(imageFile, 3)
  const labels = await readIdx(labelFile, 1)
  const [count, height, width] = images.dims as [number, number, number]
  if (count !== labels.dims[0])
    throw new DatasetError(
      'MALFORMED',
      `${imageFile} has ${count} images and ${labelFile} has ${labels.dims[0]} labels. Nothing was loaded. ` +
        'Use the two files of one download.',
      { imageFile, labelFile, images: count, labels: labels.dims[0] },
    )
  checkLabels(labelFile, labels.bytes)
  const shape = [height, width, 1] as const
  return { pixels: shared(images.bytes), labels: shared(labels.bytes), shape, classes: IDX_CLASSES, count }
}

const checkLabels = (file: string, labels: Uint8Array): void => {
  const index = labels.findIndex((label) => label >= IDX_CLASSES)
  if (index < 0) return
  throw new DatasetError(
    'LABEL_OUT_OF_RANGE',
    `${file} has the label ${labels[index]} at index ${index}; labels are 0 to ${IDX_CLASSES - 1}. Nothing was loaded. ` +
      `Use a dataset of ${IDX_CLASSES} classes.`,
    { file, index, label: labels[index], classes: IDX_CLASSES },
  )
}

const holdOut = (folder: string, all: Examples, seed: number) => {
  const held = Math.floor(all.count / HELD_OUT_ONE_IN)
  if (held === 0)
    throw new DatasetError(
      'TOO_FEW_EXAMPLES',
      `${folder} has no t10k files, and of ${all.count} images none can be held out as a test. Nothing was loaded. ` +
        `Add t10k files, or use ${HELD_OUT_ONE_IN} images or more.`,
      { folder, examples: all.count, needed: HELD_OUT_ONE_IN },
    )
  const order = shuffled(everyIndex(all.count), createRandom(seed, 'held-out'))
  const split = all.count - held
  return {
    train: selectExamples(all, order.slice(0, split)),
    test: selectExamples(all, order.slice(split)),
  }
}

const shared = (bytes: Uint8Array): Uint8Array => {
  const copy = sharedBytes(bytes.length)
  copy.set(bytes)
  return copy
}

const firstThere = async (folder: string, names: readonly string[]): Promise<string | undefined> => {
  for (const name of names) {
    const file = join(folder, name)
    const there = await access(file).then(
      () => true,
      () => false,
    )
    if (there) return file
  }
  return undefined
}

const notFound = (folder: string, names: readonly string[]): DatasetError =>
  new DatasetError(
    'NOT_FOUND',
    `Looked in ${folder} for ${names.join(', ')} and did not find what is needed. Nothing was loaded. ` +
      'Check the folder, or copy the IDX files there.',
    { folder, lookedFor: names },
  )
