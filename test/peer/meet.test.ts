import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PulledModel } from '../../node/network/index.js'
import { meet, type MeetDeps } from '../../node/peer/meet.js'
import type { RollCall } from '../../node/peer/roll-call.js'
import type { Head } from '../../protocols/wire/index.js'
import { headOfRound as head } from './head-of-round.js'

/** Ann came early, and the address leads to Bob, who is in round 7. Everything that happens, in order. */
const setUp = ({ pull, ...overrides }: Partial<MeetDeps['network'] & Pick<MeetDeps, 'pull'>> = {}) => {
  const happened: string[] = []
  const stopping = new AbortController()
  const rollCall = {
    members: ['ann', 'self'],
    records: [{ id: 'ann', name: 'Ann', addresses: [] }],
    headOf: (id: string) => (id === 'ann' ? head(3) : undefined),
    heardHead: (from: string, { round }: Head) => happened.push(`${from} is in round ${round}`),
    announce: () => happened.push('announced'),
  } as unknown as RollCall
  const meeting = () =>
    meet({
      network: {
        dial: (address) => {
          happened.push(`dialled ${address}`)
          return Promise.resolve('bob')
        },
        ...overrides,
      },
      pull: pull ?? (() => Promise.resolve({ head: head(7) } as unknown as PulledModel)),
      rollCall,
      learner: {
        dispatch: (event) => happened.push(event.type === 'head' ? `head of ${event.from}` : event.type),
      },
      dial: ['/bob'],
      signal: stopping.signal,
      onReport: (report) => {
        if (report.type === 'member') happened.push(`${report.name} ${report.change}`)
      },
    })
  return { meeting, happened, stopping }
}

describe('meeting the others', () => {
  it('takes up those who came before, then hears how far the dialled are, then announces itself', async () => {
    const { meeting, happened } = setUp()
    await meeting()
    assert.deepEqual(happened, [
      'Ann joined',
      'members',
      'head of ann',
      'dialled /bob',
      'bob is in round 7',
      'announced',
    ])
  })

  it('goes on when a member has no snapshot to show', async () => {
    const { meeting, happened } = setUp({ pull: () => Promise.reject(new Error('broken')) })
    await meeting()
    assert.deepEqual(happened.slice(-2), ['dialled /bob', 'announced'])
  })

  it('fails when a member cannot be reached, and does not announce itself', async () => {
    const { meeting, happened } = setUp({ dial: () => Promise.reject(new Error('unreachable')) })
    await assert.rejects(meeting(), /unreachable/)
    assert.ok(!happened.includes('announced'))
  })

  it('does not announce itself once it was called off', async () => {
    const called = new Error('called off')
    const { meeting, happened, stopping } = setUp({
      pull: () => {
        stopping.abort(called)
        return Promise.reject(called)
      },
    })
    await assert.rejects(meeting(), called)
    assert.ok(!happened.includes('announced'))
  })
})
