import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { measure, roundsToHalve } from '../../node/cli/topology/figures.js'
import { kindLines } from '../../node/cli/topology/kinds.js'
import { createTopology, memberNames, topologyUsages } from '../../protocols/topology/index.js'
import { readTextFile } from '../../node/store/index.js'
import { moduleArguments } from '../module-process.js'
import type { Outcome } from './batch.js'
import { describeMistakes, type Mistake } from './mistakes.js'

const SVG = '--svg drawn.svg'

const mistakes: readonly Mistake<string>[] = [
  {
    title: 'names the nearest topology',
    command: `topology rign ${SVG}`,
    exitCode: 6,
    code: 'UNKNOWN_TOPOLOGY',
    says: ['"rign"', 'Did you mean ring?', 'also edges:FILE'],
  },
  {
    title: 'suggests nothing where no name is near',
    command: `topology xyzzy ${SVG}`,
    exitCode: 6,
    code: 'UNKNOWN_TOPOLOGY',
    says: ['"xyzzy"', 'Known: ring, torus', /^(?![^]*Did you mean)/],
  },
  {
    title: 'refuses more neighbours than there are peers, with the numbers, and draws nothing',
    command: `topology regular:9 --peers 8 ${SVG}`,
    exitCode: 6,
    code: 'IMPOSSIBLE',
    says: ['9 neighbours', '8 members'],
  },
  {
    title: 'fails for a graph in pieces, and draws nothing',
    command: `topology erdos-renyi:0 --peers 8 ${SVG}`,
    exitCode: 6,
    code: 'DISCONNECTED',
    says: ['8 components'],
  },
  {
    title: 'fails when one of several cannot be used',
    command: 'topology ring regular:9 --peers 8',
    exitCode: 6,
    code: 'IMPOSSIBLE',
    says: ['regular:9'],
  },
  {
    title: 'refuses no peers',
    command: 'topology ring --peers 0',
    exitCode: 2,
    code: 'USAGE',
    says: ['--peers <N>', "'0'", 'from 1 to 10000'],
  },
  {
    title: 'draws one topology at a time',
    command: `topology ring torus ${SVG}`,
    exitCode: 2,
    code: 'USAGE',
    says: ['--svg', 'not 2'],
  },
  {
    title: 'draws no more than can be seen',
    // 1000 · 999 / 2 edges.
    command: `topology full --peers 1000 ${SVG}`,
    exitCode: 2,
    code: 'USAGE',
    says: ['499500 edges', 'fewer peers'],
  },
  {
    title: 'refuses to draw where nothing can be made',
    command: 'topology ring --svg /dev/null/deep/drawn.svg',
    exitCode: 41,
    code: 'NOT_WRITABLE',
    says: ['cannot write', '/dev/null is no folder', 'Choose another path'],
  },
  {
    title: 'refuses to draw over a folder',
    command: (folder) => `topology ring --svg ${folder}`,
    exitCode: 41,
    code: 'NOT_WRITABLE',
    says: ['it is a folder, and a file is needed', 'Name a file in it'],
  },
  {
    title: 'refuses to draw what has the name of a folder',
    command: 'topology ring --svg drawings/',
    exitCode: 41,
    code: 'NOT_WRITABLE',
    says: ['drawings/', 'Name a file in it'],
  },
  {
    title: 'leaves no folder behind for what it does not draw',
    command: 'topology regular:9 --peers 8 --svg made/drawn.svg',
    exitCode: 6,
    code: 'IMPOSSIBLE',
    says: ['9 neighbours'],
  },
  {
    title: 'names the nearest model',
    command: 'topology ring --model mpl:128',
    exitCode: 52,
    code: 'UNKNOWN_MODEL',
    says: ['Did you mean mlp'],
  },
  {
    title: 'names an edge list that is not there',
    command: (folder) => `topology edges:${folder}/nowhere.txt ${SVG}`,
    exitCode: 5,
    code: 'UNREADABLE',
    says: ['cannot read the edge list', 'nowhere.txt: there is no such file', 'Check the path'],
  },
  {
    title: 'says that the file of an edge list is a folder',
    command: (folder) => `topology edges:${folder}`,
    exitCode: 5,
    code: 'UNREADABLE',
    says: ['cannot read the edge list', 'it is a folder, and a file is needed'],
  },
  ...['edges:', 'edges'].map((name): Mistake<string> => ({
    title: `asks for the file of ${name}`,
    command: `topology ${name}`,
    exitCode: 6,
    code: 'BAD_EDGE_LIST',
    says: [`"${name}"`, 'edges:graph.txt'],
  })),
  {
    title: 'names the line of an edge from a peer to itself',
    command: (folder) => `topology edges:${folder}/self.txt --peers 3 ${SVG}`,
    exitCode: 6,
    code: 'BAD_EDGE_LIST',
    says: ['self.txt', 'line 2'],
  },
  {
    title: 'names the line of a peer that is not there',
    command: (folder) => `topology edges:${folder}/foreign.txt --peers 3 ${SVG}`,
    exitCode: 6,
    code: 'UNKNOWN_MEMBER',
    says: ['foreign.txt', 'line 2', '"p07"'],
  },
  {
    title: 'fails for an edge list in pieces',
    command: (folder) => `topology edges:${folder}/path.txt --peers 5 ${SVG}`,
    exitCode: 6,
    code: 'DISCONNECTED',
    // p00 – p01 – p02, p03 alone, p04 alone.
    says: ['path.txt', '3 components'],
  },
]

