import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { worldSchema, type World } from '../harness/index.js'
import { createNetwork } from '../harness/world/links.js'

const networkOf = (links: NonNullable<Parameters<typeof worldSchema.parse>[0]> & object, seed = 1) => {
  const parsed: World['links'] = worldSchema.parse({ links }).links
  return createNetwork(parsed, 10, seed)
}
const DRAWS = 20_000
/** Five standard errors of a frequency. */
const nearFrequency = (count: number, p: number) =>
  assert.ok(Math.abs(count / DRAWS - p) <= 5 * Math.sqrt((p * (1 - p)) / DRAWS), `${count / DRAWS}, not ${p}`)

describe('a link', () => {
  for (const latencyMs of [[3, 90], { median: 20, sigma: 0.7 }] as const) {
    it(`has one delay for good, another in the other direction and on other links (${JSON.stringify(latencyMs)})`, () => {
      const network = networkOf({ latencyMs })
      const delay = (from: number, to: number) => network.send(from, to, 100, 0)[0]!
      const first = delay(1, 2)
      for (let i = 0; i < 10; i++) assert.equal(delay(1, 2), first)
      assert.notEqual(delay(2, 1), first)
      const all = new Set(
        [...Array(10).keys()].flatMap((from) => [...Array(10).keys()].map((to) => delay(from, to))),
      )
      assert.equal(all.size, 100)
      assert.notEqual(networkOf({ latencyMs }, 2).send(1, 2, 100, 0)[0], first)
    })
  }

  it('draws uniform delays over the whole range', () => {
    const network = networkOf({ latencyMs: [10, 20] })
    const delays: number[] = []
    for (let from = 0; from < 200; from++)
      for (let to = 0; to < 100; to++) delays.push(network.send(from, to, 1, 0)[0]!)
    assert.ok(Math.min(...delays) >= 10 && Math.max(...delays) <= 20)
    for (const quartile of [12.5, 15, 17.5]) {
      nearFrequency(delays.filter((delay) => delay < quartile).length, (quartile - 10) / 10)
    }
  })

  it('adds jitter to each message, uniform from 0 to its bound', () => {
    const network = networkOf({ latencyMs: 5, jitterMs: 8 })
    const delays = Array.from({ length: DRAWS }, () => network.send(0, 1, 1, 0)[0]!)
    assert.ok(Math.min(...delays) >= 5 && Math.max(...delays) < 13)
    nearFrequency(delays.filter((delay) => delay < 7).length, 0.25)
  })

  it('loses, duplicates and holds back as often as it says', () => {
    const network = networkOf({ latencyMs: 5, loss: 0.2, duplicate: 0.1, reorder: 0.3, reorderMs: 50 })
    const counts = { lost: 0, twice: 0, late: 0 }
    for (let i = 0; i < DRAWS; i++) {
      const arrivals = network.send(0, 1, 1, 0)
      if (arrivals.length === 0) counts.lost += 1
      if (arrivals.length === 2) counts.twice += 1
      if (arrivals.length > 0 && arrivals[0]! > 5) counts.late += 1
      for (const delay of arrivals) assert.ok(delay >= 5 && delay < 55)
    }
    nearFrequency(counts.lost, 0.2)
    // Of those that are not lost.
    nearFrequency(counts.twice, 0.8 * 0.1)
    nearFrequency(counts.late, 0.8 * 0.3)
  })

  it('makes the messages of one sender wait for each other on its uplink, and only these', () => {
    // 1 megabit a second is 125 bytes a millisecond.
    const network = networkOf({ latencyMs: 5, bandwidthMbps: 1 })
    const sent = (from: number, bytes: number, nowMs: number) => network.send(from, 9, bytes, nowMs)[0]
    assert.equal(sent(0, 1250, 0), 10 + 5)
    // Begins at 10 ms, when the first has left: 10 + 2 − 4 of waiting that is over.
    assert.equal(sent(0, 250, 4), 8 + 5)
    // The uplink is free again.
    assert.equal(sent(0, 125, 100), 1 + 5)
    assert.equal(sent(1, 125, 4), 1 + 5)
  })

  it('uses up bandwidth for what is lost, too', () => {
    const network = networkOf({ latencyMs: 0, bandwidthMbps: 1, loss: 1 })
    const lossless = networkOf({ latencyMs: 0, bandwidthMbps: 1 })
    assert.deepEqual([...network.send(0, 1, 1250, 0)], [])
    assert.deepEqual([...lossless.send(0, 1, 1250, 0)], [10])
  })
})
