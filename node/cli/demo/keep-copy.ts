import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { atomicWrite, StoreError } from '../../store/index.js'
import { replaceFiles } from '../replace-files.js'
import { LAST_MERGE } from '../result-files.js'
import { certificatesOf, type SavedMerge } from '../save-result.js'

/**
 * Copies what one of the peers saved, in the place of an earlier merge, which goes once the copies are safe.
 * @param out the demo's folder.
 * @returns the copies.
 * @throws StoreError as {@link replaceFiles}; its message says where the peer's own files are.
 */
export const keepCopy = async (saved: SavedMerge, out: string): Promise<SavedMerge> => {
  const copies = (['model', 'certificate', 'statisticsCertificate'] as const).flatMap((kind) => {
    const from = saved[kind]
    if (!from) return []
    const name = LAST_MERGE[kind]
    return [{ name, write: async (path: string) => atomicWrite(path, await readFile(from)) }]
  })
  try {
    await replaceFiles(out, { files: copies, unfit: certificatesOf(LAST_MERGE) })
  } catch (error) {
    if (error instanceof StoreError) error.message += ` The merged model is whole in ${saved.model}.`
    throw error
  }
  const copyOf = (kind: keyof SavedMerge): string | null => saved[kind] && join(out, LAST_MERGE[kind])
  return {
    model: join(out, LAST_MERGE.model),
    certificate: copyOf('certificate'),
    statisticsCertificate: copyOf('statisticsCertificate'),
  }
}
