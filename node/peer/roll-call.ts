import { limits } from '../../protocols/limits.js'
import { createMembership } from '../../protocols/membership/index.js'
import type { Head, MemberRecord, Presence } from '../../protocols/wire/index.js'
import type { Network } from '../network/index.js'
import { createConnections } from './connections.js'
import type { MemberChange } from './reports.js'

/** How often a peer says that it is here. Guess: a few times per timeout. */
const PRESENCE_EVERY_MS = 2_000
/** Silence after which a member is dropped: four presences missed. */
const MEMBER_TIMEOUT_MS = 8_000
/** Two presences are at least this far apart, so that many newcomers at once cost one, not many. Guess. */
const PRESENCE_GAP_MS = 250
/** Milliseconds after a goodbye in which its sender's other messages are older ones. Guess: gossip takes tens. */
const ECHO_MS = 1_000

export interface RollCallDeps {
  readonly network: Network
  readonly name: string
  readonly signal: AbortSignal
  readonly onChange: (change: {
    readonly id: string
    readonly name: string
    readonly change: MemberChange
  }) => void
  /** A member announced a snapshot. */
  readonly onHead: (from: string, head: Head) => void
  /** Every second or so, and whenever something was learned: a moment to look whether anything is due. */
  readonly onTick: () => void
}

/** Keeps the list of members: announces this peer, hears the others, connects to enough of them, notices who is gone. */
export interface RollCall {
  /** Sorted ids, this peer among them; the same array until it changes. */
  readonly members: readonly string[]
  readonly records: readonly MemberRecord[]
  headOf(id: string): Head | undefined
  heardPresence(from: string, presence: Presence): void
  heardHead(from: string, head: Head): void
  /** Hearsay: addresses to try, no sign of life. */
  heardOf(records: readonly MemberRecord[]): void
  disconnected(id: string): void
  /** Says that this peer is here: at once, or as soon as the last time is long enough ago. */
  announce(): void
  /**
   * Resolves when the farewell is on its way; nothing is announced after it. Says nothing when this peer has not
   * announced itself. Safe to call twice.
   */
  sayGoodbye(): Promise<void>
}

