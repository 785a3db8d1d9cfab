import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'

/** An IDX file of unsigned bytes, by the book: two zeros, the type, the rank, big-endian sizes, the data. */
export const idxBytes = (dims: readonly number[], data: Uint8Array): Buffer => {
  const header = Buffer.alloc(4 + 4 * dims.length)
  header[2] = 0x08
  header[3] = dims.length
  dims.forEach((dim, axis) => header.writeUInt32BE(dim, 4 + 4 * axis))
  return Buffer.concat([header, data])
}

/** Images 3 high and 2 wide; pixel p of image i is 7i + p, so no two are alike. */
export const imageFile = (count: number): Buffer =>
  idxBytes(
    [count, 3, 2],
    Uint8Array.from({ length: count * 6 }, (_, at) => 7 * Math.floor(at / 6) + (at % 6)),
  )

/** Labels 3, 4, …, 9, 0, 1, … */
export const labelFile = (count: number): Buffer =>
  idxBytes(
    [count],
    Uint8Array.from({ length: count }, (_, index) => (index + 3) % 10),
  )

/** A folder with these files, those named .gz compressed; it goes away with the test. */
export const folderOf = async (
  test: TestContext,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'murmuration-idx-'))
  test.after(() => rm(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), name.endsWith('.gz') ? gzipSync(content) : content)
  return folder
}
