import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { build, type Metafile } from 'esbuild'

/** As the build calls it; written to nowhere. */
const bundled = async (): Promise<Metafile> => {
  const script = pathToFileURL('scripts/bundle.mjs').href
  const { bundleOptions } = (await import(script)) as {
    bundleOptions: (entryPoints: readonly string[]) => Parameters<typeof build>[0]
  }
  const entries = ['node/cli/main.ts', 'node/cli/run.ts', 'node/cli/demo/peer-process.ts']
  const { metafile } = await build({ ...bundleOptions(entries), write: false, sourcemap: false })
  return metafile!
}

/** Files of the bundle that are loaded with this one, which is `entry`'s. */
const loadedWith = ({ outputs }: Metafile, entry: string): readonly string[] => {
  const [first] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === entry)!
  const found = new Set([first])
  for (const path of found) {
    for (const { path: next, kind } of outputs[path]!.imports) {
      if (kind === 'import-statement' && next in outputs) found.add(next)
    }
  }
  return [...found]
}

/** Names of the packages in the files that are loaded with an entry. */
const packagesIn = (metafile: Metafile, entry: string): readonly string[] => {
  const inputs = loadedWith(metafile, entry).flatMap((path) => Object.keys(metafile.outputs[path]!.inputs))
  const names = inputs.map((input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1])
  return [...new Set(names)].filter((name) => name !== undefined).sort()
}

describe('what the built command loads', () => {
  let metafile: Metafile
  before(async () => {
    metafile = await bundled()
  })

  it('is nothing but a few words of its own for the list of commands', () => {
    assert.deepEqual(packagesIn(metafile, 'node/cli/main.ts'), [])
    const files = loadedWith(metafile, 'node/cli/main.ts')
    assert.ok(files.length <= 4, `the list loads ${files.length} files`)
  })

  it('is the parser of the command line and nothing else, before it knows which command is meant', () => {
    assert.deepEqual(packagesIn(metafile, 'node/cli/run.ts'), ['commander'])
  })

  it('is in few files for a peer, since finding each of a thousand costs it a second', () => {
    const files = loadedWith(metafile, 'node/cli/demo/peer-process.ts')
    assert.ok(files.length <= 40, `a peer loads ${files.length} files`)
    assert.ok(packagesIn(metafile, 'node/cli/demo/peer-process.ts').includes('libp2p'))
  })

  it('leaves tfjs outside, because tfjs-node must find the same one', () => {
    const names = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs))
    assert.deepEqual(
      names.filter((name) => name.includes('@tensorflow')),
      [],
    )
  })
})