export const createRollCall = ({
  network,
  name,
  signal,
  onChange,
  onHead,
  onTick,
}: RollCallDeps): RollCall => {
  const self = network.peerId
  const membership = createMembership({ self, timeoutMs: MEMBER_TIMEOUT_MS, membersMax: limits.membersMax })
  /** Of members, and of those lost or only heard of, until they are given up. */
  const records = new Map<string, MemberRecord>()
  /** Of `records`, those that others told of and who have not been heard themselves, the oldest first. */
  const hearsay = new Set<string>()
  const heads = new Map<string, Head>()
  /** Of those who have not said yet who they are: a head may overtake the presence. */
  const early = new Map<string, Head>()
  /** When members said goodbye, the last one last. */
  const farewellMs = new Map<string, number>()
  const isMember = (id: string): boolean => membership.members.includes(id)
  const connections = createConnections({
    network,
    signal,
    nowMs: () => performance.now(),
    onGivenUp: (id) => isMember(id) || forget(id),
  })
  let announcedMs = -Infinity
  let announcement: NodeJS.Timeout | undefined
  let goodbye: Promise<void> | undefined

  const nameOf = (id: string): string => records.get(id)?.name ?? id.slice(-8)

  const forget = (id: string): void => {
    records.delete(id)
    hearsay.delete(id)
    connections.forget(id)
  }

  /** Gossip takes several ways: what was said before a goodbye may come after it. */
  const isEcho = (from: string): boolean => performance.now() < (farewellMs.get(from) ?? -Infinity) + ECHO_MS

  const heard = (id: string): void => {
    hearsay.delete(id)
    if (!membership.heard(id, performance.now())) return
    connections.forget(id)
    onChange({ id, name: nameOf(id), change: 'joined' })
    connections.want(id)
    // A newcomer hears of this peer at once, not with the next presence.
    announce()
  }

  const gone = (id: string, change: MemberChange): void => {
    const goneName = nameOf(id)
    heads.delete(id)
    // Who is lost may only have lost the network: it is dialled again, now and then.
    if (change === 'left') forget(id)
    onChange({ id, name: goneName, change })
    onTick()
  }

  /** False when it is this peer's own, or there is no room. */
  const remember = (record: MemberRecord): boolean => {
    if (record.id === self || (!records.has(record.id) && records.size >= limits.membersMax)) return false
    records.set(record.id, record)
    network.learn(record)
    return true
  }

  /** Anyone can tell of any number of peers: those yield to one who is heard. */
  const makeRoomFor = (id: string): void => {
    if (records.has(id) || records.size < limits.membersMax) return
    const [oldest] = hearsay
    if (oldest !== undefined) forget(oldest)
  }

  const publish = async (leaving: boolean): Promise<void> => {
    announcedMs = performance.now()
    const presence = { name, addresses: network.addresses().slice(0, limits.addressesMax), leaving }
    await network.publishHead({ type: 'presence', presence }).catch(() => {
      // Stopping. Nothing else can fail here that the next presence would not mend.
    })
  }

  const announce = (): void => {
    if (announcement !== undefined || goodbye !== undefined || signal.aborted) return
    const waitMs = announcedMs + PRESENCE_GAP_MS - performance.now()
    if (waitMs <= 0) return void publish(false)
    announcement = setTimeout(() => {
      announcement = undefined
      void publish(false)
    }, waitMs)
  }

  const heardHead = (from: string, head: Head): void => {
    if (signal.aborted || isEcho(from)) return
    if (!records.has(from)) {
      if (early.size < limits.membersMax || early.has(from)) early.set(from, head)
      return
    }
    heard(from)
    if (!isMember(from)) return
    heads.set(from, head)
    // Before anything is decided by it: who begins late begins from a head that the engine knows.
    onHead(from, head)
    onTick()
  }

  const tick = (): void => {
    for (const id of membership.expire(performance.now())) gone(id, 'lost')
    for (const id of records.keys()) connections.want(id)
    onTick()
  }
  const presences = setInterval(announce, PRESENCE_EVERY_MS)
  const ticks = setInterval(tick, PRESENCE_EVERY_MS / 2)
  const fallSilent = (): void => {
    clearInterval(presences)
    clearTimeout(announcement)
  }
  const stop = (): void => {
    fallSilent()
    clearInterval(ticks)
  }
  signal.addEventListener('abort', stop, { once: true })

  return {
    get members() {
      return membership.members
    },
    get records() {
      return membership.members.flatMap((id) => records.get(id) ?? [])
    },
    headOf: (id) => heads.get(id),
    heardPresence(from, presence) {
      if (signal.aborted) return
      if (presence.leaving) {
        farewellMs.delete(from)
        farewellMs.set(from, performance.now())
        if (farewellMs.size > limits.membersMax) farewellMs.delete(farewellMs.keys().next().value!)
        early.delete(from)
        if (membership.left(from)) gone(from, 'left')
        return
      }
      if (isEcho(from)) return
      makeRoomFor(from)
      remember({ id: from, name: presence.name, addresses: presence.addresses })
      heard(from)
      const head = early.get(from)
      early.delete(from)
      if (head) heardHead(from, head)
      onTick()
    },
    heardHead,
    heardOf(told) {
      for (const record of told) {
        const known = records.has(record.id)
        if (!remember(record)) continue
        if (!known) hearsay.add(record.id)
        connections.want(record.id)
      }
    },
    disconnected(id) {
      if (signal.aborted || !isMember(id)) return
      // A process that died refuses the next dial; one that only lost a connection answers it.
      void connections.answers(id).then((alive) => {
        if (!alive && !signal.aborted && membership.left(id)) gone(id, 'lost')
      })
    },
    announce,
    sayGoodbye() {
      fallSilent()
      goodbye ??= announcedMs === -Infinity ? Promise.resolve() : publish(true)
      return goodbye
    },
  }
}
