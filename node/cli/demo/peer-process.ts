/** A process of the demo, for one peer or several. Started by `murmur demo`, steered over the IPC channel. */
import '../../polyfills.js'
import { setTimeout as delay } from 'node:timers/promises'
import { createDemoPeer, type DemoPeer } from './demo-peer.js'
import type { FromProcess, ToProcess } from './messages.js'

/** Milliseconds until a process that was told to stop, or has lost the demo, ends whatever its peers do. Guess. */
const STOP_MS = 2_500

const peers = new Map<number, DemoPeer>()

/** Without a callback, a demo that is gone would be an uncaught error here. */
const send = (message: FromProcess): void => {
  if (process.connected) process.send!(message, () => {})
}

const peerAt = (index: number): DemoPeer => {
  const known = peers.get(index)
  if (known) return known
  const peer = createDemoPeer({ index, send: (message) => send({ index, message }) })
  peers.set(index, peer)
  return peer
}

let stopping: Promise<void> | undefined
const stop = (): Promise<void> => {
  const farewell = Promise.all([...peers.values()].map((peer) => peer.stop()))
  stopping ??= Promise.race([farewell, delay(STOP_MS)]).then(
    () => process.exit(0),
    () => process.exit(1),
  )
  return stopping
}

process.on('message', (message: ToProcess) => {
  if (message.type === 'stop') return void stop()
  peerAt(message.index).handle(message.message)
})
// Ctrl-C and a closing terminal reach every process of it; the demo decides what happens.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {})
process.on('disconnect', () => void stop())
