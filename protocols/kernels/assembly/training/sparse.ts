/**
 * Inputs that are mostly zero, such as drawings on a blank page (81 % of MNIST's pixels): lists of the others, by example and by
 * input. A product with them visits those alone, in the order in which the dense product would: the sums are the same numbers,
 * unless a weight is infinite.
 */
@unmanaged
export class Sparse {
  /** 1 when the lists are filled; 0 when too few inputs are zero, and nothing else holds. */
  filled!: i32
  rows!: i32
  inputs!: i32
  /** For each example, and after the last: int32, where its list begins. */
  byRow!: usize
  /** Entries of all examples' lists: an input (int32), and its value (float32). */
  input!: usize
  inputValue!: usize
  /** The same by input: which examples have it. */
  byInput!: usize
  row!: usize
  rowValue!: usize
}

/** Of all inputs, the share that is not zero up to which lists are faster (measured on `mlp:128`). */
const DENSITY_MAX: f32 = 0.5

/**
 * Makes the lists of `rows` examples of bytes, each scaled to 0…1 as `scaleInput` does.
 * @param turned those by input too, which only the backward pass reads.
 */
export function fillSparse(sparse: Sparse, bytes: usize, turned: bool): void {
  const count = sparse.rows * sparse.inputs
  const nonZero = countNonZero(bytes, count)
  sparse.filled = i32(<f32>nonZero <= DENSITY_MAX * <f32>count)
  if (!sparse.filled) return
  let entries = 0
  for (let row = 0; row < sparse.rows; row++) {
    store<i32>(sparse.byRow + ((<usize>row) << 2), entries)
    entries = listRow(sparse, bytes + <usize>row * sparse.inputs, entries)
  }
  store<i32>(sparse.byRow + ((<usize>sparse.rows) << 2), entries)
  if (turned) turnLists(sparse, entries)
}

function countNonZero(bytes: usize, count: i32): i32 {
  let nonZero = 0
  const zero = i8x16.splat(0)
  const whole = count & ~15
  let i = 0
  for (; i < whole; i += 16) nonZero += popcnt(i8x16.bitmask(i8x16.ne(v128.load(bytes + i), zero)))
  for (; i < count; i++) nonZero += i32(load<u8>(bytes + i) != 0)
  return nonZero
}

/** Appends an example's list. @returns the number of entries then. */
function listRow(sparse: Sparse, bytes: usize, entries: i32): i32 {
  const zero = i8x16.splat(0)
  const whole = sparse.inputs & ~15
  let i = 0
  for (; i < whole; i += 16) {
    let mask = i8x16.bitmask(i8x16.ne(v128.load(bytes + i), zero))
    for (; mask != 0; mask &= mask - 1) append(sparse, bytes, i + ctz(mask), entries++)
  }
  for (; i < sparse.inputs; i++) if (load<u8>(bytes + i) != 0) append(sparse, bytes, i, entries++)
  return entries
}

function append(sparse: Sparse, bytes: usize, input: i32, entry: i32): void {
  const at = (<usize>entry) << 2
  store<i32>(sparse.input + at, input)
  store<f32>(sparse.inputValue + at, <f32>(<f64>load<u8>(bytes + input) * (1.0 / 255.0)))
}

/** Lists by input from those by example, so that examples are in order there too. */
function turnLists(sparse: Sparse, entries: i32): void {
  countByInput(sparse, entries)
  for (let row = 0; row < sparse.rows; row++) {
    const begin = sparse.byRow + ((<usize>row) << 2)
    const end = (<usize>load<i32>(begin, 4)) << 2
    for (let at = (<usize>load<i32>(begin)) << 2; at < end; at += 4) {
      // Counts up from the beginning of this input's list to that of the next.
      const place = sparse.byInput + ((<usize>load<i32>(sparse.input + at)) << 2)
      const entry = load<i32>(place, 4)
      store<i32>(place, entry + 1, 4)
      store<i32>(sparse.row + ((<usize>entry) << 2), row)
      store<f32>(sparse.rowValue + ((<usize>entry) << 2), load<f32>(sparse.inputValue + at))
    }
  }
}

