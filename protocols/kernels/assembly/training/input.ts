import { fillSparse, Sparse } from './sparse'

/** Bytes of examples as numbers from 0 to 1. */
@unmanaged
export class Input {
  /** `count` bytes. */
  bytes!: usize
  /** `count` floats. */
  y!: usize
  count!: i32
  rows!: i32
  /** A `Sparse` to fill instead where enough bytes are zero, or 0. */
  sparse!: usize
  /** Whether a backward pass follows. */
  trains!: i32
}

/** y = byte · (1/255), rounded once from float64, as node/trainer/batches.ts has it. */
export function scaleInput(op: Input): void {
  if (op.sparse) {
    const sparse = changetype<Sparse>(op.sparse)
    sparse.rows = op.rows
    fillSparse(sparse, op.bytes, op.trains != 0)
    if (sparse.filled) return
  }
  const factor = f64x2.splat(1.0 / 255.0)
  const whole = op.count & ~7
  let i = 0
  for (; i < whole; i += 8) {
    const words = i16x8.extend_low_i8x16_u(v128.load64_zero(op.bytes + i))
    const y = op.y + ((<usize>i) << 2)
    v128.store(y, scaled(i32x4.extend_low_i16x8_u(words), factor))
    v128.store(y, scaled(i32x4.extend_high_i16x8_u(words), factor), 16)
  }
  for (; i < op.count; i++) {
    store<f32>(op.y + ((<usize>i) << 2), <f32>(<f64>load<u8>(op.bytes + i) * (1.0 / 255.0)))
  }
}

function scaled(numbers: v128, factor: v128): v128 {
  const low = f64x2.mul(f64x2.convert_low_i32x4_s(numbers), factor)
  const high = f64x2.mul(f64x2.convert_low_i32x4_s(v128.shuffle<i32>(numbers, numbers, 2, 3, 2, 3)), factor)
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2)
}
