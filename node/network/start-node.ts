import { reasonOf } from '../../protocols/errors.js'
import { NetworkError } from './errors.js'
import type { Node } from './libp2p.js'

/**
 * Starts to listen.
 * @throws NetworkError ADDRESS_IN_USE or BAD_ADDRESS; the node is stopped then.
 */
export const startNode = async (node: Node, listen: readonly string[]): Promise<void> => {
  try {
    await node.start()
  } catch (error) {
    await node.stop()
    const details = { listen }
    const text = reasonOf(error)
    // libp2p packs the system's error into the text of its own: there is no code to branch on.
    if (text.includes('EADDRINUSE')) {
      const message = `another process listens on ${listen.join(' or ')}; nothing was started. Choose another port, or 0 for any.`
      throw new NetworkError('ADDRESS_IN_USE', message, details, { cause: error })
    }
    const message = `cannot listen on ${listen.join(' or ')} (${text.split('\n')[0]}); nothing was started. Use /ip4/…/tcp/… of this machine.`
    throw new NetworkError('BAD_ADDRESS', message, details, { cause: error })
  }
}
