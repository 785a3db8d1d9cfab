import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { finish, murmur, temporaryFolder, type Ended, type Murmur } from '../e2e/murmur.js'

const TOY = '--trainer toy --peers 4 --rounds 4'.split(' ')
const RESULT_KEYS = [
  'baseline',
  'bytesSentPerPeer',
  'cell',
  'consensusDistance',
  'localAccuracyMean',
  'localAccuracyMin',
  'mergedAccuracy',
  'nodeRoundsPerSecond',
  'peers',
  'rounds',
  'roundsToTarget',
  'rule',
  'samplesPerSecond',
  'seconds',
  'seed',
  'topology',
  'type',
  'virtualMs',
]
const typesOf = ({ events }: Murmur): string[] => events.map(({ type }) => type)

describe('a simulation of one cell', () => {
  it('ends with its result, after every measured round', async () => {
    const run = await finish(
      temporaryFolder(),
      'simulate',
      ...TOY,
      '--evaluate-every',
      '2',
      '--seed',
      '7',
      '--json',
    )
    assert.equal(run.exitCode, 0, run.stderr())
    assert.deepEqual(typesOf(run), ['cell', 'round', 'round', 'result'])
    assert.deepEqual(
      run.events.slice(1, 3).map(({ round }) => round),
      [2, 4],
    )
    const result = run.events.at(-1)!
    assert.deepEqual(Object.keys(result).sort(), RESULT_KEYS)
    const { peers, rounds, seed, topology, rule } = result
    assert.deepEqual(
      { peers, rounds, seed, topology, rule },
      // Four peers have three others: full.
      { peers: 4, rounds: 4, seed: 7, topology: 'full', rule: 'variance-corrected' },
    )
  })
  it('shows people a row for every round, and keeps stdout empty', async () => {
    const folder = temporaryFolder()
    const run = await finish(folder, 'simulate', ...TOY)
    assert.equal(run.exitCode, 0, run.stderr())
    assert.equal(run.stdout(), '')
    assert.match(
      run.stderr(),
      /^Murmuration simulation: 4 peers on the toy problem, full, variance-corrected/m,
    )
    assert.equal(run.stderr().match(/^ +[1-4] +\d+\.\d{3} +\d+\.\d %.* 4$/gm)?.length, 4, run.stderr())
    assert.match(run.stderr(), /^merged accuracy +\d+\.\d %$/m)
    assert.doesNotMatch(run.stderr(), /\u001b|\r/)
    assert.deepEqual(readdirSync(folder), [])
  })
  it('trains real models', async () => {
    const args = '--peers 2 --rounds 1 --local-steps 1 --model softmax --json'.split(' ')
    const run = await finish(temporaryFolder(), 'simulate', ...args)
    assert.equal(run.exitCode, 0, run.stderr())
    const [cell, , result] = run.events
    // 8,000 digits, each with one of the two.
    const counts = (cell!.labelCounts as number[][]).flat()
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      8000,
    )
    assert.ok((result!.samplesPerSecond as number) > 0)
  })
})

describe('a sweep', () => {
  const folder = temporaryFolder()
  const args = [
    'simulate',
    ...TOY,
    '--baseline',
    'none,fedavg',
    '--rule',
    'mean,none',
    '--seeds',
    '1..2',
    '--out',
    'kept',
  ]
  let first: Murmur & Ended
  before(async () => {
    first = await finish(folder, ...args, '--report', 'page', '--json')
  })

  it('ends with a result line for each cell, in order, with the settings that vary', () => {
    assert.equal(first.exitCode, 0, first.stderr())
    // none × (mean, none) × 2 seeds, fedavg × 2 seeds: its rule makes no difference.
    assert.deepEqual(
      first.events
        .slice(-6)
        .map(
          ({ type, baseline, rule, seed }) => `${type} ${String(baseline)} ${String(rule)} ${String(seed)}`,
        ),
      [
        'result none mean 1',
        'result none mean 2',
        'result none none 1',
        'result none none 2',
        'result fedavg none 1',
        'result fedavg none 2',
      ],
    )
    assert.equal(typesOf(first).filter((type) => type === 'result').length, 6)
    // 6 cells of 4 rounds.
    assert.equal(typesOf(first).filter((type) => type === 'round').length, 24)
  })
  it('keeps its records, and no claim to the folder', () => {
    assert.deepEqual(readdirSync(join(folder, 'kept')), ['records.jsonl'])
    const lines = readFileSync(join(folder, 'kept/records.jsonl'), 'utf8').trimEnd().split('\n')
    // Cell, 4 rounds and result, six times.
    assert.equal(lines.length, 36)
  })
  it('writes a report', () => {
    assert.deepEqual(readdirSync(join(folder, 'page')), ['index.html'])
    assert.ok(
      first.events.some(({ type, path }) => type === 'report' && path === join(folder, 'page/index.html')),
    )
  })
  it('runs only what is missing when it is started again, and reports all', async () => {
    const more = args.map((arg) => (arg === '1..2' ? '1..3' : arg))
    const again = await finish(folder, ...more, '--json')
    assert.equal(again.exitCode, 0, again.stderr())
    assert.match(again.stderr(), /6 of 9 are done in kept, 3 to go/)
    assert.equal(typesOf(again).filter((type) => type === 'cell').length, 3)
    const results = again.events.filter(({ type }) => type === 'result')
    assert.equal(results.length, 9)
    assert.deepEqual(
      results[0],
      first.events.find(({ type, cell }) => type === 'result' && cell === results[0]!.cell),
    )
  })
  it('shows people what is done without running anything, seeds in one row', async () => {
    const again = await finish(folder, ...args)
    assert.equal(again.exitCode, 0, again.stderr())
    assert.match(again.stderr(), /6 of 6 are done in kept, 0 to go/)
    assert.match(
      again.stderr(),
      /^mean over 2 seeds, ± half the range\n +to +local .*\nbaseline +rule +target/m,
    )
    assert.match(again.stderr(), /^none +mean .* ±/m)
    // The rule of fedavg is of no importance.
    assert.match(again.stderr(), /^fedavg +– /m)
  })
  it('gives the same figures to the same seed, alone or in a sweep', async () => {
    const run = await finish(folder, 'simulate', ...TOY, '--rule', 'mean', '--seed', '2', '--json')
    const inSweep = first.events.find(
      ({ type, rule, seed }) => type === 'result' && rule === 'mean' && seed === 2,
    )!
    const figures = ({
      cell,
      localAccuracyMean,
      mergedAccuracy,
      consensusDistance,
      bytesSentPerPeer,
      virtualMs,
    }: Record<string, unknown>) => ({
      cell,
      localAccuracyMean,
      mergedAccuracy,
      consensusDistance,
      bytesSentPerPeer,
      virtualMs,
    })
    assert.deepEqual(figures(run.events.at(-1)!), figures(inSweep))
  })
  it('names the line that was edited, and changes nothing', async () => {
    const broken = temporaryFolder()
    const path = join(broken, 'records.jsonl')
    writeFileSync(path, 'oops\n')
    const run = await finish(broken, 'simulate', ...TOY, '--out', '.', '--json')
    assert.equal(run.exitCode, 5, run.stderr())
    assert.match(run.stderr(), /line 1 of .*records\.jsonl.*Nothing was started/)
    assert.equal(readFileSync(path, 'utf8'), 'oops\n')
    assert.deepEqual(readdirSync(broken), ['records.jsonl'])
    const fresh = await finish(broken, 'simulate', ...TOY, '--out', '.', '--fresh', '--json')
    assert.equal(fresh.exitCode, 0, fresh.stderr())
  })
})

