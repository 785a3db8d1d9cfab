import type { Examples } from '../../../protocols/training/contract.js'
import type { Workspace } from './compile.js'

/** Copies the examples at `indices`, bytes and labels, to where a workspace's programs read them. */
export type LoadExamples = (examples: Examples, indices: ArrayLike<number>) => void

export const createLoadExamples = (
  memory: WebAssembly.Memory,
  { rowsMax, inputBytes, labels }: Workspace,
  size: number,
): LoadExamples => {
  const bytes = new Uint8Array(memory.buffer, inputBytes, rowsMax * size)
  const places = new Uint8Array(memory.buffer, labels, rowsMax)
  return (examples, indices) => {
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i]!
      bytes.set(examples.pixels.subarray(index * size, (index + 1) * size), i * size)
      places[i] = examples.labels[index]!
    }
  }
}
