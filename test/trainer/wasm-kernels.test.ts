import '../../node/polyfills.js'
import assert from 'node:assert/strict'
import { before } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-wasm'
import { registerCompositions } from '../../node/trainer/wasm-kernels.js'
import { describeGradientKernels } from './kernels-agree.js'

before(async () => {
  assert.ok(await tf.setBackend('wasm'))
  registerCompositions()
})

describeGradientKernels("the compositions of tfjs's own wasm kernels, against the cpu backend")
