import type { DataSourceKind } from '../dataset.js'
import { DIGIT_CLASSES, digitLabels, DIGITS_TEST, DIGITS_TRAIN, renderDigits } from '../digits.js'
import { DatasetError } from '../errors.js'
import { everyIndex } from '../examples.js'

/** Generated digits: nothing to download, and a peer renders only its own part. */
export const digitsSource: DataSourceKind = {
  usage: 'digits',
  parse(argument) {
    if (argument !== undefined)
      throw new DatasetError('UNKNOWN_SOURCE', `digits takes no argument, got '${argument}'. Write digits.`, {
        argument,
      })
    return ({ seed }) => {
      const stream = { split: 'train', seed } as const
      return Promise.resolve({
        describe: `${DIGITS_TRAIN} generated digits`,
        classes: DIGIT_CLASSES,
        trainLabels: digitLabels(stream, DIGITS_TRAIN),
        train: (indices: readonly number[]) => renderDigits(stream, indices),
        test: () => renderDigits({ split: 'test' }, everyIndex(DIGITS_TEST)),
      })
    }
  },
}
