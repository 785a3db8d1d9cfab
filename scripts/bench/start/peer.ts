import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { murmurPath, startChild, type Child } from '../child.js'

/** Lends a folder that is gone afterwards. */
export const inFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'murmur-bench-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** `murmur up` on generated digits, in a folder of its own below `cwd`. */
export const startUp = async (
  name: string,
  run: Readonly<Record<string, unknown>>,
  { signal, cwd }: { readonly signal: AbortSignal; readonly cwd: string },
): Promise<Child> => {
  const file = join(cwd, `${name}.yaml`)
  await writeFile(file, JSON.stringify({ name: 'bench', model: 'mlp:128', ...run }))
  const args = [murmurPath(), 'up', '--run', file, '--data', 'digits', '--name', name, '--json', '--no-mdns']
  return startChild(args, { signal, cwd })
}

/** `murmur join`, likewise. */
export const startJoin = (
  name: string,
  address: string,
  options: { readonly signal: AbortSignal; readonly cwd: string },
): Child =>
  startChild(
    [murmurPath(), 'join', address, '--data', 'digits', '--name', name, '--json', '--no-mdns'],
    options,
  )
