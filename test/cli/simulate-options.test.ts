import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { InvalidArgumentError } from 'commander'
import { replayCommand, resumeCommand } from '../../node/cli/simulate/command-line.js'
import { listOf, splitNumbers, splitSeeds, splitSources, splitSpecs } from '../../node/cli/simulate/lists.js'
import { integer } from '../../node/cli/values.js'
import { describeMistakes, type Mistake } from './mistakes.js'

describe('a list on the command line', () => {
  it('of specs is cut where a letter follows the comma: numbers belong to the spec before', () => {
    assert.deepEqual(splitSpecs('mlp:128,128,128,cnn'), ['mlp:128,128,128', 'cnn'])
    assert.deepEqual(splitSpecs('dirichlet:0.5,iid,shards:2'), ['dirichlet:0.5', 'iid', 'shards:2'])
    assert.deepEqual(splitSpecs('small-world:4:0.1,edges:my,2.txt,ring'), [
      'small-world:4:0.1',
      'edges:my,2.txt',
      'ring',
    ])
    assert.deepEqual(splitSpecs('mean'), ['mean'])
  })
  it('of numbers is cut at every comma', () => {
    assert.deepEqual(splitNumbers('0.1,0.2,3'), ['0.1', '0.2', '3'])
  })
  it('of data is cut where a source is named: paths have commas too', () => {
    assert.deepEqual(splitSources('digits,idx:/data/a,b/c,idx:/d'), ['digits', 'idx:/data/a,b/c', 'idx:/d'])
    assert.deepEqual(splitSources('idx:/x,digitsold,digits'), ['idx:/x,digitsold', 'digits'])
  })
  it('of seeds has ranges with both their ends', () => {
    assert.deepEqual(splitSeeds('1,3,7..9'), ['1', '3', '7', '8', '9'])
    assert.deepEqual(splitSeeds('1..5'), ['1', '2', '3', '4', '5'])
    assert.deepEqual(splitSeeds('4..4'), ['4'])
  })
  it('refuses a range that runs backwards, and one without end', () => {
    assert.throws(() => splitSeeds('5..1'), /In 5\.\.1 the end comes before/)
    // 0 and 10,000 included.
    assert.throws(() => splitSeeds('0..10000'), /10001 seeds, at most 10000/)
    assert.throws(() => splitSeeds('0..6000,0..6000'), /12002 seeds, at most 10000/)
    assert.throws(() => splitSeeds('0..99999999999'), InvalidArgumentError)
  })
  it('keeps the text beside the value, and names the part that is refused', () => {
    const parse = listOf(splitNumbers, integer(1, 9))
    assert.deepEqual(parse('1,07'), [
      { text: '1', value: 1 },
      { text: '07', value: 7 },
    ])
    assert.throws(() => parse('1,x,3'), /"x" in it: It must be a whole number from 1 to 9/)
    assert.throws(() => parse('10'), /^error.*It must be|It must be a whole number/)
  })
})

describe('a proposed command', () => {
  const args = [
    'simulate',
    '--rule',
    'mean,none',
    '--seeds=1..3',
    '--data',
    "idx:/my data's",
    '--out',
    'd',
    '--fresh',
    '--json',
  ]
  it('goes on with the sweep as it was typed, but not afresh', () => {
    assert.equal(
      resumeCommand(args),
      `npx murmur simulate --rule mean,none --seeds=1..3 --data 'idx:/my data'\\''s' --out d --json`,
    )
  })
  it('runs one cell alone, with what makes it', () => {
    assert.equal(
      replayCommand(args, {
        chosen: [
          ['--rule', 'none'],
          ['--seed', '3'],
        ],
        seed: 3,
      }),
      `npx murmur simulate --data 'idx:/my data'\\''s' --rule none --seed 3`,
    )
  })
})

const FILES = {
  typo: 'partitoin: iid\n',
  topology: 'topology: rign\n',
  broken: 'peers: [\n',
  trace: 'devices: { speed: { trace: none.txt } }\n',
  churn: 'churn: { rates: { crashesPerMinute: 1 } }\n',
}

const mistake = (
  title: string,
  command: string,
  [exitCode, code]: readonly [number, string],
  ...says: readonly string[]
): Mistake<string> => ({
  title,
  command: (folder) => `simulate --trainer toy ${command.replace('FOLDER', folder)} --out kept --report page`,
  exitCode,
  code,
  says,
})
const USAGE = [2, 'USAGE'] as const

