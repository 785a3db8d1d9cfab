import type { Connection } from '@libp2p/interface'
import { reasonOf } from '../../protocols/errors.js'
import type { WireError } from '../../protocols/errors.js'
import type { Limits } from '../../protocols/limits.js'
import type { Presence } from '../../protocols/wire/index.js'
import type { NetworkHandlers, NetworkLogger } from './contract.js'
import { NetworkError } from './errors.js'
import type { Tally } from './tally.js'

/** `pending` until the hello, then one of the others for as long as the connection lasts. */
export type Standing = 'pending' | 'member' | 'visitor' | 'refused'

/** What is known about one connection. */
export interface Link {
  readonly connection: Connection
  readonly peerId: string
  readonly standing: Standing
  /** Why it was refused. */
  readonly error: NetworkError | WireError | null
}

export interface Admission {
  /** Starts the clock on a connection. Called for each once it is open; safe to call again. */
  open(connection: Connection): Link
  admit(connection: Connection, presence: Presence): void
  /** Lets it use the run protocol for a while. */
  visit(connection: Connection): void
  /** Counts and reports the fault. The caller closes the connection, once it has said why. */
  refuse(connection: Connection, error: NetworkError | WireError): void
  closed(connection: Connection): void
  /** The link once it is no longer pending. */
  settled(connection: Connection): Promise<Link>
  /** Whether the peer is a member, once none of its connections is pending. */
  isMemberWhenSettled(peerId: string): Promise<boolean>
  isMember(peerId: string): boolean
  /** An open connection to the peer that may be used to ask for something. */
  connectionTo(peerId: string): Connection | null
  /** Ids of members, sorted. */
  members(): string[]
  stop(): void
}

interface OpenLink {
  readonly connection: Connection
  readonly peerId: string
  standing: Standing
  error: NetworkError | WireError | null
  readonly settled: Promise<void>
  readonly settle: () => void
  timer: NodeJS.Timeout | undefined
}

/** Remembers which connections have shown that they belong to the run, and ends those that do not. */
export const createAdmission = ({
  limits,
  tally,
  handlers,
  log,
}: {
  readonly limits: Limits
  readonly tally: Tally
  readonly handlers: Pick<NetworkHandlers, 'onAdmitted' | 'onDisconnected' | 'onRefused'>
  readonly log: NetworkLogger
}): Admission => {
  const links = new Map<string, OpenLink>()
  /** Outlives the connection: who dialled may ask only after it was refused and closed. */
  const verdicts = new WeakMap<Connection, OpenLink>()
  const linksOf = (peerId: string) => [...links.values()].filter((link) => link.peerId === peerId)
  const isMember = (peerId: string) => linksOf(peerId).some(({ standing }) => standing === 'member')

  const settle = (link: OpenLink, standing: Standing) => {
    clearTimeout(link.timer)
    link.standing = standing
    link.settle()
  }
  const refuseLink = (link: OpenLink, error: NetworkError | WireError) => {
    if (link.standing === 'refused') return
    link.error = error
    settle(link, 'refused')
    tally.refuse(error.code)
    handlers.onRefused(link.peerId, error.code, error.message)
  }
  const open = (connection: Connection): OpenLink => {
    const known = verdicts.get(connection)
    if (known) return known
    let settleLink!: () => void
    const settled = new Promise<void>((resolve) => (settleLink = resolve))
    const peerId = connection.remotePeer.toString()
    const link: OpenLink = {
      connection,
      peerId,
      standing: 'pending',
      error: null,
      settled,
      settle: settleLink,
      timer: setTimeout(() => {
        const message = `${peerId} did not say hello within ${limits.helloTimeoutMs} ms; the connection was closed`
        refuseLink(link, new NetworkError('TIMED_OUT', message, { peerId }))
        closeConnection(connection, log)
      }, limits.helloTimeoutMs),
    }
    links.set(connection.id, link)
    verdicts.set(connection, link)
    return link
  }

  return {
    open,
    admit(connection, presence) {
      const link = open(connection)
      if (link.standing === 'member' || link.standing === 'refused') return
      const known = isMember(link.peerId)
      settle(link, 'member')
      if (!known) handlers.onAdmitted(link.peerId, presence)
    },
    visit(connection) {
      const link = open(connection)
      if (link.standing !== 'pending') return
      settle(link, 'visitor')
      link.timer = setTimeout(() => closeConnection(connection, log), limits.exchangeTimeoutMs)
    },
    refuse: (connection, error) => refuseLink(open(connection), error),
    closed(connection) {
      const link = links.get(connection.id)
      if (!link) return
      links.delete(connection.id)
      clearTimeout(link.timer)
      if (link.standing === 'member' && !isMember(link.peerId)) handlers.onDisconnected(link.peerId)
      // The dialler's own hello settles its link: the refusal may still wait to be read. See hello.ts.
      if (link.standing === 'pending' && connection.direction === 'inbound') {
        link.error = new NetworkError('UNREACHABLE', `${link.peerId} hung up before it said hello`)
        settle(link, 'refused')
      }
    },
    async settled(connection) {
      const link = open(connection)
      await link.settled
      return link
    },
    async isMemberWhenSettled(peerId) {
      if (isMember(peerId)) return true
      await Promise.all(linksOf(peerId).map(({ settled }) => settled))
      return isMember(peerId)
    },
    isMember,
    connectionTo: (peerId) =>
      linksOf(peerId).find(
        ({ standing, connection }) =>
          (standing === 'member' || standing === 'visitor') && connection.status === 'open',
      )?.connection ?? null,
    members: () =>
      [
        ...new Set(
          [...links.values()].filter(({ standing }) => standing === 'member').map(({ peerId }) => peerId),
        ),
      ].sort(),
    stop() {
      for (const link of links.values()) {
        link.error ??= new NetworkError('STOPPED', 'this peer was stopped; no connection is left')
        if (link.standing === 'pending') settle(link, 'refused')
        else clearTimeout(link.timer)
      }
    },
  }
}

/** Closes in the background: what was sent before still arrives. */
export const closeConnection = (connection: Connection, log: NetworkLogger): void => {
  connection.close().catch((error: unknown) => {
    log.debug({ error: reasonOf(error) }, 'connection did not close cleanly')
    connection.abort(new Error('closed'))
  })
}
