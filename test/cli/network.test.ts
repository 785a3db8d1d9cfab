import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after } from 'node:test'
import { describeMistakes, type Mistake } from './mistakes.js'

interface Fixtures {
  readonly folder: string
  /** Of a server that is no peer. */
  readonly port: number
}

const RUN_FILES = {
  typo: 'rouns: 3\n',
  value: 'rounds: 0\n',
  word: 'mode: asink\n',
  model: 'model: mpl:128\n',
  topology: 'topology: rign\n',
  callers: 'finalMerge: { callers: [bob] }\n',
  mergeRule: 'finalMerge: { rule: maen }\n',
  mergeAfter: 'finalMerge: { after: { round: 20 } }\n',
  callersAbove: 'callers: []\n',
  codec: 'codec: int7\n',
  nested: 'optimizer: { kind: sgd, learningRate: 0.1, momentun: 0.9 }\n',
  broken: 'rounds: [\n',
  list: '- rounds\n',
  // 128 KiB and one byte.
  large: '#'.repeat(128 * 1024 + 1),
}

const run = (
  title: string,
  file: keyof typeof RUN_FILES | 'nowhere',
  expected: Pick<Mistake<Fixtures>, 'exitCode' | 'code' | 'says'>,
): Mistake<Fixtures> => ({
  title,
  command: ({ folder }) => `up --data digits --name ann --run ${folder}/${file}.yaml`,
  ...expected,
})

/** Nothing listens on port 1 of this machine; the id is that of nobody. */
const NOBODY = '/ip4/127.0.0.1/tcp/1'
const STRANGER = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'

const dialling = (command: string): readonly Mistake<Fixtures>[] => {
  const title = command.split(' ')[0]!
  return [
    {
      title: `${title} refuses what is no multiaddr`,
      command: `${command} /ip4/300.0.0.1/tcp/x`,
      exitCode: 22,
      code: 'BAD_ADDRESS',
      says: ['/ip4/300.0.0.1/tcp/x', 'not a multiaddr', '/ip4/192.0.2.7/tcp/4001'],
    },
    {
      title: `${title} refuses a word`,
      command: `${command} localhost:4001`,
      exitCode: 22,
      code: 'BAD_ADDRESS',
      says: ['"localhost:4001"', 'neither a multiaddr nor a peer id'],
    },
    {
      title: `${title} says so when nobody answers`,
      command: `${command} ${NOBODY}/p2p/${STRANGER}`,
      exitCode: 23,
      code: 'UNREACHABLE',
      says: [NOBODY, 'ECONNREFUSED', 'Is the peer running'],
    },
    {
      title: `${title} takes an address without a peer id`,
      command: `${command} ${NOBODY}`,
      exitCode: 23,
      code: 'UNREACHABLE',
      says: [NOBODY, 'ECONNREFUSED'],
    },
  ]
}

