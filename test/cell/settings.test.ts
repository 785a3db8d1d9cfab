import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError } from '../../protocols/errors.js'
import { cellIdOf, parseSettings, type CellSettings } from '../harness/cell/settings.js'

/** That it is refused with this code, and says this. */
const refuses = (input: unknown, code: string, message: RegExp, details: object) =>
  assert.throws(
    () => parseSettings(input),
    (error) => {
      assert.ok(error instanceof ConfigError)
      assert.equal(error.code, code)
      assert.match(error.message, message)
      assert.match(error.message, / Nothing was started\.$/)
      assert.deepEqual(error.details, details)
      return true
    },
  )

describe('the settings of a cell', () => {
  it('have a default for everything', () => {
    const settings = parseSettings({})
    assert.deepEqual(settings, parseSettings(undefined))
    const { peers, trainer, rule, baseline, topology, evaluateEvery, target, rounds, localSteps } = settings
    assert.deepEqual(
      { peers, trainer, rule, baseline, topology, evaluateEvery, target, rounds, localSteps },
      {
        ...{ peers: 8, trainer: 'real', rule: 'variance-corrected', baseline: 'none', topology: 'regular:4' },
        ...{ evaluateEvery: 1, target: 0.9, rounds: 40, localSteps: 10 },
      },
    )
    assert.deepEqual(settings.links, {
      ...{ latencyMs: [1, 5], jitterMs: 0, bandwidthMbps: null, loss: 0, duplicate: 0 },
      ...{ reorder: 0, reorderMs: 50 },
    })
    assert.deepEqual(settings.timeouts, { pullMs: 1000, memberMs: 2000 })
    assert.ok(Object.isFrozen(settings))
  })

  it('give everyone four neighbours, or all the others where there are fewer', () => {
    const topologyOf = (peers: number) => parseSettings({ peers }).topology
    assert.deepEqual([1, 4, 5, 100].map(topologyOf), ['full', 'full', 'regular:4', 'regular:4'])
    assert.equal(parseSettings({ peers: 4, topology: 'ring' }).topology, 'ring')
  })

  it('name the nearest known key for one that is unknown, wherever it is', () => {
    const unknown = (input: object, key: string, message: RegExp) =>
      refuses(input, 'UNKNOWN_KEY', message, { key })
    unknown({ pers: 3 }, 'pers', /"pers" in the scenario\. Did you mean peers\?/)
    unknown({ links: { latncyMs: 1 } }, 'latncyMs', /in links\. Did you mean latencyMs\?/)
    unknown(
      { churn: { rates: { crashPerMinute: 1 } } },
      'crashPerMinute',
      /in churn\.rates\. Did you mean crashesPerMinute\?/,
    )
    const event = { atMs: 1, peer: 'p0', does: 'join', stat: 'lost' }
    unknown({ churn: { events: [event] } }, 'stat', /in churn\.events\.0\. Did you mean state\?/)
    unknown({ optimizer: { kind: 'sgd', learningRate: 1, rate: 1 } }, 'rate', /"rate" in optimizer\./)
    // The options of a union.
    const drawn = { median: 30, sigma: 0.5 }
    unknown({ links: { latencyMs: { ...drawn, max: 100 } } }, 'max', /"max" in links\.latencyMs\. Nothing/)
    unknown({ links: { latencyMs: { ...drawn, sgma: 1 } } }, 'sgma', /\.latencyMs\. Did you mean sigma\?/)
    const awayMs = { ...drawn, medain: 1 }
    unknown({ churn: { rates: { awayMs } } }, 'medain', /in churn\.rates\.awayMs\. Did you mean median\?/)
    unknown({ devices: { speed: { lognormal: 0.5, foo: 1 } } }, 'foo', /"foo" in devices\.speed\. Nothing/)
    unknown({ devices: { speed: { trace: [1], lognorm: 1 } } }, 'lognorm', /Did you mean lognormal\?/)
    // A key of the other option is no slip.
    unknown(
      { devices: { speed: { lognormal: 0.5, trace: 1 } } },
      'trace',
      /"trace" in devices\.speed\. Nothing/,
    )
    // Too far from anything for a guess.
    unknown({ links: { zzzzzzzzzzzz: 1 } }, 'zzzzzzzzzzzz', /in links\. Nothing/)
  })

  it('name the key of a bad value', () => {
    const bad = (input: object, key: string, message: RegExp) => refuses(input, 'BAD_VALUE', message, { key })
    bad({ peers: 0 }, 'peers', /^peers: must be at least 1\. /)
    bad({ peers: 2.5 }, 'peers', /^peers: /)
    bad({ rounds: -1 }, 'rounds', /^rounds: /)
    bad({ target: 0 }, 'target', /^target: /)
    bad({ baseline: 'fedprox' }, 'baseline', /^baseline: .*fedavg/)
    refuses({ codec: 'int9' }, 'BAD_VALUE', /^codec "int9" .*Did you mean int8\?/, { spec: 'int9' })
    bad({ codec: 'auto' }, 'codec', /^codec: auto measures real links/)
    bad({ rule: 'man' }, 'rule', /^rule: known rules: .*none\. Did you mean mean\?/)
    bad({ links: { loss: 2 } }, 'links.loss', /^links\.loss: /)
    bad({ links: { latencyMs: [5, 1] } }, 'links.latencyMs', /^links\.latencyMs: /)
    bad({ schedule: 'evry:1' }, 'schedule', /^schedule: .*Did you mean every\?/)
    bad({ optimizer: { kind: 'sgd', learningRate: 0 } }, 'optimizer.learningRate', /^optimizer\.learning/)
    const backwards = { fromMs: 3, untilMs: 2, from: 0.5 }
    bad({ partitions: [backwards] }, 'partitions.0', /fromMs comes before untilMs/)
    assert.throws(() => parseSettings({ topology: 'regulr:4' }), { code: 'UNKNOWN_TOPOLOGY' })
    refuses([], 'BAD_VALUE', /^the scenario: /, { key: 'the scenario' })
  })

  it('take an edge list with its text, and not without', () => {
    const settings = parseSettings({ topology: 'edges:office.txt', edges: 'p0 p1' })
    assert.deepEqual([settings.topology, settings.edges], ['edges:office.txt', 'p0 p1'])
    refuses({ topology: 'edges:office.txt' }, 'BAD_VALUE', /^edges: /, { key: 'edges' })
  })
})

