import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { BenchGroup } from '../../scripts/bench/contract.js'
import { exitCodes } from '../../scripts/bench/errors.js'
import { runBench } from '../../scripts/bench/run.js'
import { fakeGroup, line } from './fake.js'

describe('a run of the bench', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'murmur-bench-test-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const bench = async (
    args: readonly string[],
    groups: readonly BenchGroup[] = [fakeGroup('mix', [line({ name: 'a' })]), fakeGroup('wire', [])],
    signal = new AbortController().signal,
  ) => {
    const printed: string[] = []
    const told: string[] = []
    const code = await runBench(args, {
      groups,
      signal,
      print: (text) => printed.push(text),
      tell: (text) => told.push(text),
    })
    return { code, printed, told: told.join('\n') }
  }
  const file = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name)
    await writeFile(path, content)
    return path
  }
  const kept = (name: string, ratio: number): Promise<string> =>
    file(`${name}.json`, JSON.stringify({ results: [line({ name, ratio })] }))

  it('prints the table on stdout and progress on stderr, and ends well though a goal is missed', async () => {
    const { code, printed, told } = await bench(['mix'])
    assert.equal(code, exitCodes.done)
    assert.equal(printed.length, 2)
    assert.match(printed[1]!, /^mix: a .*NOT MET$/)
    assert.match(told, /stands for mix/)
    assert.doesNotMatch(told, /stands for wire/)
  })

  it('says what there is when it is asked, and measures nothing', async () => {
    const { code, printed, told } = await bench(['--help'])
    assert.equal(code, exitCodes.done)
    assert.match(printed.join('\n'), /\[mix\|wire\].*--quick[^]*mix: /)
    assert.equal(told, '')
  })

  it('writes what --compare reads', async () => {
    const path = join(folder, 'kept.json')
    await bench(['--json', path])
    const { results } = JSON.parse(await readFile(path, 'utf8')) as { readonly results: readonly unknown[] }
    assert.deepEqual(results, [line({ name: 'a' })])
    const { code, told } = await bench(['--compare', path])
    assert.equal(code, exitCodes.done)
    assert.match(told, /nothing is more than 15 % worse/)
  })

  it('marks the results of a quick run, and compares no other with them', async () => {
    const path = join(folder, 'quick.json')
    await bench(['--quick', '--json', path])
    assert.equal((JSON.parse(await readFile(path, 'utf8')) as { readonly quick: boolean }).quick, true)
    const never: BenchGroup = { ...fakeGroup('mix', []), run: () => assert.fail('it measured') }
    await assert.rejects(bench(['--compare', path], [never]), {
      name: 'BenchError',
      code: 'NOT_COMPARABLE',
      message: /quick\.json is of a run with --quick, .* cannot be compared with it\. Nothing was measured/,
    })
  })

  it('makes the folder of the results, and says so', async () => {
    const path = join(folder, 'new', 'deep', 'kept.json')
    const { code, told } = await bench(['--json', path])
    assert.equal(code, exitCodes.done)
    assert.ok(told.includes(`the folder ${join(folder, 'new', 'deep')} was made`), told)
    assert.match(await readFile(path, 'utf8'), /"name": "a"/)
  })

  it('refuses results that could not be kept, before it measures', async () => {
    const never: BenchGroup = { ...fakeGroup('mix', []), run: () => assert.fail('it measured') }
    const inFile = join(await file('no-folder', ''), 'kept.json')
    for (const path of [folder, inFile]) {
      await assert.rejects(bench(['--json', path], [never]), {
        code: 'BAD_FILE',
        message: /cannot write .*Nothing was measured; give --json another path\./,
      })
    }
  })

  it('ends with a code of its own when a figure fell', async () => {
    const { code, told } = await bench(['--compare', await kept('a', 0.6)])
    assert.equal(code, exitCodes.fell)
    assert.match(told, /FELL {5}mix: a: ratio 0.600 → 0.500/)
  })

  it('judges nothing when it is quick', async () => {
    const { printed } = await bench(['--quick'])
    assert.match(printed[1]!, /^mix: a .*–$/)
  })

  it('goes on after a group that fails, keeps what the others measured, and says so at the end', async () => {
    const failing: BenchGroup = {
      name: 'wire',
      summary: 'fails',
      run: () => Promise.reject(new Error('no loopback')),
    }
    const path = join(folder, 'partly.json')
    const groups = [failing, fakeGroup('mix', [line({ name: 'a' })])]
    const { code, told, printed } = await bench(['--json', path, '--compare', await kept('a', 0.5)], groups)
    assert.equal(code, exitCodes.groupFailed)
    assert.match(told, /wire: FAILED: Error: no loopback/)
    assert.equal(printed.length, 2)
    assert.match(await readFile(path, 'utf8'), /"name": "a"/)
  })

  it('stops with the group that is told to, and writes nothing', async () => {
    const controller = new AbortController()
    const path = join(folder, 'never', 'kept.json')
    const stopped: BenchGroup = {
      name: 'mix',
      summary: 'is stopped',
      run: ({ signal }) => {
        controller.abort()
        return Promise.reject(signal.reason as Error)
      },
    }
    const groups = [stopped, fakeGroup('wire', [])]
    const { code, printed, told } = await bench(['--json', path], groups, controller.signal)
    assert.equal(code, exitCodes.interrupted)
    assert.deepEqual(printed, [])
    assert.doesNotMatch(told, /FAILED|stands for wire/)
    await assert.rejects(readFile(path), { code: 'ENOENT' })
    await assert.rejects(stat(dirname(path)), { code: 'ENOENT' })
  })

  for (const [title, content, says] of [
    ['is no JSON', '{"results": [', /is no JSON .*Nothing was measured/s],
    ['is of another kind', '{"result": []}', /has no results of the bench: results: .*Nothing was measured/s],
    [
      'has a line without a ratio',
      '{"results": [{"group": "mix"}]}',
      /has no results of the bench: results\.0\./,
    ],
  ] as const) {
    it(`refuses to compare with a file that ${title}, before it measures`, async () => {
      const path = await file('broken.json', content)
      const never: BenchGroup = { ...fakeGroup('mix', []), run: () => assert.fail('it measured') }
      await assert.rejects(bench(['--compare', path], [never]), { code: 'BAD_FILE', message: says })
    })
  }

  it('refuses a file that is not there', async () => {
    await assert.rejects(bench(['--compare', join(folder, 'none.json')]), {
      code: 'BAD_FILE',
      message: /cannot be read/,
    })
  })
})
