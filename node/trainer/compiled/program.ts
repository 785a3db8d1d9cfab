/** Operands of each instruction in the order in which the kernels' class of that name has its fields: int32 each, floats as
 * their bits. */
const OPERANDS = {
  scaleInput: { code: 1, fields: ['bytes', 'y', 'count', 'rows', 'sparse', 'trains'] },
  denseForward: { code: 2, fields: denseFields() },
  denseBackward: { code: 3, fields: denseFields() },
  activate: { code: 4, fields: activationFields() },
  activateBackward: { code: 5, fields: activationFields() },
  softmaxCrossEntropy: { code: 6, fields: lossFields() },
  meanSquaredError: { code: 7, fields: lossFields() },
  stopUnlessFinite: { code: 8, fields: [] },
  convolutionForward: { code: 9, fields: convolutionFields() },
  convolutionBackward: { code: 10, fields: convolutionFields() },
  padForward: { code: 11, fields: paddingFields() },
  padBackward: { code: 12, fields: paddingFields() },
  maxPoolForward: { code: 13, fields: poolingFields() },
  maxPoolBackward: { code: 14, fields: poolingFields() },
  averagePoolForward: { code: 15, fields: poolingFields() },
  averagePoolBackward: { code: 16, fields: poolingFields() },
  batchNormForward: { code: 17, fields: batchNormFields() },
  batchNormBackward: { code: 18, fields: batchNormFields() },
  softmaxForward: { code: 19, fields: softmaxFields() },
  softmaxBackward: { code: 20, fields: softmaxFields() },
  dropoutForward: { code: 21, fields: dropoutFields() },
  dropoutBackward: { code: 22, fields: dropoutFields() },
  layerNormForward: { code: 23, fields: layerNormFields() },
  layerNormBackward: { code: 24, fields: layerNormFields() },
  embeddingForward: { code: 25, fields: embeddingFields() },
  embeddingBackward: { code: 26, fields: embeddingFields() },
} as const satisfies Record<string, { readonly code: number; readonly fields: readonly string[] }>

function denseFields() {
  return [
    ...(['x', 'y', 'dx', 'dy', 'rows', 'inputs', 'units', 'kernel', 'bias'] as const),
    ...(['relu', 'scratch', 'sparse'] as const),
  ] as const
}
function activationFields() {
  return ['x', 'y', 'dx', 'dy', 'count', 'activation'] as const
}
function lossFields() {
  return ['x', 'dx', 'rows', 'columns'] as const
}
function convolutionFields() {
  return [
    ...(['x', 'y', 'dx', 'dy', 'rows', 'height', 'width', 'channels', 'filters'] as const),
    ...(['kernelHeight', 'kernelWidth', 'strideHeight', 'strideWidth', 'outHeight', 'outWidth'] as const),
    ...(['kernel', 'bias', 'relu', 'scratch'] as const),
  ] as const
}
function paddingFields() {
  return [
    ...(['x', 'y', 'dx', 'dy', 'rows', 'height', 'width', 'channels'] as const),
    ...(['outHeight', 'outWidth', 'top', 'left'] as const),
  ] as const
}
function poolingFields() {
  return [
    ...(['x', 'y', 'dx', 'dy', 'rows', 'height', 'width', 'channels'] as const),
    ...(['poolHeight', 'poolWidth', 'strideHeight', 'strideWidth', 'outHeight', 'outWidth'] as const),
    ...(['top', 'left', 'kept'] as const),
  ] as const
}
function batchNormFields() {
  return [
    ...(['x', 'y', 'dx', 'dy', 'count', 'channels', 'epsilon', 'gamma', 'beta'] as const),
    ...(['offset', 'mode', 'relu', 'kept', 'scratch'] as const),
  ] as const
}
function softmaxFields() {
  return ['x', 'y', 'dx', 'dy', 'rows', 'columns'] as const
}
function dropoutFields() {
  return ['x', 'y', 'dx', 'dy', 'count', 'threshold', 'scale', 'salt'] as const
}
function layerNormFields() {
  return [
    ...(['x', 'y', 'dx', 'dy', 'rows', 'columns', 'epsilon', 'gamma', 'beta', 'kept', 'scratch'] as const),
  ] as const
}
function embeddingFields() {
  return ['x', 'y', 'dy', 'count', 'vocabulary', 'width', 'table', 'scratch'] as const
}

/** A float32 as the int32 of the same bits: programs hold nothing else. */
export const floatBits = (value: number): number => new Int32Array(Float32Array.of(value).buffer)[0]!

type Operands = typeof OPERANDS

/** One instruction of protocols/kernels/assembly/training.ts: what to do, and with what. Addresses are bytes in the memory. */
export type Instruction = {
  [Name in keyof Operands]: { readonly do: Name } & {
    readonly [Field in Operands[Name]['fields'][number]]: number
  }
}[keyof Operands]

/** The program as the kernels read it. */
export const encodeProgram = (instructions: readonly Instruction[]): Int32Array =>
  Int32Array.from(
    instructions.flatMap((instruction) => {
      const { code, fields } = OPERANDS[instruction.do]
      const operands = fields.map((field) => (instruction as unknown as Record<string, number>)[field]!)
      return [code, operands.length * Int32Array.BYTES_PER_ELEMENT, ...operands]
    }),
  )