describeMistakes('a topology that cannot be shown', mistakes, async (folder) => {
  await writeFile(join(folder, 'self.txt'), 'p00 p01\np01 p01\n')
  await writeFile(join(folder, 'foreign.txt'), 'p00 p01\np01 p07\n')
  await writeFile(join(folder, 'path.txt'), 'p00 p01\np01 p02\n')
  return folder
})

describe('murmur topology', () => {
  let folder: string
  let outcomes: readonly Outcome[]
  const lines = (index: number): Record<string, unknown>[] =>
    outcomes[index]!.stdout.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'murmur-topology-'))
    await writeFile(join(folder, 'path.txt'), '# a path\np00 p01\n1 2\n\np01 p00\n')
    const commands = [
      'topology --json',
      'topology ring full --peers 4 --model softmax --json',
      'topology edges:path.txt --peers 3 --json',
      'topology ring erdos-renyi:0 --peers 8 --json',
      'topology scale-free:2 --peers 60 --seed 7 --svg one.svg --json',
      'topology scale-free:2 --peers 60 --seed 7 --svg two.svg',
      'topology one-peer-exponential --peers 8 --svg made/rounds.svg --json',
    ].map((text) => ({ folder, args: text.split(' ') }))
    await writeFile(join(folder, 'commands.json'), JSON.stringify(commands))
    const batch = moduleArguments(new URL('./batch.js', import.meta.url))
    const args = [...batch, join(folder, 'commands.json')]
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 })
    outcomes = JSON.parse(stdout) as Outcome[]
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('lists every kind, each with a line, when no name is given', () => {
    const { stderr, exitCode } = outcomes[0]!
    assert.equal(exitCode, 0)
    for (const usage of [...topologyUsages, 'edges:FILE']) assert.ok(stderr.includes(`${usage} `), usage)
    for (const { usage, summary } of kindLines) assert.notEqual(summary, '', usage)
    assert.deepEqual(lines(0), [{ type: 'result', kinds: kindLines }])
  })

  it('gives each topology a row and a result', () => {
    const [ring, full] = lines(1)
    // Ring of 4 with shares of a third: eigenvalues (1 + 2·cos(2πk/4))/3 = 1, 1/3, −1/3, 1/3; the gap is 2/3, and
    // log ½ / log ⅓ = 0.631 rounds. softmax: 784·10 + 10 parameters of 4 bytes, 31,400 bytes, from 2 neighbours.
    assert.equal(ring!.type, 'result')
    assert.equal(ring!.diameter, 2)
    assert.ok(Math.abs((ring!.spectralGap as number) - 2 / 3) < 1e-9)
    assert.ok(Math.abs((ring!.roundsToHalve as number) - 0.63093) < 1e-5)
    assert.equal(ring!.bytesPerPeer, 62_800)
    assert.equal(ring!.snapshotsInAll, 8)
    assert.deepEqual([full!.topology, full!.edges, full!.roundsToHalve], ['full', 6, 1])
    const rows = outcomes[1]!.stderr.split('\n')
    // After a head of two lines.
    assert.match(rows[2]!, /^ring +no +2 +1 +2 +0\.667 +0\.6 +2 +62\.8 kB$/)
    assert.match(rows[3]!, /^full +no +3 +1 +1 +1 +1 +3 +94\.2 kB$/)
  })

  it('reads an edge list, by name and by index, each edge once', () => {
    const [result] = lines(2)
    assert.deepEqual([result!.edges, result!.degreeMin, result!.degreeMax, result!.diameter], [2, 1, 2, 2])
  })

  it('shows a graph in pieces beside the others, and then fails', () => {
    assert.equal(outcomes[3]!.exitCode, 6)
    assert.match(outcomes[3]!.stderr, /^erdos-renyi:0 +no +– +8 +– +0 +never/m)
    assert.deepEqual(
      lines(3).map(({ type }) => type),
      ['result', 'failure', 'error'],
    )
  })

  it('draws the same bytes for the same question', async () => {
    const drawn = await readFile(join(folder, 'one.svg'), 'utf8')
    assert.equal(await readFile(join(folder, 'two.svg'), 'utf8'), drawn)
    assert.equal(lines(4)[0]!.svg, 'one.svg')
    // One disc per peer, one line per edge: the first three peers joined, then 57 newcomers with 2 each.
    assert.equal(drawn.match(/<circle /g)!.length, 60)
    assert.equal(
      drawn
        .match(/ d="[^"]*"/g)!
        .join('')
        .match(/M/g)!.length,
      3 + 57 * 2,
    )
    assert.match(drawn, /<desc id="topology-desc">The topology scale-free:2, 60 peers: 117 edges/)
  })

  it('draws the rounds of a time-varying topology until they begin again', async () => {
    const drawn = await readFile(join(folder, 'made/rounds.svg'), 'utf8')
    // Hops of 1, 2 and 4 places.
    assert.deepEqual(drawn.match(/>round \d</g), ['>round 1<', '>round 2<', '>round 3<'])
    // In each of the three rounds a line and a head for each of the 8 peers.
    assert.equal(
      drawn
        .match(/ d="[^"]*"/g)!
        .join('')
        .match(/M/g)!.length,
      3 * 8 * 2,
    )
  })
})

