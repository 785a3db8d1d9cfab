import { readdirSync } from 'node:fs'
import tseslint from 'typescript-eslint'

/**
 * Which way imports point. A folder may import itself, the folders listed beside it, and nothing else of ours.
 * `protocols` is pure; siblings in `node` meet only in the composition root, `node/peer` and in the commands.
 */
const PROTOCOL_LAYERS = {
  model: [],
  training: ['model'],
  topology: [],
  membership: [],
  kernels: ['model'],
  averaging: ['model', 'kernels'],
  wire: ['model'],
  codecs: ['wire'],
  run: ['averaging', 'topology', 'gossip-learning', 'final-merge', 'model', 'codecs'],
  'gossip-learning': ['model', 'averaging', 'wire', 'topology', 'membership', 'training'],
  'final-merge': ['model', 'averaging', 'wire', 'kernels'],
}
/** Pure single files at the top of protocols/, open to every layer. */
const PROTOCOL_ROOTS = ['config-error', 'errors', 'limits', 'random', 'suggestion']
const NODE_SIBLINGS = ['network', 'trainer', 'data', 'store', 'codecs']
/** What several of these stand on, and no siblings: compiled code and its memory; compression of bytes; threads. */
const NODE_FOUNDATIONS = ['kernels', 'entropy', 'threads']

/** The simulator's layers, each with those it stands on. `errors.ts` is open to all; `simulation.ts` stands on all. */
const HARNESS_LAYERS = {
  world: [],
  training: [],
  swarm: ['training', 'world'],
  cell: ['swarm', 'training', 'world'],
  sweep: ['cell'],
  report: ['cell'],
}

const restrict = (message, ...regexes) => regexes.map((regex) => ({ regex, message }))
const alternatives = (names) => names.join('|')

const impurePackages = restrict(
  'protocols/ is pure: no I/O, no libp2p, no tfjs. Emit an effect instead.',
  '^node:',
  '^(@libp2p|libp2p|@chainsafe|@multiformats)(/|$)',
  '^@tensorflow(/|$)',
  '/(node|test|scripts)/',
)
const impureGlobals = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'process',
  'fetch',
]

const UNPORTABLE = ['exp', 'log', 'pow', 'sin', 'cos', 'tanh', 'log2', 'log10', 'hypot'].map((property) => ({
  object: 'Math',
  property,
  message: 'Not the same bits on every machine: only + - * / and Math.sqrt on floats here.',
}))

/** @param up the way to protocols/ from the files meant. */
const protocolImports = (layer, allowed, up) => [
  'error',
  {
    patterns: [
      ...impurePackages,
      ...restrict(
        `protocols/${layer} may import only: ${[...allowed, ...PROTOCOL_ROOTS].join(', ')}`,
        `^${up}(?!(\\.\\./)*((${alternatives([...allowed, layer])})/|(${PROTOCOL_ROOTS.join('|')})\\.js))`,
      ),
    ],
  },
]

const protocolLayer = ([layer, allowed]) => [
  {
    files: [`protocols/${layer}/*.ts`],
    rules: { 'no-restricted-imports': protocolImports(layer, allowed, '\\.\\./') },
  },
  {
    // One folder deeper: what lies beside that folder is of the same layer.
    files: [`protocols/${layer}/*/*.ts`],
    rules: { 'no-restricted-imports': protocolImports(layer, allowed, '\\.\\./\\.\\./') },
  },
  {
    // And one more.
    files: [`protocols/${layer}/*/*/**/*.ts`],
    rules: { 'no-restricted-imports': protocolImports(layer, allowed, '\\.\\./\\.\\./\\.\\./') },
  },
]

