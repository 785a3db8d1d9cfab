import type { Dataset, DataSourceKind } from '../dataset.js'
import { DatasetError } from '../errors.js'
import { everyIndex, selectExamples } from '../examples.js'
import { IDX_CLASSES, readIdxFolder } from '../idx-folder.js'

/** A folder of MNIST-style IDX files. */
export const idxSource: DataSourceKind = {
  usage: 'idx:DIR',
  parse(argument) {
    if (argument === undefined || argument === '')
      throw new DatasetError('UNKNOWN_SOURCE', 'idx needs a folder. Write for example idx:./mnist.', {
        argument,
      })
    return async ({ seed }): Promise<Dataset> => {
      const { train, test } = await readIdxFolder(argument, { seed })
      return {
        describe: `${train.count} images of ${argument}`,
        classes: IDX_CLASSES,
        trainLabels: train.labels,
        train: (indices) => selectExamples(train, indices),
        test: () => selectExamples(test, everyIndex(test.count)),
      }
    }
  },
}
