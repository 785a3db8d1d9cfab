import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError } from '../../protocols/errors.js'
import { cellIdOf, parseSettings } from '../harness/cell/settings.js'
import type { CellRecord, RoundRecord } from '../harness/cell/records.js'
import { runCell } from '../harness/cell/run-cell.js'
import {
  CELLS_MAX,
  cellsOf,
  checkCells,
  MEASUREMENTS_MAX,
  varyingKeys,
  type Axis,
} from '../harness/sweep/index.js'
import { FAKE_CELL } from './fake-cell.js'

const axis = (option: string, key: string, ...values: readonly unknown[]): Axis => ({
  option,
  values: values.map((value) => ({ text: String(value), set: { [key]: value } })),
})

const refuses = (make: () => unknown, code: string, ...says: readonly (string | RegExp)[]): void =>
  assert.throws(make, (error) => {
    assert.ok(error instanceof ConfigError, String(error))
    assert.equal(error.code, code)
    for (const part of [...says, 'Nothing was started']) {
      assert.ok(
        typeof part === 'string' ? error.message.includes(part) : part.test(error.message),
        error.message,
      )
    }
    return true
  })

describe('a grid of cells', () => {
  it('takes every combination, the last option fastest', () => {
    const cells = cellsOf({
      axes: [axis('--rule', 'rule', 'mean', 'variance-corrected'), axis('--seed', 'seed', 1, 2, 3)],
    })
    assert.deepEqual(
      cells.map(({ settings: { rule, seed } }) => `${rule} ${seed}`),
      ['mean 1', 'mean 2', 'mean 3', 'variance-corrected 1', 'variance-corrected 2', 'variance-corrected 3'],
    )
  })
  it('is one cell of the defaults without options, with the id of its settings', () => {
    const [cell, ...others] = cellsOf({})
    assert.equal(others.length, 0)
    assert.deepEqual(cell!.settings, parseSettings({}))
    assert.equal(cell!.id, cellIdOf(parseSettings({})))
    assert.deepEqual(cell!.chosen, [])
  })
  it('remembers the texts of the options that take more than one value', () => {
    const cells = cellsOf({ axes: [axis('--peers', 'peers', 6), axis('--seed', 'seed', 4, 9)] })
    assert.deepEqual(
      cells.map(({ chosen }) => chosen),
      [[['--seed', '4']], [['--seed', '9']]],
    )
  })
  it('drops what is there already, and keeps the first', () => {
    const cells = cellsOf({ axes: [axis('--seed', 'seed', 5, 2, 5, 2)] })
    assert.deepEqual(
      cells.map(({ settings }) => settings.seed),
      [5, 2],
    )
  })
  it('lets options replace what the scenario says, down to a nested value', () => {
    const base = { rule: 'mean', seed: 7, links: { loss: 0.5, jitterMs: 3 } }
    const [cell] = cellsOf({ base, axes: [axis('--seed', 'seed', 8), axis('loss', 'links.loss', 0.25)] })
    const { rule, seed, links } = cell!.settings
    assert.deepEqual(
      { rule, seed, loss: links.loss, jitterMs: links.jitterMs },
      { rule: 'mean', seed: 8, loss: 0.25, jitterMs: 3 },
    )
    assert.deepEqual(base.links, { loss: 0.5, jitterMs: 3 })
  })
  it('completes an optimizer of which only a part is given', () => {
    const [cell] = cellsOf({ axes: [axis('--momentum', 'optimizer.momentum', 0.9)] })
    assert.deepEqual(cell!.settings.optimizer, { kind: 'sgd', learningRate: 0.1, momentum: 0.9 })
  })
  it('gives no momentum to adamw: two momenta are one cell of it', () => {
    const cells = cellsOf({
      axes: [
        axis('--optimizer', 'optimizer.kind', 'sgd', 'adamw'),
        axis('--momentum', 'optimizer.momentum', 0, 0.9),
      ],
    })
    assert.deepEqual(
      cells.map(({ settings: { optimizer } }) => [
        optimizer.kind,
        'momentum' in optimizer && optimizer.momentum,
      ]),
      [
        ['sgd', 0],
        ['sgd', 0.9],
        ['adamw', false],
      ],
    )
  })
  it('keeps the learning rate of the scenario where only the kind is replaced', () => {
    const base = { optimizer: { kind: 'adamw', learningRate: 0.02, beta1: 0.8 } }
    const [cell] = cellsOf({ base, axes: [axis('--optimizer', 'optimizer.kind', 'sgd')] })
    assert.deepEqual(cell!.settings.optimizer, { kind: 'sgd', learningRate: 0.02, momentum: 0.5 })
  })
  it('refuses more combinations than it takes, with the numbers', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => index)
    // 101 × 100 = 10,100 > 10,000
    assert.equal(CELLS_MAX, 10_000)
    refuses(
      () => cellsOf({ axes: [axis('--peers', 'peers', ...many(101)), axis('--seed', 'seed', ...many(100))] }),
      'BAD_VALUE',
      '10100 combinations',
      '--peers 101 × --seed 100',
      'at most 10000',
    )
  })
  it('refuses more measurements than it can hold', () => {
    const rounds = 2 * MEASUREMENTS_MAX + 1
    // 200,001 rounds, every second one measured and the last: 100,001
    refuses(
      () => cellsOf({ base: { rounds, evaluateEvery: 2 } }),
      'BAD_VALUE',
      '100001 measurements',
      'less often',
    )
    assert.equal(cellsOf({ base: { rounds, evaluateEvery: 3 } }).length, 1)
  })
  it('refuses what the settings refuse', () => {
    refuses(() => cellsOf({ base: { ruel: 'mean' } }), 'UNKNOWN_KEY', 'Did you mean rule?')
    refuses(() => cellsOf({ base: { schedule: 'evry:1' } }), 'BAD_VALUE', 'Did you mean every?')
  })
  it('refuses a topology as the topologies do', () => {
    for (const [spec, code] of [
      ['regulr:4', 'UNKNOWN_TOPOLOGY'],
      ['regular', 'IMPOSSIBLE'],
    ] as const) {
      assert.throws(() => cellsOf({ axes: [axis('--topology', 'topology', 'ring', spec)] }), {
        name: 'TopologyError',
        code,
        message: /regular/,
      })
    }
  })
})

