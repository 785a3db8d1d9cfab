import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Limits } from '../../protocols/limits.js'
import type { MemberRecord } from '../../protocols/wire/index.js'
import { NetworkError } from './errors.js'

export interface AddressBook {
  /** Replaces what was known about a peer. Hearsay until a dial succeeds: the handshake proves the id. */
  readonly learn: (record: Pick<MemberRecord, 'id' | 'addresses'>) => void
  addressesOf(peerId: string): readonly Multiaddr[]
}

/** Where members said that they, or others, can be reached. The member learnt longest ago is forgotten first. */
export const createAddressBook = (limits: Pick<Limits, 'membersMax' | 'addressesMax'>): AddressBook => {
  const known = new Map<string, readonly Multiaddr[]>()
  return {
    learn({ id, addresses }) {
      const usable = addresses.slice(0, limits.addressesMax).flatMap((address) => usableAddress(address, id))
      if (usable.length === 0) return
      known.delete(id)
      known.set(id, usable)
      if (known.size > limits.membersMax) known.delete(known.keys().next().value!)
    },
    addressesOf: (peerId) => known.get(peerId) ?? [],
  }
}

/** An address with the peer's id at its end; nothing when it does not parse or names another peer. */
const usableAddress = (address: string, peerId: string): Multiaddr[] => {
  try {
    const parsed = multiaddr(address)
    const named = peerIdIn(parsed)
    if (named === null) return [parsed.encapsulate(`/p2p/${peerId}`)]
    return named === peerId ? [parsed] : []
  } catch {
    return []
  }
}

/** The peer id at the end of an address. */
export const peerIdIn = (address: Multiaddr): string | null =>
  address.getComponents().findLast(({ name }) => name === 'p2p')?.value ?? null

/** @throws NetworkError BAD_ADDRESS */
export const parseAddress = (text: string): Multiaddr => {
  try {
    const address = multiaddr(text)
    const id = peerIdIn(address)
    if (id !== null) peerIdFromString(id)
    return address
  } catch (error) {
    throw new NetworkError(
      'BAD_ADDRESS',
      `${JSON.stringify(text.slice(0, 256))} is not a multiaddr; nothing was dialled. One looks like /ip4/192.0.2.7/tcp/4001/p2p/12D3KooW…, with a whole peer id.`,
      { address: text.slice(0, 256) },
      { cause: error },
    )
  }
}
