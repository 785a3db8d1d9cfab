/** A process of the demo, for one peer or several. Started by `murmur demo`, steered over the IPC channel. */
import '../../polyfills.js'
import { setTimeout as delay } from 'node:timers/promises'
import { isMurmurationError, reasonOf } from '../../../protocols/errors.js'
import { createDemoPeer, type DemoPeer } from './demo-peer.js'
import type { FromPeer, FromProcess, ToProcess } from './messages.js'
import { startTraining } from './shared-training.js'

/** Milliseconds until a process that was told to stop, or has lost the demo, ends whatever its peers do. Guess. */
const STOP_MS = 2_500

const peers = new Map<number, DemoPeer>()

/** Without a callback, a demo that is gone would be an uncaught error here. */
const send = (message: FromProcess): void => {
  if (process.connected) process.send!(message, () => {})
}

const sendFor =
  (index: number) =>
  (message: FromPeer): void =>
    send({ index, message })

const failAs = (index: number, error: unknown): void => {
  const code = isMurmurationError(error) ? error.code : 'BUG'
  const name = error instanceof Error ? error.name : 'Error'
  sendFor(index)({ type: 'failed', error: { name, code, message: reasonOf(error) } })
}

const setUp = async (setup: ToProcess & { type: 'setup' }): Promise<void> => {
  const trainings = await startTraining(setup)
  for (const { index, ...training } of trainings) {
    const own = {
      index,
      setup,
      training,
      send: sendFor(index),
      fail: (error: unknown) => failAs(index, error),
    }
    createDemoPeer(own).then((peer) => peers.set(index, peer), own.fail)
  }
}

let stopping: Promise<void> | undefined
/** A peer that cannot say goodbye keeps no other from it. */
const farewell = async (): Promise<void> => {
  const goodbyes = Promise.allSettled([...peers.values()].map((peer) => peer.stop()))
  const outcomes = (await Promise.race([goodbyes, delay(STOP_MS)])) ?? []
  process.exit(outcomes.some(({ status }) => status === 'rejected') ? 1 : 0)
}
const stop = (): Promise<void> => (stopping ??= farewell())

process.on('message', (message: ToProcess) => {
  switch (message.type) {
    case 'setup':
      return void setUp(message).catch((error: unknown) =>
        message.indexes.forEach((index) => failAs(index, error)),
      )
    case 'peer':
      // Told to go or to begin only after it said that it is ready.
      return peers.get(message.index)?.handle(message.message)
    case 'stop':
      return message.goodbye ? void stop() : process.exit(0)
  }
})
// Ctrl-C and a closing terminal reach every process of it; the demo decides what happens.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {})
process.on('disconnect', () => void stop())
