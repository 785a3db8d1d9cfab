import { limits } from '../../protocols/limits.js'
import { createMembership } from '../../protocols/membership/index.js'
import type { Head, MemberRecord, Presence } from '../../protocols/wire/index.js'
import type { Network } from '../network/index.js'
import type { MemberChange } from './reports.js'

/** How often a peer says that it is here. Guess: a few times per timeout. */
const PRESENCE_EVERY_MS = 2_000
/** Silence after which a member is dropped: four presences missed. */
const MEMBER_TIMEOUT_MS = 8_000
/** Connections that a peer keeps up on its own, so that gossip has more than one way round. Guess. */
const CONNECTIONS_WANTED = 8

export interface RollCallDeps {
  readonly network: Network
  readonly name: string
  readonly signal: AbortSignal
  readonly onChange: (change: {
    readonly id: string
    readonly name: string
    readonly change: MemberChange
  }) => void
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
  announce(leaving?: boolean): void
}

export const createRollCall = ({ network, name, signal, onChange, onTick }: RollCallDeps): RollCall => {
  const self = network.peerId
  const membership = createMembership({ self, timeoutMs: MEMBER_TIMEOUT_MS, membersMax: limits.membersMax })
  const records = new Map<string, MemberRecord>()
  const heads = new Map<string, Head>()
  const dialling = new Set<string>()

  const nameOf = (id: string): string => records.get(id)?.name ?? id.slice(-8)

  const heard = (id: string): void => {
    if (signal.aborted || !membership.heard(id, performance.now())) return
    onChange({ id, name: nameOf(id), change: 'joined' })
    connect(id)
    // A newcomer hears of this peer at once, not with the next presence.
    announce()
    onTick()
  }

  const gone = (id: string, change: MemberChange): void => {
    const goneName = nameOf(id)
    records.delete(id)
    heads.delete(id)
    onChange({ id, name: goneName, change })
    onTick()
  }

  const remember = (record: MemberRecord): void => {
    if (record.id === self || (!records.has(record.id) && records.size >= limits.membersMax)) return
    records.set(record.id, record)
    network.learn(record)
  }

  const connect = (id: string): void => {
    const connected = network.connectedPeers()
    if (connected.includes(id) || connected.length + dialling.size >= CONNECTIONS_WANTED) return
    void dial(id)
  }

  const dial = async (id: string): Promise<boolean> => {
    if (id === self || dialling.has(id)) return true
    dialling.add(id)
    try {
      await network.dial(id)
      return true
    } catch {
      return false
    } finally {
      dialling.delete(id)
    }
  }

  const announce = (leaving = false): void => {
    const presence = { name, addresses: network.addresses().slice(0, limits.addressesMax), leaving }
    network.publishHead({ type: 'presence', presence }).catch(() => {
      // Stopping. Nothing else can fail here that the next presence would not mend.
    })
  }

  const tick = (): void => {
    for (const id of membership.expire(performance.now())) gone(id, 'lost')
    for (const id of records.keys()) connect(id)
    onTick()
  }
  const presences = setInterval(announce, PRESENCE_EVERY_MS)
  const ticks = setInterval(tick, PRESENCE_EVERY_MS / 2)
  const stop = (): void => {
    clearInterval(presences)
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
      if (presence.leaving) {
        if (membership.left(from)) gone(from, 'left')
        return
      }
      remember({ id: from, name: presence.name, addresses: presence.addresses })
      heard(from)
    },
    heardHead(from, head) {
      heads.set(from, head)
      heard(from)
      onTick()
    },
    heardOf(told) {
      for (const record of told) {
        remember(record)
        connect(record.id)
      }
    },
    disconnected(id) {
      if (signal.aborted || !membership.members.includes(id)) return
      // A process that died refuses the next dial; one that only lost a connection answers it.
      void dial(id).then((alive) => {
        if (!alive && !signal.aborted && membership.left(id)) gone(id, 'lost')
      })
    },
    announce,
  }
}
