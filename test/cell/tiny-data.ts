import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { createRandom } from '../../protocols/random.js'
import { idxBytes } from '../data/idx-files.js'

/**
 * A folder with 120 examples of three classes, 3 × 2 pixels with one bright row, as `idx:DIR`; 40 more are held out. It
 * goes away with the tests of the file.
 */
export const tinyData = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'murmuration-cell-'))
  after(() => rmSync(folder, { recursive: true }))
  for (const [split, count] of [['train', 120] as const, ['t10k', 40] as const]) {
    const random = createRandom('tiny data', split)
    const labels = Uint8Array.from({ length: count }, () => random.below(3))
    const pixels = Uint8Array.from({ length: count * 6 }, (_, at) => {
      const isBright = Math.floor((at % 6) / 2) === labels[Math.floor(at / 6)]
      return random.below(80) + (isBright ? 150 : 0)
    })
    writeFileSync(join(folder, `${split}-images-idx3-ubyte`), idxBytes([count, 3, 2], pixels))
    writeFileSync(join(folder, `${split}-labels-idx1-ubyte`), idxBytes([count], labels))
  }
  return `idx:${folder}`
}
