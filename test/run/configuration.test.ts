import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { limits } from '../../protocols/limits.js'
import {
  canonicalJson,
  decodeRunConfiguration,
  encodeRunConfiguration,
  parseRunConfiguration,
  runIdOf,
  totalRounds,
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

  it('says where a key belongs that stands in the wrong place', () => {
    const says = (run: object, message: RegExp) =>
      assert.throws(() => parseRunConfiguration(run), { code: 'UNKNOWN_KEY', message })
    says({ callers: [] }, /"callers" in the run configuration\. It belongs in finalMerge\. Nothing/)
    says({ learningRate: 1 }, /"learningRate" in the run configuration\. It belongs in optimizer\. Nothing/)
    says(
      { optimizer: { kind: 'sgd', learningRate: 1, batch: 8 } },
      /"batch" in optimizer\. .* at the top level\./,
    )
    // Local rounds of a period, and those after which a merge is called for.
    says({ finalMerge: { rounds: 3 } }, /It belongs at the top level or in finalMerge\.after\./)
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
      [{ minPeers: limits.mergeMembersMax + 1 }, /^minPeers/],
    ]
    for (const [input, message] of bad)
      assert.throws(() => parseRunConfiguration(input), { code: 'BAD_VALUE', message })
  })

  it('says in its own words what a value must be', () => {
    const saying = (run: unknown): string => {
      try {
        parseRunConfiguration(run)
      } catch (error) {
        return (error as Error).message.split(' Nothing was')[0]!
      }
      return 'nothing'
    }
    assert.equal(saying({ rounds: 0 }), 'rounds: must be more than 0.')
    assert.equal(saying({ rounds: 'many' }), 'rounds: a number is needed, and this is text.')
    assert.equal(saying({ mode: 'slow' }), 'mode: must be async or rounds.')
    assert.equal(
      saying({ finalMerge: { callers: [] } }),
      'finalMerge.callers: must name one peer id at least; leave it out, and any member may call.',
    )
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

describe('what a run configuration says about the merge', () => {
  it('is one merge of equal models after all rounds, that any member calls for, when nothing is said', () => {
    const { finalMerge, periods, rounds } = parseRunConfiguration({})
    assert.deepEqual(finalMerge, {
      method: 'reduce-scatter',
      rule: 'mean',
      weights: 'uniform',
      callers: 'any',
      fineTune: 0,
    })
    assert.equal(periods, 1)
    assert.equal(totalRounds({ rounds, periods }), 40)
  })

  it('is taken as it is written', () => {
    const finalMerge = {
      method: 'reduce-scatter',
      rule: 'variance-corrected',
      weights: 'samples',
      after: { time: 0.5 },
      callers: ['12D3KooWA768LzHMatxkjD1f9DrYW375GZJr6MHPCNEdDtHeTNRt'],
      fineTune: 20,
    }
    const configuration = parseRunConfiguration({ finalMerge, periods: 3, rounds: 7 })
    assert.deepEqual(configuration.finalMerge, finalMerge)
    assert.ok(Object.isFrozen(configuration.finalMerge.after))
    // 3 periods of 7 rounds.
    assert.equal(totalRounds(configuration), 21)
  })

  it('may be as near to the average as it says, with push-sum', () => {
    const toleranceOf = (finalMerge: object) => parseRunConfiguration({ finalMerge }).finalMerge.tolerance
    assert.equal(toleranceOf({ method: 'push-sum' }), 1e-4)
    assert.equal(toleranceOf({ method: 'push-sum', tolerance: 1e-6 }), 1e-6)
    assert.equal(toleranceOf({}), undefined)
  })

  it('is refused where it makes no sense, by the name of the key', () => {
    const id = '12D3KooWA768LzHMatxkjD1f9DrYW375GZJr6MHPCNEdDtHeTNRt'
    const bad: [unknown, RegExp][] = [
      [5, /^finalMerge:/],
      [{ method: 'ring' }, /^finalMerge\.method:.*reduce-scatter/],
      [
        { method: 'push-sum', rule: 'variance-corrected' },
        /^finalMerge\.rule: push-sum merges with mean only/,
      ],
      // TOLERANCE_MIN is 1e-6.
      [{ method: 'push-sum', tolerance: 9e-7 }, /^finalMerge\.tolerance:.*0\.000001|1e-6/],
      [{ method: 'push-sum', tolerance: 1 }, /^finalMerge\.tolerance:/],
      [{ tolerance: 1e-3 }, /^finalMerge\.tolerance: reduce-scatter is exact; only push-sum has a tolerance/],
      [{ rule: 'men' }, /^finalMerge\.rule: known rules: variance-corrected, mean\. Did you mean mean\?/],
      [{ weights: 'age' }, /^finalMerge\.weights:.*uniform/],
      [{ after: 'rounds' }, /^finalMerge\.after: It must be \{ rounds: N \}/],
      [{ after: {} }, /^finalMerge\.after: It must be/],
      [{ after: { rounds: 1, samples: 1 } }, /^finalMerge\.after: It must be/],
      [{ after: { rounds: 0 } }, /^finalMerge\.after\.rounds:/],
      [{ after: { samples: 0 } }, /^finalMerge\.after\.samples:/],
      [{ after: { time: 0 } }, /^finalMerge\.after\.time:/],
      [{ callers: 'nobody' }, /^finalMerge\.callers: must be any, or a list/],
      [{ callers: [] }, /^finalMerge\.callers:/],
      [{ callers: [''] }, /^finalMerge\.callers\.0:/],
      [{ callers: Array<string>(limits.mergeMembersMax + 1).fill(id) }, /^finalMerge\.callers:.* 250 /],
      [{ fineTune: -1 }, /^finalMerge\.fineTune:/],
      [{ fineTune: 1.5 }, /^finalMerge\.fineTune:/],
    ]
    for (const [finalMerge, message] of bad)
      assert.throws(() => parseRunConfiguration({ finalMerge }), { code: 'BAD_VALUE', message })
    for (const periods of [0, 1001, 1.5]) {
      assert.throws(() => parseRunConfiguration({ periods }), { code: 'BAD_VALUE', message: /^periods:/ })
    }
    assert.throws(() => parseRunConfiguration({ finalMerge: { fineTun: 1 } }), {
      code: 'UNKNOWN_KEY',
      message: /"fineTun" in finalMerge\. Did you mean fineTune\?/,
    })
  })

  it('leaves all-to-all the mean of equal models only', () => {
    const allToAll = (more: object) => () =>
      parseRunConfiguration({ finalMerge: { method: 'all-to-all', ...more } })
    assert.equal(allToAll({})().finalMerge.rule, 'mean')
    assert.throws(allToAll({ rule: 'variance-corrected' }), {
      code: 'BAD_VALUE',
      message: /^finalMerge\.rule: all-to-all/,
    })
    assert.throws(allToAll({ weights: 'samples' }), {
      code: 'BAD_VALUE',
      message: /^finalMerge\.weights: all-to-all/,
    })
  })
})

describe('the id of a run', () => {
  it('stays what it was: peers of different versions must agree on it', () => {
    const configuration = parseRunConfiguration({
      name: 'golden',
      periods: 2,
      finalMerge: { after: { rounds: 20 }, fineTune: 5 },
    })
    assert.equal(
      new TextDecoder().decode(encodeRunConfiguration(configuration)),
      '{"batch":32,"catchUp":0.75,"classes":10,' +
        '"finalMerge":{"after":{"rounds":20},"callers":"any","fineTune":5,"method":"reduce-scatter","rule":"mean","weights":"uniform"},' +
        '"init":"different","inputShape":[28,28,1],"localSteps":10,"minPeers":2,"mixing":"metropolis-hastings","mode":"async",' +
        '"model":"mlp:128","name":"golden","optimizer":{"kind":"sgd","learningRate":0.1,"momentum":0.5},"periods":2,"rounds":40,' +
        '"rule":"variance-corrected","schedule":"every:1","seed":1,"topology":"regular:4"}',
    )
    // sha256sum of that line.
    assert.equal(runIdOf(configuration), '8964c5099b509455251d8ed11119ede82bd9a70e8b4e3a106e5099363ac7fef7')
  })
})

describe('the codec of a run', () => {
  it('is part of its id, and left out of it where weights travel as they are', () => {
    const plain = parseRunConfiguration({})
    assert.equal(plain.codec, 'float32')
    assert.equal(runIdOf(parseRunConfiguration({ codec: 'float32' })), runIdOf(plain))
    const eight = parseRunConfiguration({ codec: 'int8+zstd' })
    assert.notEqual(runIdOf(eight), runIdOf(plain))
    assert.equal(decodeRunConfiguration(encodeRunConfiguration(eight)).codec, 'int8+zstd')
  })

  it('is one that there is, or auto', () => {
    for (const codec of ['auto', 'float16', 'top-k:0.05+brotli']) parseRunConfiguration({ codec })
    const says = (codec: string, message: RegExp) =>
      assert.throws(() => parseRunConfiguration({ codec }), { code: 'BAD_VALUE', message })
    says('int7', /Did you mean int8\?/)
    says('top-k', /needs a fraction/)
    says('int8+brotly', /Did you mean brotli\?/)
    says('auto+zlib', /known codecs/)
  })
})

describe('canonical JSON', () => {
  it('sorts keys at every depth and keeps the order of arrays', () => {
    assert.equal(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' }), '{"a":"x","b":[{"c":null,"d":1}]}')
  })
})