describe('settings that make no difference', () => {
  const GOSSIP = [
    axis('--topology', 'topology', 'ring', 'full'),
    axis('--rule', 'rule', 'mean', 'variance-corrected'),
    axis('--mixing', 'mixing', 'uniform', 'metropolis-hastings'),
    axis('--schedule', 'schedule', 'every:1', 'every:2'),
    axis('--mode', 'mode', 'async', 'rounds'),
    axis('--catch-up', 'catchUp', 0, 0.5),
  ]
  for (const baseline of ['fedavg', 'allreduce', 'local', 'centralised']) {
    it(`are those of gossip for ${baseline}: one cell, whatever they are`, () => {
      assert.equal(cellsOf({ base: { baseline }, axes: GOSSIP }).length, 1)
    })
    it(`are not the others for ${baseline}`, () => {
      const others = [
        axis('--peers', 'peers', 3, 9),
        axis('--rounds', 'rounds', 3, 5),
        axis('--lr', 'optimizer.learningRate', 0.1, 0.2),
      ]
      assert.equal(cellsOf({ base: { baseline }, axes: others }).length, 8)
    })
  }
  it('are few for gossip: only catching up in lock step', () => {
    // 2 topologies × 2 rules × 2 mixings × 2 schedules × (async with 2 fractions, rounds) = 16 × 3
    assert.equal(cellsOf({ axes: GOSSIP }).length, 48)
  })
  it('are those of gossip where nothing is mixed', () => {
    const [topology, , ...others] = GOSSIP
    assert.equal(cellsOf({ base: { rule: 'none' }, axes: [topology!, ...others] }).length, 1)
  })
  const NETWORK = [
    axis('loss', 'links.loss', 0, 0.1),
    axis('latency', 'links.latencyMs', 2, 30),
    axis('pull', 'timeouts.pullMs', 100, 1000),
    axis('member', 'timeouts.memberMs', 7, 2000),
  ]
  const cuts = axis('cuts', 'partitions', [], [{ fromMs: 5, untilMs: 80, from: ['p00'] }])
  for (const silent of [{ baseline: 'local' }, { baseline: 'centralised' }, { rule: 'none' }]) {
    it(`are links and timeouts where nothing is sent: ${Object.values(silent).join()}`, () => {
      const [cell, ...others] = cellsOf({ base: { ...silent, links: { jitterMs: 9 } }, axes: NETWORK })
      assert.equal(others.length, 0)
      // Nested ones as a whole.
      assert.deepEqual(cell!.settings.links, parseSettings({}).links)
      assert.deepEqual(cell!.settings.timeouts, parseSettings({}).timeouts)
    })
  }
  it('are not links and timeouts where models are sent', () => {
    for (const sending of [{}, { baseline: 'fedavg' }, { baseline: 'allreduce', rule: 'none' }])
      assert.equal(cellsOf({ base: sending, axes: NETWORK }).length, 16)
  })
  it('are partitions where each learns for itself, and nowhere else', () => {
    for (const alone of [{ baseline: 'local' }, { rule: 'none' }])
      assert.equal(cellsOf({ base: alone, axes: [cuts] }).length, 1)
    // All in one place is told that it cannot have them.
    for (const other of [{}, { baseline: 'fedavg' }, { baseline: 'centralised' }])
      assert.equal(cellsOf({ base: other, axes: [cuts] }).length, 2)
  })
  it('are refused all the same when they name a peer that is not there', () => {
    const partitions = [{ fromMs: 5, untilMs: 80, from: ['p08'] }]
    refuses(() => cellsOf({ base: { baseline: 'local', partitions } }), 'BAD_VALUE', '"p08"')
  })
  it('leave the records of a cell as they are', async () => {
    const events = [
      { atMs: 15, peer: 'p01', does: 'crash' },
      { atMs: 20, peer: 'p02', does: 'leave' },
      { atMs: 35, peer: 'p03', does: 'join' },
      { atMs: 90, peer: 'p01', does: 'restart' },
    ]
    const churn = { events, rates: { crashesPerMinute: 300, awayMs: 20 } }
    const coming = { rounds: 6, localSteps: 2, devices: { jitter: 0.5 }, churn }
    const network = {
      links: { loss: 0.4, latencyMs: 90, duplicate: 0.5 },
      timeouts: { pullMs: 3, memberMs: 7 },
    }
    const partitions = [{ fromMs: 5, untilMs: 80, from: ['p00'] }]
    const recordsOf = async (base: Record<string, unknown>) => {
      const records: RoundRecord[] = []
      const settings = parseSettings({ peers: 5, trainer: 'toy', seed: 3, ...base })
      const onRecord = (record: CellRecord | RoundRecord): void => {
        if (record.type === 'round') records.push({ ...record, cell: '' })
      }
      const { bytesSentPerPeer, virtualMs } = await runCell(settings, { threads: 0, onRecord })
      return { records, bytesSentPerPeer, virtualMs }
    }
    for (const [silent, changed] of [
      [
        { baseline: 'local', ...coming },
        { ...network, partitions },
      ],
      [
        { rule: 'none', ...coming },
        { ...network, partitions },
      ],
      [{ baseline: 'centralised', rounds: 3 }, network],
    ] as const) {
      const usual = await recordsOf(silent)
      assert.equal(usual.bytesSentPerPeer, 0)
      assert.ok(usual.records.length > 1)
      assert.deepEqual(await recordsOf({ ...silent, ...changed }), usual)
    }
    const gossip = { ...coming, topology: 'full', rule: 'mean' }
    assert.notDeepEqual(await recordsOf({ ...gossip, ...network }), await recordsOf(gossip))
  })
  it('compares baselines with gossip in one grid without repeating them', () => {
    const cells = cellsOf({
      axes: [
        axis('--baseline', 'baseline', 'none', 'fedavg', 'local'),
        axis('--rule', 'rule', 'mean', 'variance-corrected'),
      ],
    })
    assert.deepEqual(
      cells.map(({ settings: { baseline, rule } }) => `${baseline} ${rule}`),
      ['none mean', 'none variance-corrected', 'fedavg none', 'local none'],
    )
  })
  it('are model and data for the toy, and the dimensions for the real trainer', () => {
    const axes = [axis('--model', 'model', 'cnn', 'softmax'), axis('dimensions', 'dimensions', 2, 3)]
    assert.equal(cellsOf({ base: { trainer: 'toy' }, axes }).length, 2)
    assert.equal(cellsOf({ base: { trainer: 'real' }, axes }).length, 2)
  })
  it('are an edge list that no topology asks for', () => {
    const base = { topology: 'edges:a.txt', edges: 'p00 p01' }
    const [own, replaced] = cellsOf({ base, axes: [axis('--topology', 'topology', 'edges:a.txt', 'ring')] })
    assert.equal(own!.settings.edges, 'p00 p01')
    assert.equal(replaced!.settings.edges, null)
  })
  it('do not count as settings that vary', () => {
    const cells = cellsOf({
      axes: [
        axis('--baseline', 'baseline', 'none', 'fedavg'),
        axis('--topology', 'topology', 'ring'),
        axis('--seed', 'seed', 1, 2),
      ],
    })
    assert.notEqual(cells[0]!.settings.topology, cells[2]!.settings.topology)
    assert.deepEqual(varyingKeys(cells), ['baseline', 'seed'])
  })
})

describe('checking the cells', () => {
  it('names the options of the one that cannot be run', async () => {
    const cells = cellsOf({
      axes: [axis('--data', 'data', 'digits', 'idx:impossible'), axis('--rule', 'rule', 'mean')],
    })
    await assert.rejects(checkCells(cells, { cellModule: FAKE_CELL }), {
      code: 'BAD_VALUE',
      message: 'with --data idx:impossible: data: idx:impossible. Nothing was started.',
    })
  })
  it('stops with the signal', async () => {
    const reason = new Error('enough')
    await assert.rejects(
      checkCells(cellsOf({}), { cellModule: FAKE_CELL, signal: AbortSignal.abort(reason) }),
      reason,
    )
  })
})
