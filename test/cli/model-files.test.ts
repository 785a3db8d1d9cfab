import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { saveModel } from '../../node/store/index.js'
import { layoutOf } from '../../node/trainer/index.js'
import { idxBytes } from '../data/idx-files.js'
import { describeMistakes, type Mistake } from './mistakes.js'

/** Bytes before the JSON header: its length. */
const LENGTH_BYTES = 8

const evaluation = (
  title: string,
  file: string,
  expected: Pick<Mistake<string>, 'exitCode' | 'code' | 'says'>,
): Mistake<string> => ({
  title,
  command: (folder) => `eval ${folder}/${file} --data digits`,
  ...expected,
})

const mistakes: readonly Mistake<string>[] = [
  evaluation('says which model is not there', 'nowhere.safetensors', {
    exitCode: 43,
    code: 'NOT_FOUND',
    says: ['cannot read the model', 'nowhere.safetensors: there is no such file', 'Check the path'],
  }),
  evaluation('names the file that was meant, where one is nearly called so', 'god.safetensors', {
    ...{ exitCode: 43, code: 'NOT_FOUND' },
    says: ['there is no such file. Did you mean good.safetensors?'],
  }),
  evaluation('says that a folder on the way is not there', 'nowhere/good.safetensors', {
    ...{ exitCode: 43, code: 'NOT_FOUND' },
    says: [/cannot read the model \S+: there is no folder \S+nowhere\. Check the path/],
  }),
  evaluation('says by how much a model is too short', 'short.safetensors', {
    exitCode: 44,
    code: 'TRUNCATED',
    // 7,850 float32 less the 1,000 bytes cut off.
    says: ['short.safetensors', '30400 of 31400 bytes', 'copy it again'],
  }),
  evaluation('says where a model is not a number', 'nan.safetensors', {
    exitCode: 45,
    code: 'NOT_FINITE',
    says: ['nan.safetensors', 'NaN at element 100'],
  }),
  evaluation('refuses a model that is not the one that it says', 'foreign.safetensors', {
    exitCode: 46,
    code: 'LAYOUT_MISMATCH',
    says: ['foreign.safetensors', 'mlp:9', '7850 weights'],
  }),
  evaluation('names the nearest of a model that is not known', 'unknown.safetensors', {
    exitCode: 52,
    code: 'UNKNOWN_MODEL',
    says: ['"sofmax"', 'Did you mean softmax'],
  }),
  evaluation('says that a model with batch normalisation lacks its statistics', 'bare.safetensors', {
    exitCode: 48,
    code: 'NO_STATISTICS',
    says: ['bare.safetensors', 'no statistics', 'weights are whole'],
  }),
  evaluation('refuses what is no model', 'text.safetensors', {
    exitCode: 40,
    code: 'TOO_LARGE',
    says: ['text.safetensors', 'no safetensors file'],
  }),
  evaluation('refuses a folder', '.', {
    exitCode: 40,
    code: 'UNREADABLE',
    says: ['it is a folder, and a file is needed'],
  }),
  {
    title: 'refuses data of another shape than the model takes',
    command: (folder) => `eval ${folder}/good.safetensors --data idx:${folder}/images`,
    exitCode: 17,
    code: 'FOREIGN_EXAMPLES',
    says: ['28×28×1', '32×32×1', 'other data'],
  },
  {
    title: 'refuses to evaluate on data that is not known',
    command: (folder) => `eval ${folder}/good.safetensors --data digts`,
    exitCode: 16,
    code: 'UNKNOWN_SOURCE',
    says: ["'digts'", 'Did you mean digits?'],
  },
  ...['demo --peers 1 --topology full', 'up --data digits'].flatMap((command): Mistake<string>[] => [
    {
      title: `${command.split(' ')[0]} refuses to save below a file`,
      command: (folder) => `${command} --out ${folder}/text.safetensors/out`,
      exitCode: 41,
      code: 'NOT_WRITABLE',
      says: ['text.safetensors/out', 'text.safetensors is no folder', 'Choose another path'],
    },
    {
      title: `${command.split(' ')[0]} refuses to save where nothing can be made`,
      command: `${command} --out /dev/null/out`,
      exitCode: 41,
      code: 'NOT_WRITABLE',
      says: ['/dev/null/out', '/dev/null is no folder', 'Choose another path'],
    },
  ]),
]

describeMistakes('models and folders that cannot be used', mistakes, async (folder) => {
  const save = async (name: string, model: string): Promise<void> => {
    const layout = layoutOf(model, [28, 28, 1], 10)
    await saveModel(join(folder, name), {
      layout,
      weights: new Float32Array(layout.length).fill(0.5),
      metadata: {
        model,
        inputShape: [28, 28, 1],
        classes: 10,
        runId: 'a'.repeat(64),
        digest: 'b'.repeat(64),
        peers: 3,
        createdBy: 'test',
      },
    })
  }
  const good = join(folder, 'good.safetensors')
  await save('good.safetensors', 'softmax')
  await save('bare.safetensors', 'cnn-bn')
  const bytes = await readFile(good)
  const headerBytes = Number(bytes.readBigUInt64LE(0))
  const header = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerBytes).toString()
  const data = bytes.subarray(LENGTH_BYTES + headerBytes)
  /** The same file with another model in its metadata; blanks at the end of the header are allowed. */
  const claiming = (model: string): Buffer => {
    const changed = Buffer.from(
      header.replace('"softmax"', JSON.stringify(model)).trimEnd().padEnd(headerBytes),
    )
    return Buffer.concat([bytes.subarray(0, LENGTH_BYTES), changed.subarray(0, headerBytes), data])
  }
  const nan = Buffer.from(bytes)
  // The kernel comes first.
  nan.writeFloatLE(NaN, LENGTH_BYTES + headerBytes + 4 * 100)
  const files: Readonly<Record<string, Uint8Array>> = {
    'short.safetensors': bytes.subarray(0, bytes.length - 1000),
    'nan.safetensors': nan,
    'foreign.safetensors': claiming('mlp:9'),
    'unknown.safetensors': claiming('sofmax'),
    'text.safetensors': Buffer.from('a letter to a friend, and by no means a model\n'.repeat(10)),
  }
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  await mkdir(join(folder, 'images'))
  await writeFile(
    join(folder, 'images/train-images-idx3-ubyte'),
    idxBytes([20, 32, 32], new Uint8Array(20 * 1024)),
  )
  await writeFile(join(folder, 'images/train-labels-idx1-ubyte'), idxBytes([20], new Uint8Array(20)))
  return folder
})
