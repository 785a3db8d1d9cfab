import type { Network } from '../network/index.js'
import type { RollCall } from './roll-call.js'

/** Milliseconds that a farewell may take to be on its way. Guess: it waits for slow readers only. */
const GOODBYE_MS = 500
/** Milliseconds before this peer then hangs up: what comes from a connection that is closed already is not believed. Guess. */
const HEARD_MS = 300

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Says goodbye and gives it the time to be heard. Resolves when this peer may hang up, after both waits at most. */
export const sayFarewell = async ({
  network,
  rollCall,
}: {
  readonly network: Pick<Network, 'connectedPeers'>
  readonly rollCall: Pick<RollCall, 'sayGoodbye'>
}): Promise<void> => {
  await Promise.race([rollCall.sayGoodbye(), delay(GOODBYE_MS)])
  if (network.connectedPeers().length > 0) await delay(HEARD_MS)
}
