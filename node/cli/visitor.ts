import { Interrupted } from './exit-codes.js'
import { interruptSignal } from './interrupt.js'
import { createIdentity, createNetwork, type Network } from '../network/index.js'

/** Milliseconds of looking around on the local network. mDNS answers within one or two seconds. */
const DISCOVERY_MS = 10_000

/** Connects to a run without taking part, does one thing, and is gone. @throws Interrupted on Ctrl-C */
export const visit = async <T>(
  {
    mdns = false,
    onDiscovered,
  }: { readonly mdns?: boolean; readonly onDiscovered?: (address: string) => void },
  errand: (network: Network) => Promise<T>,
): Promise<T> => {
  const network = await createNetwork({
    identity: createIdentity(),
    listen: [],
    mdns,
    name: 'visitor',
    run: null,
    handlers: {
      onHeads() {},
      onMerge() {},
      onAdmitted() {},
      onDisconnected() {},
      onRefused() {},
      onMembers() {},
      onDiscovered: (_peerId, addresses) => addresses.forEach((address) => onDiscovered?.(address)),
      snapshot: () => null,
      shard: () => ({ type: 'none' }),
      status: () => new Uint8Array(),
      mergeCall: () => ({ type: 'refused', code: 'VISITOR', message: 'a visitor is in no run' }),
      members: () => [],
    },
  })
  const interrupt = interruptSignal()
  // Whatever the errand waits for is rejected then.
  const onInterrupt = (): void => void network.stop()
  interrupt.addEventListener('abort', onInterrupt)
  try {
    if (interrupt.aborted) throw new Interrupted('stopped; nothing was asked')
    return await errand(network)
  } catch (error) {
    throw interrupt.aborted ? new Interrupted('stopped before the peer had answered') : error
  } finally {
    interrupt.removeEventListener('abort', onInterrupt)
    await network.stop()
  }
}

/** The address of a peer on the local network, or undefined when none answers in time. */
export const discover = async (signal: AbortSignal): Promise<string | undefined> => {
  let found!: (address: string | undefined) => void
  const address = new Promise<string | undefined>((resolve) => (found = resolve))
  const timer = setTimeout(() => found(undefined), DISCOVERY_MS)
  signal.addEventListener('abort', () => found(undefined), { once: true })
  try {
    return await visit({ mdns: true, onDiscovered: found }, () => address)
  } finally {
    clearTimeout(timer)
  }
}
