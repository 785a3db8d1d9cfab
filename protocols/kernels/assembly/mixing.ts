/** y[i] += a · x[i], over `length` floats: in place. Unaligned pointers are fine. */
export function axpy(y: usize, x: usize, length: i32, a: f32): void {
  const factor = f32x4.splat(a)
  const bytes = (<usize>length) << 2
  const whole = bytes & ~15
  let at: usize = 0
  for (; at < whole; at += 16) {
    v128.store(y + at, f32x4.add(v128.load(y + at), f32x4.mul(factor, v128.load(x + at))))
  }
  for (; at < bytes; at += 4) store<f32>(y + at, load<f32>(y + at) + a * load<f32>(x + at))
}
