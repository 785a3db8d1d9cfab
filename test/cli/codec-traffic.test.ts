import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  describeChoice,
  describeCodecs,
  modelsByCodec,
  sumOfCodecs,
  weightsRatio,
} from '../../node/cli/codec-traffic.js'

const int8 = { sent: 30, received: 20, plainSent: 120, plainReceived: 80 }
const float32 = { sent: 50, received: 0, plainSent: 50, plainReceived: 0 }

describe('weights that went over the network', () => {
  it('are set against what they would have been as they are', () => {
    assert.equal(weightsRatio({ int8 }), 4)
    // 250 in place of 100.
    assert.equal(weightsRatio({ int8, float32 }), 2.5)
    assert.equal(weightsRatio({}), null)
  })

  it('are worth no word where all went as they are', () => {
    assert.equal(describeCodecs({}), '')
    assert.equal(describeCodecs({ float32 }), '')
    assert.equal(describeCodecs({ int8, float32 }), ' (snapshots in int8, float32: 2.5 × less)')
  })

  it('are worth no word where none went, whatever the codec', () => {
    const none = { sent: 0, received: 0, plainSent: 0, plainReceived: 0 }
    assert.equal(weightsRatio({ int8: none }), null)
    assert.equal(describeCodecs({ int8: none }), '')
  })

  it('are added up over peers', () => {
    assert.deepEqual(sumOfCodecs([{ int8 }, {}, { float32, int8 }]), {
      float32,
      int8: { sent: 60, received: 40, plainSent: 240, plainReceived: 160 },
    })
  })

  it('are counted by the models that were received in each codec, the most frequent first', () => {
    const received = (plainReceived: number) => ({ ...float32, plainReceived })
    // 80 / 8 = 10 models, 160 / 8 = 20, and none.
    const models = modelsByCodec({ float32: received(80), int8: received(160), float16: received(0) }, 8)
    assert.deepEqual(Object.entries(models), [
      ['int8', 20],
      ['float32', 10],
    ])
    assert.equal(describeChoice(models), 'auto chose int8 for 20 models, float32 for 10')
    assert.equal(describeChoice({ float32: 1 }), 'auto chose float32 for 1 model')
    assert.match(describeChoice({}), /nothing: no model was received/)
  })
})