describe('cells that fail', () => {
  // Everyone is gone after a virtual second; ten rounds of ten steps of 10 ms take one.
  const DOOM =
    'churn: { events: [{ atMs: 300, peer: p00, does: crash }, { atMs: 300, peer: p01, does: crash }] }\n'
  const args = ['simulate', '--trainer', 'toy', '--rounds', '10', '--scenario', 'doom.yaml', '--json']
  it('do not keep the others from running; the exit code says so', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'doom.yaml'), DOOM)
    const run = await finish(folder, ...args, '--peers', '2,3', '--out', 'kept')
    assert.equal(run.exitCode, 19, run.stderr())
    const [result, error] = run.events.slice(-2)
    assert.deepEqual([result!.type, result!.peers], ['result', 3])
    assert.deepEqual([error!.type, error!.code, error!.exitCode], ['error', 'CELLS_FAILED', 19])
    assert.match(error!.message as string, /1 of 2 cells failed.*kept in kept/)
    const failure = run.events.find(({ type }) => type === 'failure')!
    assert.deepEqual([failure.peers, failure.code], [2, 'STALLED'])
    assert.match(run.stderr(), /alone: npx murmur simulate .*--scenario doom\.yaml --peers 2 --seed 1/)
  })
  it('give their own code when there is only one', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'doom.yaml'), DOOM)
    const run = await finish(folder, ...args, '--peers', '2', '--out', 'kept')
    assert.deepEqual([run.exitCode, run.events.at(-1)!.code], [62, 'STALLED'], run.stderr())
    assert.deepEqual(typesOf(run).slice(-2), ['failure', 'error'])
  })
})

describe('Ctrl-C', () => {
  const SLOW = '--trainer toy --peers 300 --rounds 100000 --evaluate-every 5'.split(' ')
  it('stops a sweep, keeps the cells that have ended and says how to go on', async () => {
    const folder = temporaryFolder()
    const args = [...TOY.slice(0, 2), '--peers', '2,300', '--rounds', '4000', '--evaluate-every', '50']
    const run = murmur(folder, 'simulate', ...args, '--threads', '2', '--out', 'kept', '--json')
    // The row of the small one; what is shown is kept.
    await run.says(/^2 +full +/m)
    await run.event('cell', ({ peers }) => peers === 300)
    run.kill('SIGINT')
    const { exitCode } = await run.ended
    assert.equal(exitCode, 130, run.stderr())
    assert.match(
      run.stderr(),
      /1 of 2 cells are done and kept in kept\. Go on with: npx murmur simulate .*--out kept --json$/m,
    )
    assert.deepEqual(readdirSync(join(folder, 'kept')), ['records.jsonl'])
    assert.equal(run.events.at(-1)!.code, 'INTERRUPTED')
  })
  it('stops a single cell and leaves no empty folder', async () => {
    const folder = temporaryFolder()
    const run = murmur(folder, 'simulate', ...SLOW, '--out', 'kept', '--report', 'page', '--json')
    await run.event('round')
    run.kill('SIGINT')
    const { exitCode } = await run.ended
    assert.equal(exitCode, 130, run.stderr())
    assert.match(run.stderr(), /stopped before the first cell had ended; nothing is kept/)
    assert.equal(existsSync(join(folder, 'kept')), false)
    assert.equal(existsSync(join(folder, 'page')), false)
  })
  it('keeps a second sweep out of the folder of the first', async () => {
    const folder = temporaryFolder()
    const run = murmur(folder, 'simulate', ...SLOW, '--out', 'kept', '--json')
    await run.event('round')
    const second = await finish(folder, 'simulate', ...TOY, '--out', 'kept', '--json')
    assert.equal(second.exitCode, 18, second.stderr())
    assert.match(second.stderr(), /a sweep that is running .*Nothing was started; wait/)
    run.kill('SIGINT')
    assert.equal((await run.ended).exitCode, 130)
  })
})