const nodeSibling = (sibling) => ({
  files: [`node/${sibling}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...restrict(
            `node/${sibling} may not import its siblings: they meet in node/peer.ts.`,
            `^(\\.\\./)+(${alternatives(NODE_SIBLINGS.filter((other) => other !== sibling))}|cli|peer)(/|\\.)`,
          ),
          ...(sibling === 'network'
            ? []
            : restrict(
                'libp2p is imported only in node/network.',
                '^(@libp2p|libp2p|@chainsafe|@multiformats)(/|$)',
              )),
          ...(sibling === 'trainer'
            ? []
            : restrict('tfjs is imported only in node/trainer.', '^@tensorflow(/|$)')),
          ...restrict('the product does not import its tests.', '/(test|scripts)/'),
        ],
      },
    ],
  },
})

const nodeFoundation = (foundation) => ({
  files: [`node/${foundation}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: restrict(
          `node/${foundation} stands below the other folders of node/ and imports none of them.`,
          `^(\\.\\./)+(${alternatives([...NODE_SIBLINGS, ...NODE_FOUNDATIONS.filter((other) => other !== foundation)])}|cli|peer)(/|\\.)`,
          '^(@libp2p|libp2p|@chainsafe|@multiformats|@tensorflow)(/|$)',
          '/(test|scripts)/',
        ),
      },
    ],
  },
})

const harnessLayer = ([layer, allowed]) => ({
  files: [`test/harness/${layer}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...restrict(
            `test/harness/${layer} may import of the harness only: ${[...allowed, 'errors'].join(', ')}`,
            `^(\\.\\./)+(${alternatives(
              Object.keys(HARNESS_LAYERS).filter((other) => other !== layer && !allowed.includes(other)),
            )}|simulation|index)(/|\\.)`,
          ),
          ...restrict(
            'the simulator takes trainer, data and files from node/, and nothing that talks or has commands.',
            '/node/(network|peer|cli)(/|\\.)',
          ),
          ...restrict('the simulator ships: it does not import tests or scripts.', '/(test|scripts)/'),
        ],
      },
    ],
  },
})

const compositionRoot = (files, forbidden) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...restrict(
            'libp2p is imported only in node/network.',
            '^(@libp2p|libp2p|@chainsafe|@multiformats)(/|$)',
          ),
          ...restrict('tfjs is imported only in node/trainer.', '^@tensorflow(/|$)'),
          ...restrict('the product does not import its tests.', forbidden),
        ],
      },
    ],
  },
})

/**
 * The simulator lies with the tests, above the product. Only the command that runs it may look up there, and of the
 * harness it may take anything.
 */
const SIMULATOR_COMMAND = 'node/cli/simulate/**/*.ts'

const unlisted = readdirSync(new URL('./protocols', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !(entry.name in PROTOCOL_LAYERS) && entry.name !== 'decisions')
  .map((entry) => entry.name)
if (unlisted.length > 0)
  throw new Error(`name the layer of protocols/${unlisted.join(', protocols/')} in eslint.config.js`)

export default tseslint.config(
  // AssemblyScript has TypeScript's grammar and types of its own; its compiler checks it.
  { ignores: ['dist', 'node_modules', 'protocols/wire/messages.ts', 'protocols/kernels/assembly'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-imports': 'off',
    },
  },
  {
    files: ['protocols/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...impureGlobals.map((name) => ({ name, message: 'protocols/ is pure.' })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Take a seeded Random as an argument.' },
        { object: 'Date', property: 'now', message: 'Take nowMs as an argument.' },
        ...UNPORTABLE,
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date']", message: 'Take nowMs as an argument.' },
      ],
    },
  },
  {
    files: ['test/harness/{world,swarm,training}/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'One seed, one trace: take a seeded Random.' },
        { object: 'Date', property: 'now', message: 'Virtual time is agenda.nowMs.' },
        { object: 'performance', property: 'now', message: 'Virtual time is agenda.nowMs.' },
        ...UNPORTABLE,
      ],
    },
  },
  { files: ['protocols/*.ts'], rules: { 'no-restricted-imports': ['error', { patterns: impurePackages }] } },
  ...Object.entries(PROTOCOL_LAYERS).flatMap(protocolLayer),
  ...NODE_SIBLINGS.map(nodeSibling),
  ...NODE_FOUNDATIONS.map(nodeFoundation),
  ...Object.entries(HARNESS_LAYERS).map(harnessLayer),
  compositionRoot(['node/cli/**/*.ts', 'node/peer/**/*.ts', 'node/*.ts'], '/(test|scripts)/'),
  compositionRoot([SIMULATOR_COMMAND], '/(test/(?!harness/)|scripts/)'),
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['describe', 'it', 'test', 'before', 'after'], package: 'node:test' },
          ],
        },
      ],
    },
  },
)
