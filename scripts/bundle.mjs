/**
 * Puts what the command loads into few files: dist/bundle holds our own modules and those of the dependencies, and each
 * entry in dist/ becomes one line that loads its part of it. Finding and reading some 900 files took `murmur --help` more
 * than a second. What is loaded only when it is needed stays in files of its own there.
 */
import { build } from 'esbuild'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const OUT = 'dist/bundle'
/** Where source files lie that may be started by their path, as a process or a thread. */
const ROOTS = ['node', 'test/harness']
const COMMAND = 'node/cli/main'
/** Programs import this from the package; our own scripts import the file beside their modules, so it stays as it is. */
const LIBRARY = 'test/harness/index'

/**
 * Not taken in: tfjs keeps registries that tfjs-node must share, piscina starts threads from files of its own, and
 * reports with charts are rare. tsx is for running from the sources.
 */
const EXTERNAL = ['@tensorflow/*', 'piscina', 'tsx', 'vega', 'vega-lite']

/** What CommonJS packages find in every file. */
const BANNER = `
import { createRequire as bundleRequire } from 'node:module'
const require = bundleRequire(import.meta.url)
const { filename: bundleFile, dirname: bundleFolder } = import.meta
`

/** `new URL('./worker.js', import.meta.url)`: a file that is started by its path. */
const STARTED = /'(\.{1,2}\/[\w./-]+)\.js',\s*import\.meta\.url/g

const sourcesIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))

/** Sources of all processes and threads, without ending. */
const findEntries = () => {
  const started = ROOTS.flatMap(sourcesIn).flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(STARTED)].map(([, name]) => join(dirname(path), name)),
  )
  return [...new Set([COMMAND, ...started])]
}

const isOurs = (path) => !relative(process.cwd(), path).includes('node_modules')

/** Of ours, only this does something when it is loaded; the rest goes with its last user. */
const HAS_EFFECTS = /\/polyfills\.js$/

const ourModules = {
  name: 'our modules',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ path, resolveDir, importer }) => {
      if (!isOurs(importer) || HAS_EFFECTS.test(path)) return undefined
      return { path: join(resolveDir, path.replace(/\.js$/, '.ts')), sideEffects: false }
    })
    // A module that is moved still finds what lies beside it in dist/: all files of the bundle lie in one folder.
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8')
      if (!isOurs(path) || !contents.includes('import.meta.url')) return undefined
      const compiled = join('dist', relative(process.cwd(), path).replace(/\.ts$/, '.js'))
      const place = relative(OUT, compiled).replaceAll('\\', '/')
      const url = `(new URL(${JSON.stringify(place)}, import.meta.url).href)`
      return { contents: contents.replaceAll('import.meta.url', url), loader: 'ts' }
    })
  },
}

/** For esbuild, run in the project's folder; its `metafile` says what became of each file. */
export const bundleOptions = (entryPoints) => ({
  entryPoints,
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: EXTERNAL,
  banner: { js: BANNER },
  define: { __filename: 'bundleFile', __dirname: 'bundleFolder' },
  // One folder for entries and what they share. Names stay readable: a bug's stack is sent to us.
  entryNames: '[name]-[hash]',
  chunkNames: 'part-[hash]',
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
  plugins: [ourModules],
})

/** Needs dist/ as the compiler leaves it. Its errors are esbuild's. */
export const bundle = async () => {
  const entries = findEntries()
  const { metafile } = await build(bundleOptions([...entries, LIBRARY].map((entry) => `${entry}.ts`)))
  // The compiler's map is of what the entry was.
  for (const entry of entries) rmSync(`dist/${entry}.js.map`, { force: true })
  for (const [path, { entryPoint, exports }] of Object.entries(metafile.outputs)) {
    const entry = entryPoint?.replace(/\.ts$/, '')
    if (entry === LIBRARY) writeFileSync(`${OUT}/harness.js`, loads(path, `${OUT}/harness.js`, exports))
    if (!entries.includes(entry)) continue
    const stub = `dist/${entry}.js`
    const shebang = entry === COMMAND ? '#!/usr/bin/env node\n' : ''
    writeFileSync(stub, `${shebang}${loads(path, stub, exports)}`)
  }
}

/** The line that loads it. A thread's default export is its task. */
const loads = (path, from, exports) => {
  const way = relative(dirname(from), path).replaceAll('\\', '/')
  const name = JSON.stringify(way.startsWith('.') ? way : `./${way}`)
  const byDefault = exports.includes('default') ? `export { default } from ${name}\n` : ''
  return `export * from ${name}\n${byDefault}`
}
