import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describeMistakes, type Mistake } from './mistakes.js'

const usage = (title: string, command: string, ...says: readonly (string | RegExp)[]): Mistake<string> => ({
  title,
  command,
  exitCode: 2,
  code: 'USAGE',
  says: [...says, '--help'],
})

const mistakes: readonly Mistake<string>[] = [
  usage('names the nearest command', 'demmo', "unknown command 'demmo'", 'Did you mean demo?'),
  usage('names the nearest option', 'demo --ronds 3', "unknown option '--ronds'", 'Did you mean --rounds?'),
  usage('refuses no rounds', 'demo --rounds 0', '--rounds <N>', "'0'", 'from 1 to 1000000'),
  usage('refuses rounds in words', 'demo --rounds x', '--rounds <N>', "'x'", 'a whole number'),
  usage('refuses no peers', 'demo --peers 0', '--peers <N>', 'from 1 to 64'),
  usage('names the nearest averaging rule', 'demo --rule men', '--rule', 'Did you mean mean?'),
  usage('names the rules where none is near', 'demo --rule foo', '--rule', /is invalid\. Known: variance/),
  usage('names the nearest start', 'demo --init diferent', '--init', 'Did you mean different?'),
  usage('names the nearest mixing', 'demo --mixing unifrm', '--mixing', 'Did you mean uniform?'),
  usage('names the nearest mode', 'demo --mode asink', '--mode', 'Did you mean async?', 'rounds'),
  usage('names the nearest optimizer', 'demo --optimizer adm', '--optimizer', 'Did you mean adamw?'),
  usage('names the nearest backend', 'demo --backend was', '--backend', 'Did you mean wasm?'),
  usage('refuses a momentum of 2', 'demo --momentum 2', '--momentum <M>', 'from 0 to below 1'),
  usage('refuses a momentum that is no number', 'demo --momentum NaN', '--momentum <M>', "'NaN'"),
  usage('refuses a negative learning rate', 'demo --lr -1', '--lr <RATE>', "'-1'", 'above 0'),
  usage('refuses a learning rate without end', 'demo --lr Infinity', '--lr <RATE>', 'above 0'),
  usage('refuses a part that is not there', 'up --data digits --part 4/3', '--part', "'4/3'", '2/8'),
  usage('refuses a name that leaves the folder', 'up --data digits --name ../x', '--name', 'letters'),
  usage(
    'refuses half a round',
    'up --data digits --estimate-every 0.5',
    '--estimate-every',
    'from 0 to 1000000',
  ),
  usage('asks for the data', 'up', "required option '--data <SOURCE>'"),
  usage('asks for the address', 'status', "missing required argument 'multiaddr'"),
  usage('does not take an empty path for the current folder', 'simulate --out=', '--out', 'It is empty'),
  usage('refuses what is too much', 'demo more', 'too many arguments'),
  {
    title: 'asks for the address where it may not look around',
    command: 'join --data digits --no-mdns',
    exitCode: 2,
    code: 'USAGE',
    says: ['give the address'],
  },
  {
    title: 'names the nearest topology',
    command: 'demo --topology regulr:4',
    exitCode: 6,
    code: 'UNKNOWN_TOPOLOGY',
    says: ['"regulr"', 'Did you mean regular?'],
  },
  {
    title: 'names the nearest codec',
    command: 'demo --codec int7',
    exitCode: 3,
    code: 'BAD_VALUE',
    says: ['"int7"', 'Did you mean int8?'],
  },
  {
    title: 'names the nearest compression of a codec',
    command: 'up --data digits --codec int8+zlip',
    exitCode: 3,
    code: 'BAD_VALUE',
    says: ['"int8+zlip"', 'Did you mean zlib?'],
  },
  {
    title: 'refuses a topology without its number as one that does not fit its peers',
    command: 'demo --topology regular',
    exitCode: 6,
    code: 'IMPOSSIBLE',
    says: ['regular:4'],
  },
  {
    title: 'says that a file is no folder to save models in',
    command: (file) => `demo --peers 1 --out ${file}`,
    exitCode: 41,
    code: 'NOT_WRITABLE',
    says: ['it is no folder, and a folder is needed'],
  },
  {
    title: 'says that a folder is no model',
    command: (file) => `eval ${dirname(file)} --data digits`,
    exitCode: 40,
    code: 'UNREADABLE',
    says: ['it is a folder, and a file is needed'],
  },
  {
    title: 'refuses a topology that needs more peers, with the numbers',
    command: 'demo --topology regular:9 --peers 4',
    exitCode: 6,
    code: 'IMPOSSIBLE',
    says: ['9 neighbours', '4 members', 'Use full'],
  },
  {
    title: 'names the nearest schedule',
    command: 'demo --schedule evry:1',
    exitCode: 3,
    code: 'BAD_VALUE',
    says: ['"evry:1"', 'Did you mean every?'],
  },
  {
    title: 'names the nearest model',
    command: 'demo --model mpl:128',
    exitCode: 52,
    code: 'UNKNOWN_MODEL',
    says: ['"mpl:128"', /Did you mean mlp/],
  },
  {
    title: 'refuses a layer without width',
    command: 'demo --model mlp:0',
    exitCode: 53,
    code: 'BAD_MODEL',
    says: ['the width "0"', 'mlp:128,64'],
  },
  {
    title: 'refuses an alpha of 0',
    command: 'demo --partition dirichlet:0',
    exitCode: 15,
    code: 'BAD_PARTITION',
    says: ["'0'", 'dirichlet:0.5'],
  },
  {
    title: 'names the nearest partition',
    command: 'up --data digits --part 1/3 --partition shrds:2',
    exitCode: 15,
    code: 'BAD_PARTITION',
    says: ["'shrds:2'", 'Did you mean shards? Nothing was started.'],
  },
  {
    title: 'names the nearest data source',
    command: 'demo --data digts',
    exitCode: 16,
    code: 'UNKNOWN_SOURCE',
    says: ["'digts'", 'Did you mean digits?'],
  },
]

/** A file that is nothing in particular. */
describeMistakes('an option that makes no sense', mistakes, async (folder) => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  return file
})
