import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { DatasetError, readIdx, readIdxFolder } from '../../node/data/index.js'
import { folderOf, idxBytes, imageFile, labelFile } from './idx-files.js'

const refuses = (work: Promise<unknown>, code: DatasetError['code'], message: RegExp) =>
  assert.rejects(work, (error) => {
    assert.ok(error instanceof DatasetError, String(error))
    assert.equal(error.code, code, error.message)
    assert.match(error.message, message)
    return true
  })

/** Reads one file with this content, plain or, by its name, as it is on disk. */
const readOne = async (test: TestContext, content: Uint8Array, { rank = 3, name = 'file' } = {}) => {
  const folder = await folderOf(test, {})
  await writeFile(join(folder, name), content)
  return readIdx(join(folder, name), rank)
}

describe('an IDX file', () => {
  it('reads as its dimensions and bytes, plain and compressed', async (test) => {
    const plain = await readOne(test, imageFile(5))
    assert.deepEqual(plain.dims, [5, 3, 2])
    assert.deepEqual([...plain.bytes.subarray(6, 12)], [7, 8, 9, 10, 11, 12])
    const zipped = await readOne(test, gzipSync(imageFile(5)), { name: 'file.gz' })
    assert.deepEqual([...zipped.bytes], [...plain.bytes])
    assert.deepEqual(zipped.dims, plain.dims)
  })

  it('reads when its compressed form is longer than the part that is peeked at', async (test) => {
    const noise = Uint8Array.from({ length: 9000 }, (_, at) => (at * at * 31 + at * 17) >> 3)
    const { bytes } = await readOne(test, gzipSync(idxBytes([9000], noise)), { rank: 1, name: 'file.gz' })
    assert.deepEqual(new Uint8Array(bytes), noise)
  })

  it('is refused when cut off at any byte', async (test) => {
    const whole = imageFile(2)
    for (let length = 0; length < whole.length; length++)
      await refuses(readOne(test, whole.subarray(0, length)), 'TRUNCATED', /ends too early/)
  })

  it('is refused when its compressed form is cut off in the middle', async (test) => {
    const whole = gzipSync(imageFile(40))
    for (const length of [1, 12, 30, whole.length - 9, whole.length - 1])
      await refuses(
        readOne(test, whole.subarray(0, length), { name: 'file.gz' }),
        'TRUNCATED',
        /ends too early/,
      )
  })

  it('is refused when what is compressed is too short', async (test) => {
    const short = gzipSync(imageFile(2).subarray(0, 20))
    await refuses(
      readOne(test, short, { name: 'file.gz' }),
      'TRUNCATED',
      /announces 28 bytes and 20 are there/,
    )
  })

  it('is refused with the magic number that was found and the one that was due', async (test) => {
    await refuses(readOne(test, labelFile(9)), 'MALFORMED', /0x00000801.*0x00000803/)
  })

  it('is refused when its elements are not unsigned bytes', async (test) => {
    const floats = imageFile(2)
    floats[2] = 0x0d
    await refuses(readOne(test, floats), 'MALFORMED', /0x00000d03/)
  })

  it('is refused when bytes follow the data', async (test) => {
    const longer = Buffer.concat([imageFile(2), Buffer.alloc(3)])
    await refuses(readOne(test, longer), 'MALFORMED', /3 bytes after/)
    await refuses(
      readOne(test, gzipSync(longer), { name: 'file.gz' }),
      'MALFORMED',
      /goes on after the 28 bytes/,
    )
  })

  it('is refused when it holds nothing', async (test) => {
    await refuses(readOne(test, idxBytes([0, 28, 28], new Uint8Array())), 'MALFORMED', /0 × 28 × 28/)
  })

  it('is refused before anything is allocated when it claims more than the bound', async (test) => {
    const claim = idxBytes([0xffffffff, 0xffffffff, 0xffffffff], new Uint8Array(10))
    await refuses(readOne(test, claim), 'MALFORMED', /the most read is 1073741824/)
    await refuses(readOne(test, gzipSync(claim), { name: 'file.gz' }), 'MALFORMED', /the most read is/)
  })

  it('stops inflating a compressed bomb at the size that its header announces', async (test) => {
    // 64 MiB of zeros in 64 KiB, behind a header that announces 12 bytes of data.
    const bomb = gzipSync(Buffer.concat([imageFile(2), Buffer.alloc(64 * 1024 ** 2)]))
    assert.ok(bomb.length < 128 * 1024)
    const before = process.memoryUsage().arrayBuffers
    await refuses(readOne(test, bomb, { name: 'file.gz' }), 'MALFORMED', /goes on after the 28 bytes/)
    const grown = process.memoryUsage().arrayBuffers - before
    assert.ok(grown < 16 * 1024 ** 2, `${grown} bytes`)
  })

  it('is refused when a .gz file is not gzip', async (test) => {
    await refuses(readOne(test, imageFile(2), { name: 'file.gz' }), 'MALFORMED', /not valid gzip/)
  })

  it('is refused when its checksum does not match', async (test) => {
    const damaged = gzipSync(imageFile(20))
    damaged[damaged.length - 6]! ^= 1
    await refuses(readOne(test, damaged, { name: 'file.gz' }), 'MALFORMED', /not valid gzip/)
  })

  it('is named when it is missing, and when it cannot be read', async (test) => {
    const folder = await folderOf(test, {})
    await refuses(readIdx(join(folder, 'absent'), 3), 'NOT_FOUND', /absent/)
    await mkdir(join(folder, 'images'))
    await refuses(readIdx(join(folder, 'images'), 3), 'UNREADABLE', /images/)
  })
})

