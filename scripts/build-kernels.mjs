/**
 * Compiles each file in protocols/kernels/assembly to dist/kernels/NAME.wasm. Does nothing for what is newer than all
 * sources, so tests that run from the sources may call it each time.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename } from 'node:path'

const SOURCES = 'protocols/kernels/assembly'
const OUT = 'dist/kernels'
/** Pages of 64 KiB: 4 GiB, all that 32 bits address. Must be what `createArena` asks for. */
const PAGES_MAX = 65_536
/** Modules for a memory that is not ours: that of tfjs, which no threads share. */
const UNSHARED = ['tfjs']

const newest = (path) => {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(`${path}/${name}`)))
}

const modifiedMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

/** Each file beside the folders is a module of its own; what they share lies in folders. */
export const buildKernels = () => {
  const changedMs = Math.max(newest(SOURCES), modifiedMs('scripts/build-kernels.mjs'))
  const asc = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js')
  mkdirSync(OUT, { recursive: true })
  for (const entry of readdirSync(SOURCES, { withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue
    const out = `${OUT}/${basename(entry.name, '.ts')}.wasm`
    if (modifiedMs(out) > changedMs) continue
    const flags = [
      ...[
        '--outFile',
        out,
        '--runtime',
        'stub',
        '--noAssert',
        '-O3',
        '--enable',
        'simd',
        '--enable',
        'threads',
      ],
      // Functions of vectors are exported between files, never to JavaScript.
      ...['--disableWarning', '112'],
      ...['--importMemory', '--initialMemory', '1'],
      ...(UNSHARED.includes(basename(entry.name, '.ts'))
        ? []
        : ['--sharedMemory', '--maximumMemory', String(PAGES_MAX)]),
    ]
    const { status } = spawnSync(process.execPath, [asc, `${SOURCES}/${entry.name}`, ...flags], {
      stdio: 'inherit',
    })
    if (status !== 0) return false
  }
  return true
}

if (process.argv[1] === import.meta.filename && !buildKernels()) process.exit(1)
