import assert from 'node:assert/strict'
import type { Mass, RunningSum } from '../../protocols/final-merge/push-sum/index.js'
import type { PushSumObserver } from '../harness/swarm/push-sum-scenario.js'

/**
 * Books on the mass of a network, kept from what happens to the vectors and not from what the machines believe: what
 * was given to each reader in each segment, and what it has absorbed of that.
 */
export interface Ledger {
  readonly observer: PushSumObserver
  /** Given from one peer to another and not absorbed yet, over all edges between the peers of which this is true. */
  inTransit(among?: (from: string, to: string) => boolean): MassVector
}

/** A weighted sum of models, and the weight as its last element. */
export type MassVector = readonly number[]

interface Account {
  readonly from: string
  readonly to: string
  given: RunningSum
  absorbed?: RunningSum
}

export const createLedger = (): Ledger => {
  const accounts = new Map<string, Account>()
  const keyOf = (from: string, to: string, segment: number): string => `${from} ${to} ${segment}`

  /** Settled accounts of earlier segments only take time to add up. */
  const closeSettled = (from: string, to: string): void => {
    for (const [key, account] of accounts) {
      if (account.from === from && account.to === to && account.given.sum === account.absorbed?.sum)
        accounts.delete(key)
    }
  }

  return {
    observer: {
      gave(from, { segment, readers, sum }) {
        for (const to of readers) {
          const account = accounts.get(keyOf(from, to, segment))
          if (account) {
            account.given = sum
            continue
          }
          closeSettled(from, to)
          accounts.set(keyOf(from, to, segment), { from, to, given: sum })
        }
      },
      absorbed(to, { from, segment, sum }) {
        const account = accounts.get(keyOf(from, to, segment))
        // Mass that was never given is mass made from nothing.
        assert.ok(account, `${to} absorbs segment ${segment} of ${from}, which was not meant for it`)
        account.absorbed = sum
      },
    },
    inTransit: (among = () => true) =>
      totalOf([...accounts.values()].filter(({ from, to }) => among(from, to)).map(outstanding)),
  }
}

export const vectorOf = ({ sum, weight }: Mass): MassVector => [...sum, weight]

export const totalOf = (all: readonly MassVector[]): MassVector =>
  all.reduce<number[]>((sum, vector) => {
    vector.forEach((value, i) => (sum[i] = (sum[i] ?? 0) + value))
    return sum
  }, [])

const outstanding = ({ given, absorbed }: Account): MassVector => [
  ...Array.from(given.sum, (value, i) => value - (absorbed?.sum[i] ?? 0)),
  given.weight - (absorbed?.weight ?? 0),
]

/** @param relative largest difference allowed, to the largest element expected. */
export const assertSameMass = (
  actual: MassVector,
  expected: MassVector,
  relative: number,
  where: string,
): void => {
  const scale = Math.max(...expected.map(Math.abs))
  const off = Math.max(...expected.map((value, i) => Math.abs((actual[i] ?? 0) - value)))
  assert.ok(off <= relative * scale, `${where}: mass is off by ${off / scale}`)
}
