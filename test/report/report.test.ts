import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { SimulationRecord } from '../harness/cell/records.js'
import { renderReport, writeReport } from '../harness/report/index.js'
import { inTemporaryFolder } from '../store/temporary-folder.js'
import { cellRecords } from './synthetic.js'

const rising = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    localAccuracyMean: (index + 1) / (count + 1),
    varianceRatio: { 'dense/kernel': 1 + index / count, head: 0.5 },
  }))
/** Drawings with data, and boxes that stand where there is nothing to draw. */
const countsOf = (html: string) => ({
  drawn: html.match(/<svg role="img"/g)?.length ?? 0,
  empty: html.match(/class="empty"/g)?.length ?? 0,
})
const sweep = (): SimulationRecord[][] =>
  ['ring', 'full'].flatMap((topology) =>
    [1, 2].map((seed) =>
      cellRecords({ settings: { topology, seed }, rounds: rising(5), labelCounts: [[3, 0, 1]] }),
    ),
  )

describe('a report', () => {
  it('is one page that loads nothing and runs nothing', async () => {
    const html = await renderReport(sweep().flat(), { command: 'murmur simulate --seeds 1,2' })
    assert.match(html, /^<!doctype html>/)
    assert.match(html, /default-src 'none'/)
    assert.doesNotMatch(html, /https?:|<script|<link|<img|<iframe|@import|url\(|\ssrc=|\son\w+=/i)
    assert.match(html, /<code>murmur simulate --seeds 1,2<\/code>/)
  })

  it('draws accuracy three times for both models, the distance, each layer and each map of labels once', async () => {
    const html = await renderReport(sweep().flat())
    // 3 + 3 + 1, two layers, and two seeds with the same partition in both topologies.
    assert.deepEqual(countsOf(html), { drawn: 3 + 3 + 1 + 2 + 2, empty: 0 })
    assert.equal(html.match(/<figcaption>dirichlet:0.5, 1 peer, seed 1</g)?.length, 1)
  })

  it('draws all data in one place as that, beside the parts of those who have the same settings', async () => {
    const html = await renderReport([
      ...cellRecords({ settings: { baseline: 'centralised' }, labelCounts: [[4, 4]] }),
      ...cellRecords({
        settings: { baseline: 'local' },
        labelCounts: [
          [3, 1],
          [1, 3],
        ],
      }),
    ])
    const captions = [...html.matchAll(/<figcaption>([^<]*, seed 1)</g)].map(([, caption]) => caption)
    assert.deepEqual(captions, ['all together, 1 peer, seed 1', 'dirichlet:0.5, 2 peers, seed 1'])
  })

  it('is the same text for the same records, in whatever order the cells ended', async () => {
    const cells = sweep()
    const once = await renderReport(cells.flat())
    assert.equal(await renderReport(cells.flat()), once)
    assert.equal(await renderReport([...cells].reverse().flat()), once)
  })

  it('escapes every text that a record or the command brings', async () => {
    const evil = `"><script>alert('1')</script><b title='`
    const settings = { data: `idx:${evil}`, churn: { events: [{ atMs: 1, peer: evil, does: 'crash' }] } }
    const html = await renderReport(
      [
        ...cellRecords({ settings, rounds: [{ varianceRatio: { [evil]: 1 } }], labelCounts: [[1]] }),
        ...cellRecords({ settings: { data: 'digits', partition: evil }, labelCounts: [[1]] }),
        ...cellRecords({ settings: { seed: 9 }, failure: { code: evil, message: `${evil}\u0007` } }),
        { type: 'failure', cell: evil, code: 'X', message: 'x' },
      ],
      { command: evil },
    )
    assert.doesNotMatch(html, /<script|<b title|alert\('1/)
    assert.doesNotMatch(html, /\u0007/)
    assert.match(html, /&quot;&gt;&lt;script&gt;alert\(&#39;1&#39;\)/)
    // The page's own policy and style are all that is quoted or styled by us.
    assert.equal(html.match(/<style/g)?.length, 1)
  })

  it('draws a band only where there is more than one seed', async () => {
    const bands = (html: string): number => html.match(/<path[^>]*opacity="0\.16"/g)?.length ?? 0
    const cells = sweep()
    // Two seeds of one topology: a band in each of the 3 + 3 + 1 charts and the two layers.
    assert.equal(bands(await renderReport([...cells[0]!, ...cells[1]!])), 9)
    assert.equal(bands(await renderReport(cells[0]!)), 0)
  })

  it('draws a distance of 0 on the lower edge of the log scale', async () => {
    const html = await renderReport(
      cellRecords({ rounds: [{ consensusDistance: 0 }, { consensusDistance: 4 }] }),
    )
    // Round 1 of 2 is half of 320 pixels to the right; the lower edge is 200 pixels down.
    assert.match(html, /d="M160,200L320,[\d.]+"/)
    assert.doesNotMatch(html, /NaN|Infinity/)
  })

  it('writes the small values of a log scale as they are', async () => {
    const html = await renderReport(
      cellRecords({ rounds: [{ consensusDistance: 0.001 }, { consensusDistance: 0.1 }] }),
    )
    const labels = [...html.matchAll(/<text text-anchor="end"[^>]*>([^<]*)</g)].map(([, label]) => label)
    // From 0.001 to 0.1, one label on each of 1, 2, 5 × 10^n.
    const expected = ['0.001', '0.002', '0.005', '0.01', '0.02', '0.05', '0.1']
    assert.deepEqual(
      labels.filter((label) => expected.includes(label!)),
      expected,
    )
  })

  it('has no label between two rounds', async () => {
    const html = await renderReport(cellRecords({ rounds: [{}, {}] }))
    const distance = html.slice(html.indexOf('<section aria-labelledby="consensus"'))
    // Labels below the axis stand 15 pixels under it.
    const labels = [...distance.matchAll(/translate\([\d.]+,15\)[^>]*>([^<]*)</g)].map(([, label]) => label)
    assert.deepEqual(labels.slice(0, 3), ['0', '1', '2'])
  })

  it('says so where a log scale has nothing to show', async () => {
    const html = await renderReport(cellRecords({ rounds: [{ consensusDistance: 0 }] }))
    assert.match(html, /All values are 0, which a log scale cannot show/)
  })

  it('says who sends nothing instead of drawing it against bytes', async () => {
    const silent = cellRecords({ settings: { baseline: 'local' }, rounds: [{ bytesSentPerPeer: 0 }] })
    const html = await renderReport([...silent, ...cellRecords()])
    assert.match(html, /Sends nothing, so not shown: baseline local\./)
    assert.match(await renderReport(silent), /No group sends anything/)
  })

  it('stays small: 12 cells of 60 rounds are less than a megabyte', async () => {
    const records = ['ring', 'full', 'regular:4', 'exponential'].flatMap((topology) =>
      [1, 2, 3].flatMap((seed) => {
        const labelCounts = Array.from({ length: 64 }, () => new Array<number>(10).fill(5))
        return cellRecords({ settings: { topology, seed, peers: 64 }, rounds: rising(60), labelCounts })
      }),
    )
    const { length } = await renderReport(records)
    assert.ok(length < 1_000_000, `${length} characters`)
  })
})

describe('a report about little', () => {
  it('says that there are no records', async () => {
    const html = await renderReport([])
    assert.match(html, /There are no records to report/)
    assert.deepEqual(countsOf(html), { drawn: 0, empty: 0 })
  })

  it('draws a single round as shapes', async () => {
    const html = await renderReport(cellRecords({ rounds: [{}] }))
    assert.deepEqual(countsOf(html), { drawn: 8, empty: 0 })
    assert.doesNotMatch(html, /NaN|Infinity|undefined/)
    assert.match(html, /1 cell, seed 1/)
  })

  it('lists failures when there is nothing else', async () => {
    const failure = { code: 'DISCONNECTED', message: 'two islands.' }
    const html = await renderReport([
      ...cellRecords({ rounds: [], failure }),
      { type: 'failure', cell: 'c7', code: 'BAD_VALUE', message: 'peers: too few.' },
    ])
    assert.match(html, /<a href="#failures">2 failed<\/a>/)
    assert.match(html, /DISCONNECTED<\/code><\/td><td>two islands\./)
    assert.match(html, /cell c7/)
    assert.deepEqual(countsOf(html), { drawn: 0, empty: 0 })
  })

  it('explains the accuracy of toys and has no map of their labels', async () => {
    const html = await renderReport(cellRecords({ settings: { trainer: 'toy' }, labelCounts: null }))
    assert.match(html, /1 − the distance to the optimum/)
    assert.doesNotMatch(html, /Who trains on what/)
  })

  it('shows the first 64 of more peers and says so', async () => {
    const labelCounts = Array.from({ length: 100 }, () => [1, 2])
    const html = await renderReport(cellRecords({ settings: { peers: 100 }, labelCounts }))
    assert.match(html, /Shown: the first 64 of 100 peers\./)
  })

  it('goes on when a model diverged', async () => {
    const values = { localAccuracyMean: NaN, consensusDistance: Infinity, varianceRatio: { dense: NaN } }
    const html = await renderReport(cellRecords({ rounds: [values], result: values }))
    assert.match(html, /Nothing was measured/)
    assert.doesNotMatch(html, /NaN|Infinity/)
  })
})

describe('writing a report', () => {
  it('writes index.html into a folder that it makes', () =>
    inTemporaryFolder(async (folder) => {
      const records = cellRecords()
      const path = await writeReport({ records, dir: join(folder, 'a', 'b'), command: 'murmur simulate' })
      assert.equal(path, join(folder, 'a', 'b', 'index.html'))
      const text = await readFile(path, 'utf8')
      assert.equal(text, await renderReport(records, { command: 'murmur simulate' }))
    }))
})
