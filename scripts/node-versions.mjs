/**
 * Runs the test suite under other versions of Node and prints one line for each: `node 22.1.0: N passed, N failed`.
 * They come from npm's `node` package and are kept in a folder of their own below the system's temporary one.
 *
 *     node scripts/node-versions.mjs [--skip e2e,lan] [22 24]
 *
 * The project must be built. `--skip` leaves out folders of test/. Exit code 0 when all passed, 1 when not, 77 when a version could not be fetched.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const DEFAULT_VERSIONS = ['22', '24']
const CANNOT_RUN = 77
/** The suite takes two to three minutes on two cores; a hanging test should not take the night. */
const TIMEOUT_MS = 30 * 60_000

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { values, positionals } = parseArgs({
  options: { skip: { type: 'string', default: '' } },
  allowPositionals: true,
})

/** Path of a Node of that version, fetched on first use. */
const fetchNode = (version) => {
  const folder = join(tmpdir(), `murmur-node-versions-${process.getuid?.() ?? ''}`, version)
  const binary = join(
    folder,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  )
  if (existsSync(binary)) return binary
  mkdirSync(folder, { recursive: true })
  // Its install script puts the binary of this platform in place.
  const options = ['--prefix', folder, '--no-save', '--ignore-scripts=false', '--no-fund', '--no-audit']
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status, stderr } = spawnSync(npm, ['install', ...options, `node@${version}`], { encoding: 'utf8' })
  if (status === 0 && existsSync(binary)) return binary
  console.error(`cannot fetch node ${version} from npm; its tests were not run.\n${stderr}`)
  process.exit(CANNOT_RUN)
}

/** As `npm test` finds them, without the folders to skip. */
const testFiles = () => {
  const skipped = new Set(values.skip.split(','))
  return readdirSync(join(root, 'dist/test'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !skipped.has(entry.name))
    .flatMap(({ name }) =>
      readdirSync(join(root, 'dist/test', name))
        .filter((file) => file.endsWith('.test.js'))
        .map((file) => `dist/test/${name}/${file}`),
    )
    .sort()
}

const runSuite = (node) =>
  new Promise((resolve) => {
    const flags = ['--test', '--test-concurrency=2', '--test-reporter=tap']
    const child = spawn(node, [...flags, ...testFiles()], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: TIMEOUT_MS,
      // Tests start processes of their own, some by the name of the command.
      env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` },
    })
    let tap = ''
    child.stdout.on('data', (data) => (tap += data))
    child.on('exit', (code, signal) => resolve({ tap, code, signal }))
  })

const summaryOf = ({ tap, code, signal }) => {
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(tap)?.[1] ?? 0)
  const failed = count('fail') + count('cancelled')
  // Killed, or ended before the summary: at least one failure, whatever was counted.
  const ended = /^# pass \d+$/m.test(tap) && signal === null && (code === 0) === (failed === 0)
  return { passed: count('pass'), failed: ended ? failed : Math.max(1, failed) }
}

/** The parts of the report that say what failed and why. */
const failuresIn = (tap) =>
  [...tap.matchAll(/^( *)not ok .*\n(?:\1 {2}---\n[\s\S]*?\n\1 {2}\.\.\.\n)?/gm)]
    .map(([text]) => text)
    .filter((text) => !/failureType: 'subtestsFailed'/.test(text))
    .join('')

let allPassed = true
for (const version of positionals.length > 0 ? positionals : DEFAULT_VERSIONS) {
  const node = fetchNode(version)
  const name = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim().replace(/^v/, '')
  const report = await runSuite(node)
  const { passed, failed } = summaryOf(report)
  if (failed > 0) process.stderr.write(failuresIn(report.tap))
  console.log(`node ${name}: ${passed} passed, ${failed} failed`)
  allPassed &&= failed === 0
}
process.exit(allPassed ? 0 : 1)