const mistakes: readonly Mistake<Fixtures>[] = [
  {
    title: 'up says which address is taken',
    command: ({ port }) => `up --data digits --name ann --listen /ip4/127.0.0.1/tcp/${port}`,
    exitCode: 21,
    code: 'ADDRESS_IN_USE',
    says: [/\/ip4\/127\.0\.0\.1\/tcp\/\d+/, 'another port'],
  },
  {
    title: 'up refuses to listen on what is no multiaddr',
    command: 'up --data digits --name ann --no-mdns --listen 127.0.0.1:4001',
    exitCode: 22,
    code: 'BAD_ADDRESS',
    says: ['"127.0.0.1:4001"', 'not a multiaddr'],
  },
  {
    title: 'up refuses to listen where no transport can',
    command: 'up --data digits --name ann --no-mdns --listen /ip4/127.0.0.1/udp/4001',
    exitCode: 22,
    code: 'BAD_ADDRESS',
    says: ['/ip4/127.0.0.1/udp/4001', '/tcp/'],
  },
  run('up says which run file it cannot read', 'nowhere', {
    exitCode: 5,
    code: 'UNREADABLE',
    says: ['cannot read the run configuration', 'nowhere.yaml: there is no such file. Check the path'],
  }),
  run('up says where a run file is no YAML, in one line', 'broken', {
    exitCode: 5,
    code: 'UNREADABLE',
    says: ['broken.yaml', 'line 2', /^[^\n]*$/],
  }),
  run('up names the nearest key of a run file', 'typo', {
    exitCode: 4,
    code: 'UNKNOWN_KEY',
    says: ['typo.yaml', '"rouns"', 'Did you mean rounds?'],
  }),
  run('up names an unknown key inside another', 'nested', {
    exitCode: 4,
    code: 'UNKNOWN_KEY',
    says: ['"momentun"', 'optimizer', 'Did you mean momentum?'],
  }),
  run('up reads no more of a run file than it must', 'large', {
    exitCode: 5,
    code: 'UNREADABLE',
    says: ['the run configuration', 'large.yaml', 'more than 131072 bytes'],
  }),
  run('up names the key of a bad value', 'value', { exitCode: 3, code: 'BAD_VALUE', says: ['rounds'] }),
  run('up names the words that a key can have', 'word', {
    exitCode: 3,
    code: 'BAD_VALUE',
    says: ['mode', 'async'],
  }),
  run('up names the nearest model', 'model', {
    exitCode: 52,
    code: 'UNKNOWN_MODEL',
    says: ['"mpl:128"', 'Did you mean mlp'],
  }),
  run('up names the nearest topology', 'topology', {
    exitCode: 6,
    code: 'UNKNOWN_TOPOLOGY',
    says: ['"rign"', 'Did you mean ring?'],
  }),
  run('up refuses a name where it needs the id of a peer', 'callers', {
    exitCode: 3,
    code: 'BAD_VALUE',
    says: ['finalMerge.callers', '"bob" is no peer id', 'Nothing was started'],
  }),
  run('up names the nearest rule of a merge', 'mergeRule', {
    exitCode: 3,
    code: 'BAD_VALUE',
    says: ['mergeRule.yaml: finalMerge.rule', '"maen"', 'Did you mean mean?', 'Nothing was started'],
  }),
  run('up names what says when to merge', 'mergeAfter', {
    exitCode: 3,
    code: 'BAD_VALUE',
    says: ['mergeAfter.yaml: finalMerge.after', 'Did you mean rounds?', '{ time: SECONDS }'],
  }),
  run('up says where a key of a run file belongs that stands elsewhere', 'callersAbove', {
    exitCode: 4,
    code: 'UNKNOWN_KEY',
    says: ['callersAbove.yaml', '"callers"', 'It belongs in finalMerge.', 'Nothing was started'],
  }),
  run('up names the codecs that a run file can have here', 'codec', {
    exitCode: 3,
    code: 'BAD_VALUE',
    says: ['codec.yaml', '"int7"', '+zlib or +brotli', '; or auto.', 'Did you mean int8?'],
  }),
  {
    // Nobody listens there: it would be UNREACHABLE, were it dialled.
    title: 'join refuses a codec that there is not before it connects',
    command: `join ${NOBODY} --data digits --name ann --codec int9`,
    exitCode: 3,
    code: 'BAD_VALUE',
    says: ['"int9"', 'Did you mean int8?'],
  },
  {
    title: 'join refuses data that there are not before it connects',
    command: `join ${NOBODY} --data digts --name ann`,
    exitCode: 16,
    code: 'UNKNOWN_SOURCE',
    says: ['Did you mean digits?'],
  },
  {
    title: 'up says that a run file is a folder',
    command: ({ folder }) => `up --data digits --name ann --run ${folder}`,
    exitCode: 5,
    code: 'UNREADABLE',
    says: ['the run configuration', 'it is a folder, and a file is needed'],
  },
  run('up refuses a run file that is a list', 'list', {
    exitCode: 3,
    code: 'BAD_VALUE',
    says: ['keys with values is needed', 'a list'],
  }),
  ...['status', 'merge', 'join --data digits --name ann'].flatMap(dialling),
]

describeMistakes('addresses and run files that cannot be used', mistakes, async (folder) => {
  for (const [name, text] of Object.entries(RUN_FILES)) await writeFile(join(folder, `${name}.yaml`), text)
  const server = createServer()
  after(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { folder, port: (server.address() as AddressInfo).port }
})