describe('a folder of IDX files', () => {
  it('gives training and test examples in shared memory, from plain and compressed files', async (test) => {
    const folder = await folderOf(test, {
      'train-images-idx3-ubyte.gz': imageFile(6),
      'train-labels-idx1-ubyte': labelFile(6),
      't10k-images-idx3-ubyte': imageFile(2),
      't10k-labels-idx1-ubyte.gz': labelFile(2),
    })
    const { train, test: heldOut } = await readIdxFolder(folder, { seed: 1 })
    assert.deepEqual([train.count, heldOut.count, train.classes], [6, 2, 10])
    assert.deepEqual(train.shape, [3, 2, 1])
    assert.deepEqual([...train.labels], [3, 4, 5, 6, 7, 8])
    assert.deepEqual([...train.pixels.subarray(30)], [35, 36, 37, 38, 39, 40])
    for (const { buffer } of [train.pixels, train.labels, heldOut.pixels, heldOut.labels])
      assert.ok(buffer instanceof SharedArrayBuffer)
  })

  it('holds out a seeded tenth when there are no test files', async (test) => {
    const folder = await folderOf(test, {
      'train-images-idx3-ubyte': imageFile(30),
      'train-labels-idx1-ubyte': labelFile(30),
    })
    const { train, test: heldOut } = await readIdxFolder(folder, { seed: 1 })
    assert.deepEqual([train.count, heldOut.count], [27, 3])
    // The first pixel of image i is 7i and its label (i + 3) mod 10: images and labels stay together.
    const seen = [train, heldOut].flatMap(({ pixels, labels, count }) =>
      Array.from({ length: count }, (_, at) => {
        const index = pixels[at * 6]! / 7
        assert.equal(labels[at], (index + 3) % 10)
        return index
      }),
    )
    assert.deepEqual(
      seen.toSorted((a, b) => a - b),
      Array.from({ length: 30 }, (_, index) => index),
    )
    assert.deepEqual((await readIdxFolder(folder, { seed: 1 })).test, heldOut)
    assert.notDeepEqual((await readIdxFolder(folder, { seed: 2 })).test, heldOut)
  })

  it('is refused when too small to hold anything out', async (test) => {
    const folder = await folderOf(test, {
      'train-images-idx3-ubyte': imageFile(9),
      'train-labels-idx1-ubyte': labelFile(9),
    })
    await refuses(readIdxFolder(folder, { seed: 1 }), 'TOO_FEW_EXAMPLES', /of 9 images none can be held out/)
  })

  it('is refused when images and labels differ in number', async (test) => {
    const folder = await folderOf(test, {
      'train-images-idx3-ubyte': imageFile(12),
      'train-labels-idx1-ubyte': labelFile(11),
    })
    await refuses(readIdxFolder(folder, { seed: 1 }), 'MALFORMED', /12 images .* 11 labels/)
  })

  it('is refused with the index and value of a label that no class covers', async (test) => {
    const labels = labelFile(12)
    labels[8 + 5] = 10
    const folder = await folderOf(test, {
      'train-images-idx3-ubyte': imageFile(12),
      'train-labels-idx1-ubyte': labels,
    })
    await refuses(readIdxFolder(folder, { seed: 1 }), 'LABEL_OUT_OF_RANGE', /label 10 at index 5/)
  })

  it('is refused when the test images have another size', async (test) => {
    const folder = await folderOf(test, {
      'train-images-idx3-ubyte': imageFile(2),
      'train-labels-idx1-ubyte': labelFile(2),
      't10k-images-idx3-ubyte': idxBytes([1, 2, 3], new Uint8Array(6)),
      't10k-labels-idx1-ubyte': labelFile(1),
    })
    await refuses(readIdxFolder(folder, { seed: 1 }), 'MALFORMED', /3 × 2 × 1 and 2 × 3 × 1/)
  })

  it('names every file that was looked for when nothing is there', async (test) => {
    const folder = await folderOf(test, {})
    const names = /train-images-idx3-ubyte, train-images-idx3-ubyte\.gz, train-labels-idx1-ubyte, .*\.gz/
    await refuses(readIdxFolder(folder, { seed: 1 }), 'NOT_FOUND', names)
    await refuses(readIdxFolder(join(folder, 'absent'), { seed: 1 }), 'NOT_FOUND', names)
  })

  it('names the half that is missing', async (test) => {
    const files = { 'train-images-idx3-ubyte': imageFile(12), 'train-labels-idx1-ubyte': labelFile(12) }
    const noLabels = await folderOf(test, { 'train-images-idx3-ubyte': imageFile(12) })
    await refuses(readIdxFolder(noLabels, { seed: 1 }), 'NOT_FOUND', /for train-labels-idx1-ubyte,/)
    const noTestImages = await folderOf(test, { ...files, 't10k-labels-idx1-ubyte': labelFile(2) })
    await refuses(readIdxFolder(noTestImages, { seed: 1 }), 'NOT_FOUND', /for t10k-images-idx3-ubyte,/)
  })
})
