import { multiply, multiplyStrided } from '../linear/gemm'
import { transpose } from '../linear/transpose'
import { Context } from './context'
import { restsAtZero, update } from './optimizer'
import { addBias, sumRows } from './rows'
import { Sparse, sumListed } from './sparse'

/** A dense layer, y = x·W + b: x is rows×inputs, W inputs×units, y rows×units. Fields of 4 bytes, as a program holds them. */
@unmanaged
export class Dense {
  x!: usize
  y!: usize
  /** Gradients; `dx` is 0 where nothing asks for it. */
  dx!: usize
  dy!: usize
  rows!: i32
  inputs!: i32
  units!: i32
  /** Elements of the weights before W, and before b; −1 without a bias. */
  kernel!: i32
  bias!: i32
  relu!: i32
  /** Room for W turned over, for `STRIP_FLOATS` and a row of units, or for `STRIP_COLUMNS` columns of W, whichever is most. */
  scratch!: usize
  /** A `Sparse` of x, or 0. */
  sparse!: usize
}

/** Floats of a gradient that are updated while they are in first-level cache: 8 KB. */
const STRIP_FLOATS: i32 = 2048
/** Columns of W that are multiplied with what is not zero at a time: 64 bytes of each row. */
const STRIP_COLUMNS: i32 = 16
const STRIP_BYTES: usize = 64
/** Rows below which laying a strip together costs more than it saves. */
const PACKED_ROWS_MIN: i32 = 8

export function denseForward(context: Context, op: Dense): void {
  const kernel = context.weights + ((<usize>op.kernel) << 2)
  if (isSparse(op)) multiplySparse(op, kernel)
  else multiply(op.x, kernel, op.y, op.rows, op.units, op.inputs, false)
  if (op.bias < 0) return
  addBias(op.y, context.weights + ((<usize>op.bias) << 2), op.rows, op.units, op.relu != 0)
}

/** The gradient of x, then an optimizer step with those of W and b: W is still the old one in between. */
export function denseBackward(context: Context, op: Dense): void {
  if (op.dx) {
    transpose(context.weights + ((<usize>op.kernel) << 2), op.scratch, op.inputs, op.units)
    multiply(op.dy, op.scratch, op.dx, op.rows, op.inputs, op.units, false)
  }
  if (isSparse(op)) updateSparse(context, op)
  else updateInStrips(context, op)
  if (op.bias < 0) return
  sumRows(op.dy, op.scratch, op.rows, op.units)
  update(context, op.bias, op.scratch, op.units)
}

function isSparse(op: Dense): bool {
  return op.sparse != 0 && changetype<Sparse>(op.sparse).filled != 0
}

/**
 * A strip of W's columns after the other, each for all rows: laid together, a strip of 64 bytes a row stays in first-level cache, where
 * the columns of W itself, a power of two apart, fall on few of its sets.
 */
function multiplySparse(op: Dense, kernel: usize): void {
  const stride = (<usize>op.units) << 2
  const strips = op.rows < PACKED_ROWS_MIN ? 0 : op.units / STRIP_COLUMNS
  for (let strip = 0; strip < strips; strip++) {
    const offset = (<usize>(strip * STRIP_COLUMNS)) << 2
    packStrip(kernel + offset, stride, op.scratch, op.inputs)
    sumRowsListed(op, op.scratch, STRIP_BYTES, op.y + offset, STRIP_COLUMNS)
  }
  const rest = op.units - strips * STRIP_COLUMNS
  const offset = (<usize>(strips * STRIP_COLUMNS)) << 2
  if (rest > 0) sumRowsListed(op, kernel + offset, stride, op.y + offset, rest)
}

function packStrip(from: usize, stride: usize, to: usize, rows: i32): void {
  for (let row = 0; row < rows; row++) {
    v128.store(to, v128.load(from))
    v128.store(to, v128.load(from, 16), 16)
    v128.store(to, v128.load(from, 32), 32)
    v128.store(to, v128.load(from, 48), 48)
    from += stride
    to += STRIP_BYTES
  }
}

/** `columns` columns of y, from as many of W that begin at `base`, its rows `stride` bytes apart. */
function sumRowsListed(op: Dense, base: usize, stride: usize, y: usize, columns: i32): void {
  const sparse = changetype<Sparse>(op.sparse)
  for (let row = 0; row < op.rows; row++) {
    const begin = load<i32>(sparse.byRow + ((<usize>row) << 2))
    const count = load<i32>(sparse.byRow + ((<usize>row) << 2), 4) - begin
    const at = (<usize>begin) << 2
    sumListed(sparse.input + at, sparse.inputValue + at, count, base, stride, y, columns)
    y += (<usize>op.units) << 2
  }
}

/** Row by row of W: its gradient is a sum over the examples that have this input. */
function updateSparse(context: Context, op: Dense): void {
  const sparse = changetype<Sparse>(op.sparse)
  for (let i = 0; i < op.inputs; i++) {
    const begin = load<i32>(sparse.byInput + ((<usize>i) << 2))
    const count = load<i32>(sparse.byInput + ((<usize>i) << 2), 4) - begin
    if (count == 0 && restsAtZero(context)) continue
    const at = (<usize>begin) << 2
    sumListed(sparse.row + at, sparse.rowValue + at, count, op.dy, (<usize>op.units) << 2, op.scratch, op.units)
    update(context, op.kernel + i * op.units, op.scratch, op.units)
  }
}

/** A strip of W's rows at a time, so that its gradient never leaves first-level cache. */
function updateInStrips(context: Context, op: Dense): void {
  const rowsOfStrip = max(4, (STRIP_FLOATS / op.units) & ~3)
  const row = (<usize>op.units) << 2
  for (let from = 0; from < op.inputs; from += rowsOfStrip) {
    const count = min(rowsOfStrip, op.inputs - from)
    const x = op.x + ((<usize>from) << 2)
    const xRow = (<usize>op.inputs) << 2
    multiplyStrided(x, 4, xRow, op.dy, row, op.scratch, row, count, op.units, op.rows, false)
    update(context, op.kernel + from * op.units, op.scratch, count * op.units)
  }
}
