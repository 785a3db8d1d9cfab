import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isMurmurationError } from '../../protocols/errors.js'
import { checkCell, runCell } from '../harness/cell/run-cell.js'
import { parseSettings } from '../harness/cell/settings.js'
import { tinyData } from './tiny-data.js'

type Input = Readonly<Record<string, unknown>>
const check = (input: Input) => checkCell(parseSettings({ trainer: 'toy', ...input }))

const tiny = tinyData()
const real = (input: Input) => ({
  ...{ trainer: 'real', data: tiny, partition: 'iid', model: 'softmax', ...input },
})

/** That a cell is refused with this code, and that it says so before its first record when it is run nevertheless. */
const refuses = async (input: Input, code: string, message: RegExp) => {
  const settings = parseSettings({ trainer: 'toy', ...input })
  const isExpected = (error: unknown): true => {
    assert.ok(isMurmurationError(error), String(error))
    assert.equal(error.code, code)
    assert.match(error.message, message)
    return true
  }
  await assert.rejects(checkCell(settings), isExpected)
  const run = runCell(settings, { threads: 0, onRecord: () => assert.fail('something was started') })
  await assert.rejects(run, isExpected)
}
const edges = (...lines: string[]) => ({ topology: 'edges:office', edges: lines.join('\n'), peers: 4 })

describe('a cell whose peers cannot be joined', () => {
  it('is refused for a topology that its number does not allow', async () => {
    await refuses({ peers: 4, topology: 'regular:4' }, 'IMPOSSIBLE', /4 members have only 3 others/)
    await refuses({ peers: 5, topology: 'regular:3' }, 'IMPOSSIBLE', /5 × 3 is odd/)
    await refuses({ peers: 6, topology: 'regular:1' }, 'DISCONNECTED', /Use regular:2/)
  })
  it('is refused for an edge list that leaves somebody out', async () => {
    await refuses(edges('0 1', '2 3'), 'DISCONNECTED', /office/)
    await refuses(edges('0 1', '1 2'), 'DISCONNECTED', /office/)
    await check(edges('0 1', '1 2', '2 3'))
  })
  it('is refused for an edge list with a line that means nothing', async () => {
    await refuses(edges('0 1', '1 2', '2 2', '2 3'), 'BAD_EDGE_LIST', /line 3: "2" is joined to itself/)
    await refuses(edges('0 1', '1 2', 'p03 3', '2 3'), 'BAD_EDGE_LIST', /line 3: both words are the same/)
    await refuses(edges('0 1', '1 2', '2 9'), 'UNKNOWN_MEMBER', /line 3: "9"/)
  })
  it('takes the text of an edge list for an edge list only', async () => {
    await check({ ...edges('0 1'), topology: 'ring' })
  })
  it('is not refused where nobody talks', async () => {
    for (const alone of [{ baseline: 'local' }, { rule: 'none' }])
      await check({ peers: 4, topology: 'regular:4', ...alone })
    await check({ peers: 4, topology: 'regular:4', baseline: 'fedavg' })
  })
})

describe('a cell whose scenario does not fit its peers', () => {
  const event = (peer: string) => ({ churn: { events: [{ atMs: 5, peer, does: 'crash' }] } })
  const cut = (peer: string) => ({ partitions: [{ fromMs: 0, untilMs: 9, from: [peer] }] })

  it('is refused for churn and partitions of peers that are not there', async () => {
    await refuses({ peers: 4, ...event('p04') }, 'BAD_VALUE', /"p04", but the peers are p00 to p03/)
    await refuses({ peers: 4, ...cut('p04') }, 'BAD_VALUE', /"p04", but the peers are p00 to p03/)
    await check({ peers: 4, ...event('p03'), ...cut('p03') })
  })
  it('is refused for churn and partitions with a baseline that needs everyone', async () => {
    for (const baseline of ['fedavg', 'allreduce', 'centralised']) {
      const still = new RegExp(`baseline ${baseline} needs everyone`)
      await refuses({ baseline, ...event('p01') }, 'BAD_VALUE', still)
      await refuses({ baseline, ...cut('p01') }, 'BAD_VALUE', still)
      await refuses({ baseline, churn: { rates: { leavesPerMinute: 1 } } }, 'BAD_VALUE', still)
      await check({ baseline, links: { loss: 0.1 } })
    }
  })
  it('is not refused for churn and partitions where each learns for itself', async () => {
    for (const alone of [{ baseline: 'local' }, { rule: 'none' }])
      await check({ ...alone, ...event('p01'), ...cut('p01') })
  })
})

describe('a cell whose data or model are not to be had', () => {
  it('is refused for data, partitions and models that are not known', async () => {
    await refuses(real({ data: 'mnist' }), 'UNKNOWN_SOURCE', /'mnist'/)
    await refuses(real({ data: `${tiny}/nowhere` }), 'NOT_FOUND', /nowhere/)
    await refuses(real({ partition: 'dirichlet:0' }), 'BAD_PARTITION', /dirichlet/)
    await refuses(real({ partition: 'dirichlet:-1' }), 'BAD_PARTITION', /dirichlet/)
    await refuses(real({ partition: 'idd' }), 'BAD_PARTITION', /iid/)
    await refuses(real({ model: 'sofmax' }), 'UNKNOWN_MODEL', /Did you mean softmax/)
    await refuses(real({ model: 'mlp:0' }), 'BAD_MODEL', /mlp/)
    await check(real({}))
  })
  it('is refused for more peers than examples', async () => {
    await refuses(real({ peers: 121 }), 'TOO_FEW_EXAMPLES', /120 examples cannot be shared by 121 peers/)
    await check(real({ peers: 120 }))
  })
  it('is refused for its topology before any data are read', async () => {
    await refuses(
      { ...real({ data: 'mnist' }), peers: 4, topology: 'regular:4' },
      'IMPOSSIBLE',
      /4 members have only 3/,
    )
  })
})
