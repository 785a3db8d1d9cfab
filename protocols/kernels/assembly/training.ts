import { BatchNorm, batchNormBackward, batchNormForward } from './training/batch-norm'
import { Context } from './training/context'
import {
  Convolution,
  convolutionBackward,
  convolutionForward,
  padBackward,
  padForward,
  Padding,
} from './training/convolution'
import { Dense, denseBackward, denseForward } from './training/dense'
import { Dropout, dropoutBackward, dropoutForward } from './training/dropout'
import { Activation, activate, activateBackward } from './training/elementwise'
import { Embedding, embeddingBackward, embeddingForward } from './training/embedding'
import { Input, scaleInput } from './training/input'
import { LayerNorm, layerNormBackward, layerNormForward } from './training/layer-norm'
import { Loss, meanSquaredError, softmaxCrossEntropy } from './training/loss'
import {
  averagePoolBackward,
  averagePoolForward,
  maxPoolBackward,
  maxPoolForward,
  Pooling,
} from './training/pooling'
import { Softmax, softmaxBackward, softmaxForward } from './training/softmax'

export { expOf, log } from './training/exponential'
export { multiply, multiplyLeftTransposed, multiplyRightTransposed } from './linear/gemm'

/** What a program can do; node/trainer/compiled/program.ts has the same numbers. */
const SCALE_INPUT: i32 = 1
const DENSE_FORWARD: i32 = 2
const DENSE_BACKWARD: i32 = 3
const ACTIVATE: i32 = 4
const ACTIVATE_BACKWARD: i32 = 5
const SOFTMAX_CROSS_ENTROPY: i32 = 6
const MEAN_SQUARED_ERROR: i32 = 7
const STOP_UNLESS_FINITE: i32 = 8
const CONVOLUTION_FORWARD: i32 = 9
const CONVOLUTION_BACKWARD: i32 = 10
const PAD_FORWARD: i32 = 11
const PAD_BACKWARD: i32 = 12
const MAX_POOL_FORWARD: i32 = 13
const MAX_POOL_BACKWARD: i32 = 14
const AVERAGE_POOL_FORWARD: i32 = 15
const AVERAGE_POOL_BACKWARD: i32 = 16
const BATCH_NORM_FORWARD: i32 = 17
const BATCH_NORM_BACKWARD: i32 = 18
const SOFTMAX_FORWARD: i32 = 19
const SOFTMAX_BACKWARD: i32 = 20
const DROPOUT_FORWARD: i32 = 21
const DROPOUT_BACKWARD: i32 = 22
const LAYER_NORM_FORWARD: i32 = 23
const LAYER_NORM_BACKWARD: i32 = 24
const EMBEDDING_FORWARD: i32 = 25
const EMBEDDING_BACKWARD: i32 = 26

/**
 * Runs a program: instructions one after the other, each of two int32, what to do and the bytes of what follows, and its operands. Allocates
 * nothing and keeps nothing.
 * @param length bytes of the program.
 * @returns whether it ran to its end: 0 when it was stopped at a loss that is not finite, before anything was updated.
 */
export function execute(contextAt: usize, program: usize, length: i32): i32 {
  const context = changetype<Context>(contextAt)
  const end = program + length
  while (program < end) {
    const code = load<i32>(program)
    const operands = program + 8
    program = operands + load<i32>(program, 4)
    switch (code) {
      case SCALE_INPUT:
        scaleInput(changetype<Input>(operands))
        break
      case DENSE_FORWARD:
        denseForward(context, changetype<Dense>(operands))
        break
      case DENSE_BACKWARD:
        denseBackward(context, changetype<Dense>(operands))
        break
      case ACTIVATE:
        activate(changetype<Activation>(operands))
        break
      case ACTIVATE_BACKWARD:
        activateBackward(changetype<Activation>(operands))
        break
      case SOFTMAX_CROSS_ENTROPY:
        softmaxCrossEntropy(context, changetype<Loss>(operands))
        break
      case MEAN_SQUARED_ERROR:
        meanSquaredError(context, changetype<Loss>(operands))
        break
      case STOP_UNLESS_FINITE:
        if (!isFinite(context.lossSum)) return 0
        break
      case CONVOLUTION_FORWARD:
        convolutionForward(context, changetype<Convolution>(operands))
        break
      case CONVOLUTION_BACKWARD:
        convolutionBackward(context, changetype<Convolution>(operands))
        break
      case PAD_FORWARD:
        padForward(changetype<Padding>(operands))
        break
      case PAD_BACKWARD:
        padBackward(changetype<Padding>(operands))
        break
      case MAX_POOL_FORWARD:
        maxPoolForward(changetype<Pooling>(operands))
        break
      case MAX_POOL_BACKWARD:
        maxPoolBackward(changetype<Pooling>(operands))
        break
      case AVERAGE_POOL_FORWARD:
        averagePoolForward(changetype<Pooling>(operands))
        break
      case AVERAGE_POOL_BACKWARD:
        averagePoolBackward(changetype<Pooling>(operands))
        break
      case BATCH_NORM_FORWARD:
        batchNormForward(context, changetype<BatchNorm>(operands))
        break
      case BATCH_NORM_BACKWARD:
        batchNormBackward(context, changetype<BatchNorm>(operands))
        break
      case SOFTMAX_FORWARD:
        softmaxForward(changetype<Softmax>(operands))
        break
      case SOFTMAX_BACKWARD:
        softmaxBackward(changetype<Softmax>(operands))
        break
      case DROPOUT_FORWARD:
        dropoutForward(context, changetype<Dropout>(operands))
        break
      case DROPOUT_BACKWARD:
        dropoutBackward(context, changetype<Dropout>(operands))
        break
      case LAYER_NORM_FORWARD:
        layerNormForward(context, changetype<LayerNorm>(operands))
        break
      case LAYER_NORM_BACKWARD:
        layerNormBackward(context, changetype<LayerNorm>(operands))
        break
      case EMBEDDING_FORWARD:
        embeddingForward(context, changetype<Embedding>(operands))
        break
      case EMBEDDING_BACKWARD:
        embeddingBackward(context, changetype<Embedding>(operands))
        break
      default:
        unreachable()
    }
  }
  return 1
}

/** 1 when none of the floats is NaN or infinite, else 0. */
export function allFinite(floats: usize, count: i32): i32 {
  // x − x is 0 for a number, NaN for NaN and infinity.
  let sums = f32x4.splat(0)
  const whole = count & ~3
  let i = 0
  for (; i < whole; i += 4) {
    const x = v128.load(floats + ((<usize>i) << 2))
    sums = f32x4.add(sums, f32x4.sub(x, x))
  }
  let rest: f32 = 0
  for (; i < count; i++) {
    const x = load<f32>(floats + ((<usize>i) << 2))
    rest += x - x
  }
  const zero = f32x4.splat(0)
  return i32(i32x4.all_true(f32x4.eq(sums, zero)) && rest == 0)
}
