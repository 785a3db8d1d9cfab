/** Int32 fields of the kernels' `Sparse`. */
const FIELDS = 9

/**
 * Room for the lists of what is not zero in up to `rows` examples, which the kernels fill for each batch anew.
 * @param allocate room for so many int32 or float32.
 * @returns its address.
 */
export const placeSparse = ({
  memory,
  rows,
  inputs,
  allocate,
}: {
  readonly memory: WebAssembly.Memory
  readonly rows: number
  readonly inputs: number
  readonly allocate: (words: number) => number
}): number => {
  const pointer = allocate(FIELDS)
  const byRow = allocate(rows + 1)
  const [input, inputValue] = [allocate(rows * inputs), allocate(rows * inputs)]
  const byInput = allocate(inputs + 2)
  const [row, rowValue] = [allocate(rows * inputs), allocate(rows * inputs)]
  const fields = [0, 0, inputs, byRow, input, inputValue, byInput, row, rowValue]
  new Int32Array(memory.buffer, pointer, FIELDS).set(fields)
  return pointer
}
