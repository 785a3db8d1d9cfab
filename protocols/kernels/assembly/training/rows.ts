/** What layers do to each row of a matrix of `rows` × `columns` floats, row-major. */

/** x += bias for each row, and then max(0, x) where `relu`. In place. */
export function addBias(x: usize, bias: usize, rows: i32, columns: i32, relu: bool): void {
  const bytes = (<usize>columns) << 2
  const whole = bytes & ~15
  const zero = f32x4.splat(0)
  for (let row = 0; row < rows; row++) {
    let i: usize = 0
    for (; i < whole; i += 16) {
      const sum = f32x4.add(v128.load(x + i), v128.load(bias + i))
      v128.store(x + i, relu ? f32x4.max(sum, zero) : sum)
    }
    for (; i < bytes; i += 4) {
      const sum = load<f32>(x + i) + load<f32>(bias + i)
      store<f32>(x + i, relu ? max<f32>(sum, 0) : sum)
    }
    x += bytes
  }
}

/** out = Σ over the rows, in their order: the gradient of a bias. */
export function sumRows(x: usize, out: usize, rows: i32, columns: i32): void {
  const bytes = (<usize>columns) << 2
  let column: usize = 0
  for (; column + 32 <= bytes; column += 32) {
    let a = f32x4.splat(0)
    let b = a
    let at = x + column
    for (let row = 0; row < rows; row++) {
      a = f32x4.add(a, v128.load(at))
      b = f32x4.add(b, v128.load(at, 16))
      at += bytes
    }
    v128.store(out + column, a)
    v128.store(out + column, b, 16)
  }
  for (; column < bytes; column += 4) {
    let sum: f32 = 0
    let at = x + column
    for (let row = 0; row < rows; row++) {
      sum += load<f32>(at)
      at += bytes
    }
    store<f32>(out + column, sum)
  }
}
