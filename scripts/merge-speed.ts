/**
 * What the final merge costs: N peers over loopback, random models, no training. Bytes that each sent from the call to
 * its result, gossip included, and the time until the last one has the result; reduce-scatter and all-to-all one after
 * the other. Each merges twice: the first time its code is cold and its streams are not open, as after a run's only period; the
 * second time they are, as after every later period. Up to 16 peers have a process each. Of more, four share one: 32 cold
 * processes on two cores are busy with compiling, each the same code.
 *
 *     npx tsx scripts/merge-speed.ts [PARAMETERS] [PEERS…]      default 1000000 4 8 16 32
 */
import { fork, type ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import type { FromMergePeer, ToMergePeer } from './merge/messages.js'

const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? './merge/peer-process.ts' : './merge/peer-process.js',
  import.meta.url,
)
const FLOAT_BYTES = 4
/** Peers that have a process each, and how many share one when they are more. */
const PROCESSES_MAX = 16
const PEERS_PER_PROCESS = 4
/** Milliseconds for the gossip mesh to form: a few heartbeats. */
const MESH_MS = 3_000
/** Milliseconds until a merge counts as hung. */
const MERGE_MAX_MS = 600_000

type Method = (ToMergePeer & { type: 'setUp' })['method']
/** A message without whom it is to. */
type Order = WithoutIndex<ToMergePeer>
type WithoutIndex<Message> = Message extends unknown ? Omit<Message, 'index'> : never

/** Of one merge. */
interface Cost {
  readonly seconds: number
  readonly sentMean: number
  readonly sentMax: number
}

/** A peer has given the merge up. */
class Abandoned extends Error {}

interface Peer {
  readonly index: number
  readonly child: ChildProcess
}

const post = ({ index, child }: Peer, message: Order): void =>
  void child.send({ ...message, index }, () => {})

const next = <Type extends FromMergePeer['type']>(
  { index, child }: Peer,
  type: Type,
): Promise<FromMergePeer & { type: Type }> =>
  new Promise((resolve, reject) => {
    const hear = (message: FromMergePeer): void => {
      if (message.index !== index) return
      if (message.type === type) resolve(message as FromMergePeer & { type: Type })
      else if (message.type === 'failed') reject(new Error(message.message))
      else if (message.type === 'abandoned') reject(new Abandoned(message.reason))
      else return
      child.off('message', hear)
    }
    child.on('message', hear)
  })

const bytesSentOf = async (peers: readonly Peer[]): Promise<readonly number[]> => {
  const counted = peers.map((peer) => next(peer, 'counted'))
  peers.forEach((peer) => post(peer, { type: 'count' }))
  return (await Promise.all(counted)).map(({ bytesSent }) => bytesSent)
}

const mergeOnce = async (peers: readonly Peer[]): Promise<Cost> => {
  const before = await bytesSentOf(peers)
  const merged = peers.map((peer) => next(peer, 'merged'))
  const startedMs = Date.now()
  post(peers[0]!, { type: 'call' })
  const ended = await Promise.race([
    Promise.all(merged),
    delay(MERGE_MAX_MS, undefined, { ref: false }).then(() =>
      Promise.reject(new Error('a merge did not end')),
    ),
  ])
  if (new Set(ended.map(({ digest }) => digest)).size !== 1) throw new Error('the digests differ')
  if (ended.some(({ models }) => models !== peers.length)) throw new Error('models are missing')
  // What others still fetch from those that are done belongs to the merge too.
  const sent = (await bytesSentOf(peers)).map((bytes, i) => bytes - before[i]!)
  return {
    seconds: (Math.max(...ended.map(({ atMs }) => atMs)) - startedMs) / 1000,
    sentMean: sent.reduce((sum, bytes) => sum + bytes, 0) / peers.length,
    sentMax: Math.max(...sent),
  }
}

/** Of the first merge and the second; nothing when one was given up. */
const measure = async (
  count: number,
  parameters: number,
  method: Method,
): Promise<readonly [Cost, Cost] | undefined> => {
  const processes = count > PROCESSES_MAX ? Math.ceil(count / PEERS_PER_PROCESS) : count
  const children = Array.from({ length: processes }, () => fork(ENTRY, { stdio: 'inherit' }))
  const peers = Array.from({ length: count }, (_, index): Peer => {
    return { index, child: children[index % children.length]! }
  })
  const beganMs = Date.now()
  const tell = (what: string): void =>
    console.error(`${count} peers, ${method}: ${what} after ${((Date.now() - beganMs) / 1000).toFixed(0)} s`)
  const end = (): void => children.forEach((child) => child.kill('SIGKILL'))
  process.on('exit', end)
  try {
    const ready = peers.map((peer) => next(peer, 'ready'))
    peers.forEach((peer) => post(peer, { type: 'setUp', peers: count, parameters, method }))
    const addresses = (await Promise.all(ready)).map(({ address }) => address)
    tell('listening')
    // One after the other: the handshakes of 32 cold processes at once take longer than one may.
    for (const peer of peers) {
      const { index } = peer
      const dialled = next(peer, 'dialled')
      post(peer, { type: 'dial', addresses: addresses.slice(0, index) })
      await dialled
    }
    tell('connected')
    await delay(MESH_MS)
    const first = await mergeOnce(peers)
    tell('merged')
    // What is repeated or fetched late belongs to the first.
    await delay(MESH_MS)
    const second = await mergeOnce(peers)
    tell('merged again')
    return [first, second]
  } catch (error) {
    if (!(error instanceof Abandoned)) throw error
    tell(`given up (${error.message})`)
    return undefined
  } finally {
    end()
    process.off('exit', end)
  }
}

const [parameters = 1_000_000, ...counts] = process.argv.slice(2).map(Number)
const modelBytes = parameters * FLOAT_BYTES
const inModels = (bytes: number): string => (bytes / modelBytes).toFixed(2).padStart(6)
const cells = (costs: readonly [Cost, Cost] | undefined): string =>
  costs
    ? costs
        .flatMap(({ sentMean, sentMax, seconds }) => [
          inModels(sentMean),
          inModels(sentMax),
          seconds.toFixed(2).padStart(7),
        ])
        .join(' ')
    : 'given up'.padStart(43)
console.log(
  `${parameters} parameters, ${(modelBytes / 1e6).toFixed(1)} MB; of the first merge and the second: sent in models, mean and most of a peer, and seconds`,
)
console.log(
  `peers  ${'reduce-scatter'.padEnd(44)} ${'all-to-all'.padEnd(44)} ratios of the seconds, first and second`,
)
for (const peers of counts.length > 0 ? counts : [4, 8, 16, 32]) {
  const ours = await measure(peers, parameters, 'reduce-scatter')
  const plain = await measure(peers, parameters, 'all-to-all')
  const ratios = [0, 1].map((i) =>
    ours && plain ? (ours[i]!.seconds / plain[i]!.seconds).toFixed(2).padStart(6) : '',
  )
  console.log(
    `${String(peers).padStart(5)}  ${cells(ours).padEnd(44)} ${cells(plain).padEnd(44)} ${ratios.join(' ')}`,
  )
}
process.exit(0)
