import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  canonicalJson,
  decodeRunConfiguration,
  encodeRunConfiguration,
  parseRunConfiguration,
  runIdOf,
} from '../../protocols/run/index.js'

describe('a run configuration', () => {
  it('takes defaults for what is left out, and is frozen', () => {
    const configuration = parseRunConfiguration({})
    assert.equal(configuration.rule, 'variance-corrected')
    assert.ok(Object.isFrozen(configuration) && Object.isFrozen(configuration.optimizer))
  })

  it('has an id that depends on what it says and not on how it is written', () => {
    const one = parseRunConfiguration({ rounds: 7, seed: 2 })
    const same = parseRunConfiguration({ seed: 2, rounds: 7, model: 'mlp:128' })
    assert.equal(runIdOf(one), runIdOf(same))
    assert.notEqual(runIdOf(one), runIdOf(parseRunConfiguration({ rounds: 8, seed: 2 })))
  })

  it('survives its journey to another peer', () => {
    const configuration = parseRunConfiguration({ optimizer: { kind: 'adamw', learningRate: 0.001 } })
    const arrived = decodeRunConfiguration(encodeRunConfiguration(configuration))
    assert.deepEqual(arrived, configuration)
    assert.equal(runIdOf(arrived), runIdOf(configuration))
  })

  it('names the nearest key for an unknown one', () => {
    assert.throws(() => parseRunConfiguration({ topolgy: 'ring' }), {
      code: 'UNKNOWN_KEY',
      message: /"topolgy".*Did you mean topology/,
    })
    assert.throws(() => parseRunConfiguration({ optimizer: { kind: 'sgd', learningRate: 1, momentun: 0 } }), {
      code: 'UNKNOWN_KEY',
    })
  })

  it('knows the keys of the optimizer that was chosen, and no others', () => {
    const says = (optimizer: object, message: RegExp) =>
      assert.throws(() => parseRunConfiguration({ optimizer: { learningRate: 0.1, ...optimizer } }), {
        code: 'UNKNOWN_KEY',
        message,
      })
    says({ kind: 'sgd', momentun: 0 }, /"momentun" in optimizer\. Did you mean momentum\? Nothing/)
    says({ kind: 'adamw', weightdecay: 0 }, /"weightdecay" in optimizer\. Did you mean weightDecay\? Nothing/)
    // Near to name, which is no key of an optimizer.
    says({ kind: 'sgd', rate: 1 }, /"rate" in optimizer\. Nothing/)
    // A key of adamw only, and a slip of one.
    says({ kind: 'sgd', beta1: 0 }, /"beta1" in optimizer\. Nothing/)
    says({ kind: 'sgd', epsilom: 0 }, /"epsilom" in optimizer\. Nothing/)
  })

  it('refuses values that make no sense, and names the key', () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ rounds: 0 }, /^rounds/],
      [{ rounds: '7' }, /^rounds/],
      [{ rule: 'means' }, /^rule.*mean/],
      [{ schedule: 'often' }, /^schedule/],
      [{ optimizer: { kind: 'sgd', learningRate: -1 } }, /^optimizer\.learningRate/],
      [{ optimizer: { kind: 'adam', learningRate: 1 } }, /^optimizer/],
    ]
    for (const [input, message] of bad)
      assert.throws(() => parseRunConfiguration(input), { code: 'BAD_VALUE', message })
  })

  it('leaves a wrong topology to the topologies', () => {
    const message = /"regulr"\. Did you mean regular\?/
    assert.throws(() => parseRunConfiguration({ topology: 'regulr:4' }), {
      code: 'UNKNOWN_TOPOLOGY',
      message,
    })
  })

  it('refuses bytes that are no JSON', () => {
    assert.throws(() => decodeRunConfiguration(Uint8Array.of(0xff, 0x00)), { code: 'UNREADABLE' })
  })
})

describe('canonical JSON', () => {
  it('sorts keys at every depth and keeps the order of arrays', () => {
    assert.equal(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' }), '{"a":"x","b":[{"c":null,"d":1}]}')
  })
})