/** How many examples have each input, one place further on; then where each list begins. */
function countByInput(sparse: Sparse, entries: i32): void {
  memory.fill(sparse.byInput, 0, (<usize>(sparse.inputs + 2)) << 2)
  for (let at: usize = 0; at < (<usize>entries) << 2; at += 4) {
    const count = sparse.byInput + ((<usize>load<i32>(sparse.input + at)) << 2)
    store<i32>(count, load<i32>(count, 8) + 1, 8)
  }
  let begin = 0
  for (let i = 2; i <= sparse.inputs + 1; i++) {
    const at = sparse.byInput + ((<usize>i) << 2)
    begin += load<i32>(at)
    store<i32>(at, begin)
  }
}

/** out = Σ value · row of `base`, for the rows that a list names: the first `columns` floats of each, rows `stride` bytes apart. */
export function sumListed(
  list: usize,
  values: usize,
  count: i32,
  base: usize,
  stride: usize,
  out: usize,
  columns: i32,
): void {
  const row = (<usize>columns) << 2
  const end = list + ((<usize>count) << 2)
  let column: usize = 0
  for (; column + 128 <= row; column += 128) block32(list, end, values, base + column, stride, out + column)
  for (; column + 64 <= row; column += 64) block16(list, end, values, base + column, stride, out + column)
  for (; column + 16 <= row; column += 16) {
    let sums = f32x4.splat(0)
    let value = values
    for (let at = list; at < end; at += 4) {
      const x = v128.load(base + column + <usize>load<i32>(at) * stride)
      sums = f32x4.add(sums, f32x4.mul(v128.load32_splat(value), x))
      value += 4
    }
    v128.store(out + column, sums)
  }
  for (; column < row; column += 4) {
    let sum: f32 = 0
    let value = values
    for (let at = list; at < end; at += 4) {
      sum += load<f32>(value) * load<f32>(base + column + <usize>load<i32>(at) * stride)
      value += 4
    }
    store<f32>(out + column, sum)
  }
}

function block16(list: usize, end: usize, value: usize, base: usize, row: usize, out: usize): void {
  let s0 = f32x4.splat(0),
    s1 = s0,
    s2 = s0,
    s3 = s0
  for (; list < end; list += 4) {
    const x = v128.load32_splat(value)
    const at = base + <usize>load<i32>(list) * row
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(at)))
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(at, 16)))
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(at, 32)))
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(at, 48)))
    value += 4
  }
  v128.store(out, s0)
  v128.store(out, s1, 16)
  v128.store(out, s2, 32)
  v128.store(out, s3, 48)
}

function block32(list: usize, end: usize, value: usize, base: usize, row: usize, out: usize): void {
  let s0 = f32x4.splat(0),
    s1 = s0,
    s2 = s0,
    s3 = s0,
    s4 = s0,
    s5 = s0,
    s6 = s0,
    s7 = s0
  for (; list < end; list += 4) {
    const x = v128.load32_splat(value)
    const at = base + <usize>load<i32>(list) * row
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(at)))
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(at, 16)))
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(at, 32)))
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(at, 48)))
    s4 = f32x4.add(s4, f32x4.mul(x, v128.load(at, 64)))
    s5 = f32x4.add(s5, f32x4.mul(x, v128.load(at, 80)))
    s6 = f32x4.add(s6, f32x4.mul(x, v128.load(at, 96)))
    s7 = f32x4.add(s7, f32x4.mul(x, v128.load(at, 112)))
    value += 4
  }
  v128.store(out, s0)
  v128.store(out, s1, 16)
  v128.store(out, s2, 32)
  v128.store(out, s3, 48)
  v128.store(out, s4, 64)
  v128.store(out, s5, 80)
  v128.store(out, s6, 96)
  v128.store(out, s7, 112)
}