describe('the parts of murmur topology', () => {
  it('names members so that their names sort by index', () => {
    assert.deepEqual(memberNames(3), ['p00', 'p01', 'p02'])
    assert.equal(memberNames(100)[99], 'p99')
    const many = memberNames(1_001)
    assert.equal(many[7], 'p0007')
    assert.deepEqual([...many].sort(), many)
  })

  it('counts the rounds that halve the disagreement', () => {
    // (1 − ½)^1 = ½; (1 − ¾)^½ = ½; what is exact is halved by the end of what was measured.
    assert.deepEqual([roundsToHalve(0.5, 1), roundsToHalve(0.75, 1), roundsToHalve(1, 4)], [1, 0.5, 4])
    assert.equal(roundsToHalve(0, 1), null)
  })

  it('says nothing of a graph that cannot be built but why', () => {
    const { figures, failure } = measure(createTopology('regular:9', 1), memberNames(8), 10)
    assert.equal(failure?.code, 'IMPOSSIBLE')
    assert.deepEqual([figures.connected, figures.edges, figures.spectralGap], [null, null, null])
  })
})

describe('the file of an edge list', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'murmur-edges-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))
  const refusal = (says: RegExp) => (error: Error & { code?: unknown }) => {
    assert.equal(error.code, 'UNREADABLE')
    assert.match(error.message, says)
    return true
  }

  it('is read as it is up to its bound', async () => {
    const path = join(folder, 'small.txt')
    await writeFile(path, 'ä ö\n')
    // Two letters of two bytes each, a blank and a line end.
    assert.equal(await readTextFile(path, { what: 'edge list', bytesMax: 6 }), 'ä ö\n')
    await assert.rejects(
      readTextFile(path, { what: 'edge list', bytesMax: 5 }),
      refusal(/small\.txt has more than 5 bytes/),
    )
  })
  it('is refused when it is a folder', async () => {
    await assert.rejects(readTextFile(folder, { what: 'edge list', bytesMax: 6 }), refusal(/EISDIR/))
  })
  it('is refused when it is not text', async () => {
    const path = join(folder, 'bytes')
    await writeFile(path, Uint8Array.of(0xff, 0xfe, 0x00))
    await assert.rejects(readTextFile(path, { what: 'edge list', bytesMax: 6 }), refusal(/not UTF-8 text/))
  })
})
