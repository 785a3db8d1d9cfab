/**
 * Compiles to dist/, from scratch so that nothing stays of files that are gone, and makes the command executable.
 * Does nothing when dist/ is newer than every source: npm runs this again when `npx murmur` first links the package,
 * and a peer that is starting at that moment must not find its files gone.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { buildKernels } from './build-kernels.mjs'
import { bundle } from './bundle.mjs'

const SOURCES = ['node', 'protocols', 'scripts', 'test', 'package.json', 'package-lock.json', 'tsconfig.json']
const STAMP = 'dist/.built'

const newest = (path) => {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  // A folder's own time tells of files that were removed.
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(`${path}/${name}`)))
}

const upToDate = () => {
  const stamp = statSync(STAMP, { throwIfNoEntry: false })
  return stamp !== undefined && SOURCES.every((path) => newest(path) < stamp.mtimeMs)
}

if (!upToDate()) {
  const startedAt = new Date()
  rmSync('dist', { recursive: true, force: true })
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
  if (!buildKernels()) process.exit(1)
  await bundle()
  chmodSync('dist/node/cli/main.js', 0o755)
  writeFileSync(STAMP, '')
  // What was edited meanwhile is not in it.
  utimesSync(STAMP, startedAt, startedAt)
}
