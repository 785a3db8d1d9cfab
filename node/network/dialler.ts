import type { Connection, PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import { reasonOf } from '../../protocols/errors.js'
import type { Limits } from '../../protocols/limits.js'
import { parseAddress } from './address-book.js'
import type { AddressBook } from './address-book.js'
import type { Admission } from './admission.js'
import { createDeadline, reasonOrError, within } from './deadline.js'
import { NetworkError } from './errors.js'
import type { Node } from './libp2p.js'

export interface Dialler {
  /** An open connection whose hello was accepted. */
  dial(target: string, signal?: AbortSignal): Promise<Connection>
  /** As `dial`, but takes the connection that is there. */
  readonly connect: (peerId: string, signal?: AbortSignal) => Promise<Connection>
}

/** Dials and waits for the hello, which the connection's opening starts. */
export const createDialler = ({
  node,
  admission,
  book,
  limits,
  visitor,
  stopped,
}: {
  readonly node: Node
  readonly admission: Admission
  readonly book: AddressBook
  readonly limits: Limits
  /** This peer is in no run: being a visitor at the other side is all it can be. */
  readonly visitor: boolean
  readonly stopped: AbortSignal
}): Dialler => {
  const dial = async (target: string, callerSignal?: AbortSignal): Promise<Connection> => {
    const address = addressOf(target, { book, self: node.peerId.toString() })
    const { signal, clear } = createDeadline({
      what: `dialling ${target}`,
      timeoutMs: limits.dialTimeoutMs + limits.helloTimeoutMs,
      signals: [callerSignal, stopped],
    })
    try {
      const connection = await open(node, address, { signal, target })
      const link = await within(admission.settled(connection), signal)
      if (link.standing === 'member' || (visitor && link.standing === 'visitor')) return connection
      if (link.error) throw link.error
      throw new NetworkError('NOT_ADMITTED', `${link.peerId} is connected as a visitor; it serves nothing`)
    } catch (error) {
      throw reasonOrError(signal, error)
    } finally {
      clear()
    }
  }
  return {
    dial,
    connect: async (peerId, signal) => admission.connectionTo(peerId) ?? dial(peerId, signal),
  }
}

const open = async (
  node: Node,
  address: PeerId | Multiaddr | Multiaddr[],
  { signal, target }: { readonly signal: AbortSignal; readonly target: string },
): Promise<Connection> => {
  try {
    return await node.dial(address, { signal })
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const bad = error instanceof Error && error.name === 'NoValidAddressesError' && target.startsWith('/')
    if (bad) {
      const message = `no transport of this peer can dial ${target}; nothing was changed. Use a /tcp address.`
      throw new NetworkError('BAD_ADDRESS', message, { target }, { cause: error })
    }
    throw new NetworkError(
      'UNREACHABLE',
      `could not connect to ${target} (${causesOf(error)}); nothing was changed. Is the peer running, and the address its own?`,
      { target },
      { cause: error },
    )
  }
}

const addressOf = (
  target: string,
  { book, self }: { readonly book: AddressBook; readonly self: string },
): PeerId | Multiaddr | Multiaddr[] => {
  if (target.startsWith('/')) return parseAddress(target)
  let peerId: PeerId
  try {
    peerId = peerIdFromString(target)
  } catch (error) {
    const message = `${JSON.stringify(target.slice(0, 128))} is neither a multiaddr nor a peer id; nothing was dialled. Give the address that the peer printed, /ip4/…/tcp/…/p2p/12D3KooW…`
    throw new NetworkError('BAD_ADDRESS', message, {}, { cause: error })
  }
  if (target === self)
    throw new NetworkError('BAD_ADDRESS', 'that is the id of this peer itself; nothing was dialled')
  const known = book.addressesOf(target)
  // Without own knowledge: what identify left in libp2p's peer store.
  return known.length > 0 ? [...known] : peerId
}

/** libp2p hides the reasons of several failed addresses in an AggregateError. */
const causesOf = (error: unknown): string =>
  error instanceof AggregateError ? error.errors.map(causeOf).join('; ') : causeOf(error)

const causeOf = (error: unknown): string =>
  error instanceof Error && error.name === 'UnexpectedPeerError'
    ? 'another peer answers there'
    : reasonOf(error)
