import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ensureWritable } from '../../store/index.js'
import { formerResults } from '../former-results.js'
import type { Output } from '../output.js'

/** Where a peer saves its result. */
export const peerFolder = (out: string, index: number): string => join(out, `peer-${index}`)

const PEER_FOLDER = /^peer-\d+$/

/**
 * What keeps a peer from saving its result should be known before the training, not after it.
 * @throws StoreError NOT_WRITABLE or DISK_FULL
 */
export const assertPeersCanSave = async (out: string, peers: number): Promise<void> => {
  for (let index = 0; index < peers; index++) {
    const folder = peerFolder(out, index)
    if (existsSync(folder)) await ensureWritable(folder)
  }
}

/**
 * Says which peers' folders have results that this demo has not saved: a peer that died keeps what it had from an earlier demo, and so
 * do those of which this demo had fewer.
 * @param out the demo's folder. @param saved folders of the peers that have saved a result.
 */
export const sayLeftFolders = async (
  output: Output,
  out: string,
  saved: readonly string[],
): Promise<void> => {
  const own = new Set(saved.map((folder) => basename(folder)))
  const names = (await readdir(out)).filter((name) => PEER_FOLDER.test(name) && !own.has(name))
  const left: string[] = []
  for (const name of names.sort(byNumber))
    if ((await formerResults(join(out, name))).length > 0) left.push(name)
  if (left.length === 0) return
  output.say(
    `Models that are not of this demo's result lie in ${left.join(', ')}, mostly from an earlier demo. They were not changed; ` +
      'move or remove them if they could be taken for results of this demo',
  )
}

const byNumber = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })
