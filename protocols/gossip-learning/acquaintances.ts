import { limits } from '../limits.js'
import type { Head } from '../wire/types.js'
import type { Received } from './inbox.js'

/**
 * What a peer knows of another one: a single record, because every message needs most of it. Numbers are copied out of
 * heads, so that nothing else has to be fetched.
 */
export interface Acquaintance<W> {
  readonly id: string
  isMember: boolean
  /** Version of the newest head, or −1. Heads are those of members only. */
  announcedVersion: number
  /** Rounds that the member is known to have done, or −1. */
  announcedRound: number
  /** It is known to have done all its rounds. */
  hasFinished: boolean
  /** The own version at the time when the newest head came. */
  ownVersionAtHead: number
  /**
   * Version of the newest snapshot that ever came from this peer, or −1. It outlasts membership: a member that was only
   * unheard of for a while comes back with a snapshot that was mixed already.
   */
  receivedVersion: number
  /** The own version when the pull that is under way began; undefined: none is. */
  pullingSince: number | undefined
  /** Mode async: the choice of partners that it was last part of, and how often it may still be asked in it. */
  chosenIn: number
  asksLeft: number
  /** Mode rounds: it missed the last deadline and was silent since. Nobody waits for it. */
  isSilent: boolean
  /** Its newest snapshot, as long as it lies in the inbox. */
  waiting: Received<W> | undefined
}

/** Everyone that a peer has heard of or asked, by id, those met first first. */
export type Acquaintances<W> = Map<string, Acquaintance<W>>

/** The record of a member, a fresh one the first time. */
export const meet = <W>(known: Acquaintances<W>, member: string): Acquaintance<W> => {
  let record = known.get(member)
  if (!record) known.set(member, (record = unheardOf(member)))
  return record
}

/** Notes a head that is newer than the one known. False when it is not. */
export const noteHead = <W>(peer: Acquaintance<W>, head: Head, ownVersion: number): boolean => {
  if (head.version <= peer.announcedVersion) return false
  peer.announcedVersion = head.version
  peer.announcedRound = head.round
  peer.hasFinished = head.finished
  peer.ownVersionAtHead = ownVersion
  return true
}

export const forgetHead = <W>(peer: Acquaintance<W>): void => {
  peer.announcedVersion = -1
  peer.announcedRound = -1
  peer.hasFinished = false
}

/** Whether there may be something newer than what came: its head says so, or none is known. */
export const hasNews = <W>({ announcedVersion, receivedVersion }: Acquaintance<W>): boolean =>
  announcedVersion < 0 || announcedVersion > receivedVersion

/** The member with the most rounds done, at least one; ties go to the smaller id. */
export const furthestOf = <W>(known: Acquaintances<W>): Acquaintance<W> | undefined => {
  let best: Acquaintance<W> | undefined
  for (const peer of known.values()) {
    const lead = peer.announcedRound - (best?.announcedRound ?? 0)
    if (lead > 0 || (best && lead === 0 && peer.id < best.id)) best = peer
  }
  return best
}

/**
 * The members have changed. Of those that are none any more, only what outlasts membership is kept, and of no more
 * than `knownMax` peers: those met first are dropped first.
 */
export const keepMembers = <W>(
  known: Acquaintances<W>,
  members: ReadonlySet<string>,
  knownMax: number = limits.membersMax,
): void => {
  for (const peer of known.values()) {
    peer.isMember = members.has(peer.id)
    if (peer.isMember) continue
    forgetHead(peer)
    peer.isSilent = false
  }
  for (const { id, isMember, pullingSince } of known.values()) {
    if (known.size <= knownMax) return
    // The end of a pull that is under way must still be noticed.
    if (!isMember && pullingSince === undefined) known.delete(id)
  }
}

const unheardOf = <W>(id: string): Acquaintance<W> => ({
  id,
  isMember: true,
  announcedVersion: -1,
  announcedRound: -1,
  hasFinished: false,
  ownVersionAtHead: 0,
  receivedVersion: -1,
  pullingSince: undefined,
  chosenIn: -1,
  asksLeft: 0,
  isSilent: false,
  waiting: undefined,
})