describe('the id of a cell', () => {
  it('is the same however the settings are ordered and whatever is left to its default', () => {
    const id = cellIdOf(parseSettings({ peers: 3, links: { loss: 0.1, jitterMs: 2 } }))
    assert.match(id, /^[0-9a-f]{16}$/)
    assert.equal(cellIdOf(parseSettings({ links: { jitterMs: 2, loss: 0.1 }, seed: 1, peers: 3 })), id)
    const settings = parseSettings({ peers: 3, links: { loss: 0.1, jitterMs: 2 } })
    const reversed = Object.fromEntries(Object.entries(settings).reverse()) as unknown as CellSettings
    assert.equal(cellIdOf(reversed), id)
    // What a results file gives back.
    assert.equal(cellIdOf(JSON.parse(JSON.stringify(settings)) as CellSettings), id)
  })

  it('changes with every setting', () => {
    const changes: Record<keyof CellSettings, unknown> = {
      ...{ peers: 9, trainer: 'toy', data: 'idx:x', partition: 'iid', rule: 'mean', baseline: 'local' },
      ...{
        codec: 'int8',
        evaluateEvery: 2,
        target: 0.8,
        dimensions: 9,
        edges: 'a b',
        model: 'softmax',
        init: 'same',
      },
      ...{ topology: 'ring', mixing: 'age', catchUp: 0, schedule: 'never', mode: 'rounds', rounds: 41 },
      ...{ localSteps: 11, batch: 33, optimizer: { kind: 'sgd', learningRate: 0.2 }, seed: 2 },
      ...{ links: { loss: 0.1 }, partitions: [{ fromMs: 0, untilMs: 1, from: 0.5 }] },
      ...{ devices: { jitter: 0.1 }, churn: { rates: { leavesPerMinute: 1 } }, timeouts: { pullMs: 1 } },
    }
    const defaults = parseSettings({})
    assert.deepEqual(Object.keys(changes).sort(), Object.keys(defaults).sort())
    const ids = Object.entries(changes).map(([key, value]) => cellIdOf(parseSettings({ [key]: value })))
    assert.equal(new Set([cellIdOf(defaults), ...ids]).size, 1 + ids.length)
  })
})
