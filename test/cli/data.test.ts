import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { idxBytes } from '../data/idx-files.js'
import { describeMistakes, type Mistake } from './mistakes.js'

const COUNT = 20
const images = (side: number): Buffer =>
  idxBytes([COUNT, side, side], new Uint8Array(COUNT * side * side).fill(7))
/** 0, 1, …, 9, 0, 1, … and at index 7 what is given. */
const labels = (seventh: number, count = COUNT): Buffer =>
  idxBytes(
    [count],
    Uint8Array.from({ length: count }, (_, index) => (index === 7 ? seventh : index % 10)),
  )

const FOLDERS: Readonly<Record<string, readonly [Buffer, Buffer]>> = {
  good: [images(28), labels(7)],
  // A header of 16 bytes and 20 × 28 × 28 pixels make 15,696.
  short: [images(28).subarray(0, 5000), labels(7)],
  eleven: [images(28), labels(10)],
  unequal: [images(28), labels(7, COUNT - 1)],
  large: [images(32), labels(7)],
}

/** Small, should one of them start after all. */
const DEMO = 'demo --peers 3 --rounds 1 --local-steps 1 --topology ring --model softmax --partition iid'

const mistakes: readonly Mistake<string>[] = [
  {
    title: 'says where it looked for data that is not there',
    command: (folder) => `${DEMO} --data idx:${folder}/nowhere`,
    exitCode: 11,
    code: 'NOT_FOUND',
    says: ['/nowhere', 'train-images-idx3-ubyte', 'Check the folder'],
  },
  {
    title: 'says by how much a file is too short',
    command: (folder) => `${DEMO} --data idx:${folder}/short`,
    exitCode: 12,
    code: 'TRUNCATED',
    says: ['train-images-idx3-ubyte', '15696', '5000', 'download it again'],
  },
  {
    title: 'says which label is out of range, and where',
    command: (folder) => `${DEMO} --data idx:${folder}/eleven`,
    exitCode: 13,
    code: 'LABEL_OUT_OF_RANGE',
    says: ['label 10 at index 7', '0 to 9'],
  },
  {
    title: 'says so when images and labels do not belong together',
    command: (folder) => `${DEMO} --data idx:${folder}/unequal`,
    exitCode: 10,
    code: 'MALFORMED',
    says: ['20 images', '19 labels'],
  },
  {
    title: 'refuses more peers than examples',
    // A tenth of the 20 is held out.
    command: (folder) => `${DEMO} --data idx:${folder}/good --peers 19`,
    exitCode: 14,
    code: 'TOO_FEW_EXAMPLES',
    says: ['18 examples', '19 peers', 'fewer peers'],
  },
  {
    title: 'refuses images of another size than those of the run',
    command: (folder) => `up --data idx:${folder}/large --name ann`,
    exitCode: 17,
    code: 'FOREIGN_EXAMPLES',
    says: ['28×28×1', '32×32×1', 'other data'],
  },
]

describeMistakes('data that cannot be used', mistakes, async (folder) => {
  for (const [name, [imageFile, labelFile]] of Object.entries(FOLDERS)) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'train-images-idx3-ubyte'), imageFile)
    await writeFile(join(folder, name, 'train-labels-idx1-ubyte'), labelFile)
  }
  return folder
})
