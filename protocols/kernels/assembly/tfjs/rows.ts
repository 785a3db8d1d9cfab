import { sumRows as sumOf } from '../training/rows'

/** Rows that are summed before their sum is added to the others': so the error does not grow with the number of rows. */
const BLOCK: i32 = 64

/** out = x + bias in each row; x and out are rows×columns, bias is one row. */
export function addRows(x: usize, bias: usize, out: usize, rows: i32, columns: i32): void {
  const bytes = (<usize>columns) << 2
  const whole = bytes & ~15
  for (let row = 0; row < rows; row++) {
    let i: usize = 0
    for (; i < whole; i += 16) v128.store(out + i, f32x4.add(v128.load(x + i), v128.load(bias + i)))
    for (; i < bytes; i += 4) store<f32>(out + i, load<f32>(x + i) + load<f32>(bias + i))
    x += bytes
    out += bytes
  }
}

/** out = the sum of the rows of x. @param scratch of a row. */
export function sumRows(x: usize, out: usize, rows: i32, columns: i32, scratch: usize): void {
  const bytes = (<usize>columns) << 2
  memory.fill(out, 0, bytes)
  for (let from = 0; from < rows; from += BLOCK) {
    sumOf(x + <usize>from * bytes, scratch, min(BLOCK, rows - from), columns)
    addRows(out, scratch, out, 1, columns)
  }
}

/** out = dy where x > 0, else 0: `length` floats each. */
export function reluGradient(x: usize, dy: usize, out: usize, length: i32): void {
  const bytes = (<usize>length) << 2
  const whole = bytes & ~15
  const zero = f32x4.splat(0)
  let i: usize = 0
  for (; i < whole; i += 16) {
    v128.store(out + i, v128.and(v128.load(dy + i), f32x4.gt(v128.load(x + i), zero)))
  }
  for (; i < bytes; i += 4) store<f32>(out + i, load<f32>(x + i) > 0 ? load<f32>(dy + i) : 0)
}
