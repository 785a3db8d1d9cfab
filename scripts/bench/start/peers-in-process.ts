/** One peer in this process, then more: prints by how much each of them makes it larger. Ended by whoever started it. */
import '../../../node/polyfills.js'
import { setTimeout as delay } from 'node:timers/promises'
import { parseRunConfiguration } from '../../../protocols/run/index.js'
import { loadDataset, parseDataSource } from '../../../node/data/index.js'
import { createIdentity } from '../../../node/network/index.js'
import { createPeer } from '../../../node/peer.js'

/** Milliseconds for what a start leaves behind. Guess. */
const SETTLE_MS = 1_000

const more = Number(process.argv[2])
const configuration = parseRunConfiguration({ name: 'bench', model: 'mlp:128', minPeers: more + 2 })
const { train, test } = await loadDataset(parseDataSource('digits'), { seed: 1 })

const addPeer = async (name: string): Promise<void> => {
  await createPeer({
    ...{ configuration, name, train, test, identity: createIdentity(), mdns: false },
    ...{ listen: ['/ip4/127.0.0.1/tcp/0'], dial: [], onReport: () => {} },
  })
}

const residentBytes = async (): Promise<number> => {
  await delay(SETTLE_MS)
  return process.memoryUsage.rss()
}

await addPeer('first')
const before = await residentBytes()
for (let index = 0; index < more; index++) await addPeer(`more-${index}`)
const bytesPerPeer = ((await residentBytes()) - before) / more
console.log(JSON.stringify({ type: 'result', bytesPerPeer }))
