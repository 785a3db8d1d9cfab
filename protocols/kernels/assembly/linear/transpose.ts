/** out = xᵀ: x is rows×columns, out is columns×rows, row-major float32; they must not overlap. Blocks of 4×4 in registers. */
export function transpose(x: usize, out: usize, rows: i32, columns: i32): void {
  const row = (<usize>columns) << 2
  const outRow = (<usize>rows) << 2
  let i = 0
  for (; i + 4 <= rows; i += 4) {
    const from = x + <usize>i * row
    const to = out + ((<usize>i) << 2)
    let j = 0
    for (; j + 4 <= columns; j += 4) block(from + ((<usize>j) << 2), row, to + <usize>j * outRow, outRow)
    for (; j < columns; j++) {
      for (let r = 0; r < 4; r++) {
        store<f32>(
          to + <usize>j * outRow + ((<usize>r) << 2),
          load<f32>(from + <usize>r * row + ((<usize>j) << 2)),
        )
      }
    }
  }
  for (; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      store<f32>(
        out + <usize>j * outRow + ((<usize>i) << 2),
        load<f32>(x + <usize>i * row + ((<usize>j) << 2)),
      )
    }
  }
}

function block(x: usize, row: usize, out: usize, outRow: usize): void {
  const a = v128.load(x),
    b = v128.load(x + row),
    c = v128.load(x + 2 * row),
    d = v128.load(x + 3 * row)
  // Pairs of rows first, then pairs of pairs.
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5),
    ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7),
    cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5),
    cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
  v128.store(out, v128.shuffle<f64>(ab0, cd0, 0, 2))
  v128.store(out + outRow, v128.shuffle<f64>(ab0, cd0, 1, 3))
  v128.store(out + 2 * outRow, v128.shuffle<f64>(ab1, cd1, 0, 2))
  v128.store(out + 3 * outRow, v128.shuffle<f64>(ab1, cd1, 1, 3))
}
