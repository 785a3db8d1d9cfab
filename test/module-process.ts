import { fileURLToPath } from 'node:url'

/**
 * What node must be given to run a module as a process: the compiled module or, where the caller itself runs from its
 * source, the source beside it and the loader that reads it.
 * @param entry where the compiled module would be, made with `new URL` and the caller's own address.
 */
export const moduleArguments = (entry: URL): readonly string[] => {
  const path = fileURLToPath(entry)
  if (!import.meta.url.endsWith('.ts')) return [path]
  return ['--import', import.meta.resolve('tsx'), path.replace(/\.js$/, '.ts')]
}
