import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ConfigError } from '../../protocols/errors.js'
import { parseSettings } from '../harness/cell/settings.js'
import { loadScenario, withEdgeList } from '../harness/sweep/index.js'
import { inTemporaryFolder } from '../store/temporary-folder.js'

/** Writes the files into an empty folder and loads `scenario.yaml`. */
const loading = async (
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (load: () => ReturnType<typeof loadScenario>, folder: string) => Promise<void>,
): Promise<void> =>
  inTemporaryFolder(async (folder) => {
    await mkdir(join(folder, 'lists'))
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    await use(() => loadScenario(join(folder, 'scenario.yaml')), folder)
  })

const refuses = (
  files: Readonly<Record<string, string | Uint8Array>>,
  code: string,
  ...says: readonly string[]
) =>
  loading(files, async (load, folder) => {
    await assert.rejects(load, (error) => {
      assert.ok(error instanceof ConfigError, String(error))
      assert.equal(error.code, code)
      for (const part of [...says, folder, 'Nothing was started']) {
        assert.ok(error.message.includes(part), `does not say ${part}: ${error.message}`)
      }
      return true
    })
  })

describe('a scenario file', () => {
  it('gives values that the settings take, and no others', () =>
    loading({ 'scenario.yaml': 'peers: 12\nlinks: { latencyMs: [1, 30], loss: 0.1 }\n' }, async (load) => {
      assert.deepEqual(await load(), { peers: 12, links: { latencyMs: [1, 30], loss: 0.1 } })
    }))
  it('may be empty', () =>
    loading({ 'scenario.yaml': '' }, async (load) => assert.deepEqual(await load(), {})))
  it('reads a trace of speeds that lies beside it', () =>
    loading(
      {
        'scenario.yaml': 'devices: { jitter: 0.1, speed: { trace: lists/speeds.txt } }',
        'lists/speeds.txt': '1\n0.5\r\n 2e1 \n\n',
      },
      async (load) =>
        assert.deepEqual(await load(), { devices: { jitter: 0.1, speed: { trace: [1, 0.5, 20] } } }),
    ))
  it('reads an edge list that lies beside it', () =>
    loading(
      { 'scenario.yaml': 'topology: edges:lists/graph.txt', 'lists/graph.txt': 'p00 p01\np01 p02\n' },
      async (load) => {
        const input = await load()
        assert.deepEqual(input, { topology: 'edges:lists/graph.txt', edges: 'p00 p01\np01 p02\n' })
        assert.equal(parseSettings(input).edges, 'p00 p01\np01 p02\n')
      },
    ))
  it('names itself and the nearest key for one that is unknown', () =>
    refuses(
      { 'scenario.yaml': 'partitoin: iid' },
      'UNKNOWN_KEY',
      'scenario.yaml',
      '"partitoin"',
      'Did you mean partition?',
    ))
  it('names itself and the key of a value that does not fit', () =>
    refuses({ 'scenario.yaml': 'links: { loss: 2 }' }, 'BAD_VALUE', 'scenario.yaml', 'links.loss'))
  it('says where it is no YAML', () =>
    refuses({ 'scenario.yaml': 'peers: 4\nlinks: [\n' }, 'UNREADABLE', 'scenario.yaml', 'line 3'))
  it('is refused as a list', () =>
    refuses({ 'scenario.yaml': '- peers' }, 'UNREADABLE', 'scenario.yaml', 'keys and values'))
  it('is refused when it is not text', () =>
    refuses({ 'scenario.yaml': Uint8Array.of(0xff, 0xfe, 0x00) }, 'UNREADABLE', 'scenario.yaml'))
  it('is refused when it is too large', () =>
    // 1 MiB and one byte.
    refuses(
      { 'scenario.yaml': '#'.repeat(1024 * 1024 + 1) },
      'UNREADABLE',
      'scenario.yaml',
      'more than 1048576 bytes',
    ))
  it('is refused when it is not there', () => refuses({}, 'UNREADABLE', 'scenario.yaml', 'ENOENT'))
  it('is refused when it is a folder', () =>
    loading({}, async (_load, folder) => {
      await assert.rejects(loadScenario(join(folder, 'lists')), { code: 'UNREADABLE' })
    }))
  it('names the trace that is not there', () =>
    refuses(
      { 'scenario.yaml': 'devices: { speed: { trace: lists/none.txt } }' },
      'UNREADABLE',
      'trace',
      'none.txt',
    ))
  it('names the line of a trace that is no speed', () =>
    refuses(
      { 'scenario.yaml': 'devices: { speed: { trace: lists/s.txt } }', 'lists/s.txt': '1\n\n2\n' },
      'UNREADABLE',
      'line 2',
      's.txt',
      'one number per line',
    ))
  it('names itself and the nearest topology for one that is unknown', () =>
    loading({ 'scenario.yaml': 'topology: rign' }, async (load) => {
      await assert.rejects(load, { code: 'UNKNOWN_TOPOLOGY', message: /scenario\.yaml.*Did you mean ring\?/ })
    }))
  it('asks for the file of an edge list', () =>
    loading({ 'scenario.yaml': 'topology: "edges:"' }, async (load) => {
      await assert.rejects(load, { code: 'BAD_EDGE_LIST', message: /scenario\.yaml.*edges:graph\.txt/ })
    }))
  it('names the edge list that is not there', () =>
    refuses({ 'scenario.yaml': 'topology: edges:none.txt' }, 'UNREADABLE', 'edge list', 'none.txt'))
})

describe('an edge list on the command line', () => {
  it('is read into the settings', () =>
    loading({ 'lists/g.txt': 'p00 p01' }, async (_load, folder) => {
      const topology = `edges:${folder}/lists/g.txt`
      assert.deepEqual(await withEdgeList({ topology }), { topology, edges: 'p00 p01' })
    }))
  it('leaves other topologies alone', async () => {
    assert.deepEqual(await withEdgeList({ topology: 'ring' }), { topology: 'ring' })
  })
})
