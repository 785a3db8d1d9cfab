import { Context } from './context'
import { update } from './optimizer'

/** Rows of a table: x is `count` float32 of whole numbers below `vocabulary`, y count×width. */
@unmanaged
export class Embedding {
  x!: usize
  y!: usize
  dy!: usize
  count!: i32
  vocabulary!: i32
  width!: i32
  /** Elements of the weights before the table. */
  table!: i32
  /** Room for the table's gradient. */
  scratch!: usize
}

export function embeddingForward(context: Context, op: Embedding): void {
  const row = (<usize>op.width) << 2
  const table = context.weights + ((<usize>op.table) << 2)
  for (let i = 0; i < op.count; i++) {
    memory.copy(op.y + <usize>i * row, table + <usize>indexOf(op, i) * row, row)
  }
}

export function embeddingBackward(context: Context, op: Embedding): void {
  const row = (<usize>op.width) << 2
  memory.fill(op.scratch, 0, <usize>op.vocabulary * row)
  for (let i = 0; i < op.count; i++) {
    const to = op.scratch + <usize>indexOf(op, i) * row
    const dy = op.dy + <usize>i * row
    for (let c: usize = 0; c < row; c += 4) store<f32>(to + c, load<f32>(to + c) + load<f32>(dy + c))
  }
  update(context, op.table, op.scratch, op.vocabulary * op.width)
}

/** Never beyond the table, whatever the input holds. */
function indexOf(op: Embedding, i: i32): i32 {
  const index = <i32>load<f32>(op.x + ((<usize>i) << 2))
  return max(0, min(op.vocabulary - 1, index))
}