describeMistakes(
  'a simulation that makes no sense',
  [
    mistake('names the nearest option', '--ruels mean', USAGE, "'--ruels'", 'Did you mean --rule?'),
    mistake(
      'names the nearest rule of a list',
      '--rule mean,noe',
      USAGE,
      '--rule',
      '"noe" in it',
      'Did you mean none?',
    ),
    mistake('names the nearest baseline', '--baseline fedvag', USAGE, 'Did you mean fedavg?'),
    mistake('names the nearest trainer', '--trainer tay', USAGE, 'Did you mean toy?'),
    mistake('refuses no rounds in a list', '--rounds 3,0', USAGE, '"0" in it', 'from 1 to 1000000'),
    mistake('refuses a target of more than all', '--target 1.5', USAGE, '--target', 'at most 1'),
    mistake(
      'refuses catching up by more than all',
      '--catch-up 0,2',
      USAGE,
      '--catch-up',
      '"2" in it',
      'from 0 to 1',
    ),
    mistake(
      'names the nearest codec of a list',
      '--codec int8,topk:0.1',
      [3, 'BAD_VALUE'],
      '"topk:0.1"',
      'Did you mean top-k?',
    ),
    mistake('refuses seeds that run backwards', '--seeds 5..1', USAGE, '--seeds', '5..1'),
    mistake('refuses two lists of seeds', '--seeds 1 --seed 2', USAGE, '--seed', 'cannot be used with'),
    mistake(
      'refuses too many cells',
      '--seeds 1..5000 --peers 2,3,4',
      [3, 'BAD_VALUE'],
      '15000 combinations',
      '--peers 3 × --seed 5000',
    ),
    mistake(
      'names the nearest topology of a list',
      '--topology ring,regulr:4',
      [6, 'UNKNOWN_TOPOLOGY'],
      'Did you mean regular?',
      'also edges:FILE',
    ),
    mistake(
      'names the nearest topology of a scenario',
      '--scenario FOLDER/topology.yaml',
      [6, 'UNKNOWN_TOPOLOGY'],
      'topology.yaml',
      'Did you mean ring?',
    ),
    mistake('refuses a topology without its number', '--topology regular', [6, 'IMPOSSIBLE'], 'regular:4'),
    mistake(
      'refuses an edge list without a file',
      '--topology edges:',
      [6, 'BAD_EDGE_LIST'],
      'edges:graph.txt',
    ),
    mistake(
      'says that an edge list is a folder',
      '--topology edges:FOLDER',
      [5, 'UNREADABLE'],
      'the edge list',
      'it is a folder, and a file is needed',
    ),
    mistake(
      'says that a scenario is a folder',
      '--scenario FOLDER',
      [5, 'UNREADABLE'],
      'the scenario',
      'it is a folder, and a file is needed',
    ),
    mistake(
      'says that a scenario cannot be in a file',
      '--scenario FOLDER/typo.yaml/x.yaml',
      [5, 'UNREADABLE'],
      'typo.yaml is no folder, so nothing can be in it',
    ),
    ...['out', 'report'].map((option): Mistake<string> => ({
      title: `says that --${option} is a file`,
      command: (folder) => `simulate --trainer toy --rounds 1 --${option} ${folder}/typo.yaml`,
      exitCode: 41,
      code: 'NOT_WRITABLE',
      says: ['typo.yaml: it is no folder, and a folder is needed'],
    })),
    mistake(
      'checks all cells before it starts one',
      '--topology ring,regular:9 --peers 8',
      [6, 'IMPOSSIBLE'],
      'with --topology regular:9',
    ),
    mistake(
      'names the edge list that is not there',
      '--topology edges:FOLDER/none.txt',
      [5, 'UNREADABLE'],
      'none.txt',
    ),
    mistake(
      'names the scenario that is not there',
      '--scenario FOLDER/none.yaml',
      [5, 'UNREADABLE'],
      'none.yaml',
    ),
    mistake(
      'names the nearest key of a scenario',
      '--scenario FOLDER/typo.yaml',
      [4, 'UNKNOWN_KEY'],
      'typo.yaml',
      'Did you mean partition?',
    ),
    mistake(
      'says where a scenario is no YAML',
      '--scenario FOLDER/broken.yaml',
      [5, 'UNREADABLE'],
      'broken.yaml',
      'line 2',
    ),
    mistake(
      'names the trace that is not there',
      '--scenario FOLDER/trace.yaml',
      [5, 'UNREADABLE'],
      'none.txt',
    ),
    mistake(
      'refuses churn for a baseline that needs everyone',
      '--scenario FOLDER/churn.yaml --baseline none,fedavg',
      [3, 'BAD_VALUE'],
      'with --baseline fedavg',
      'churn',
    ),
    {
      title: 'refuses to start over where nothing is kept',
      command: 'simulate --trainer toy --fresh',
      exitCode: 2,
      code: 'USAGE',
      says: ['--out'],
    },
    {
      title: 'names the nearest data source',
      command: 'simulate --data digits,idx:/nowhere --rounds 1',
      exitCode: 11,
      code: 'NOT_FOUND',
      says: ['with --data idx:/nowhere'],
    },
    {
      title: 'refuses a folder that cannot be written',
      command: 'simulate --trainer toy --rounds 1 --out /dev/null/x',
      exitCode: 41,
      code: 'NOT_WRITABLE',
      says: ['/dev/null'],
    },
  ],
  async (folder) => {
    for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, `${name}.yaml`), text)
    return folder
  },
)
