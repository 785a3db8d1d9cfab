import type { Connection } from '@libp2p/interface'
import type { Limits } from '../../protocols/limits.js'
import { membersThatFit } from '../../protocols/wire/index.js'
import type { MemberRecord, Presence, RunReply, RunRequest } from '../../protocols/wire/index.js'
import { WireError } from '../../protocols/errors.js'
import { closeConnection } from './admission.js'
import type { Admission } from './admission.js'
import type { NetworkHandlers, NetworkLogger, NetworkRun } from './contract.js'
import { asExchangeError, NetworkError } from './errors.js'
import { askRun } from './run-protocol.js'
import type { Tally } from './tally.js'

export interface HelloDeps {
  readonly run: NetworkRun | null
  readonly self: () => MemberRecord
  readonly admission: Admission
  readonly handlers: Pick<NetworkHandlers, 'members' | 'onMembers' | 'status' | 'mergeCall'>
  readonly learn: (record: MemberRecord) => void
  readonly limits: Limits
  readonly tally: Tally
  readonly log: NetworkLogger
}

export interface Hello {
  /** Says hello on a connection that this peer dialled. Settles the link; never rejects. */
  greet(connection: Connection): Promise<void>
  /** Answers a request on the run protocol. */
  readonly answer: (
    request: RunRequest,
    connection: Connection,
  ) => Promise<{ readonly reply: RunReply; readonly afterReply?: () => void }>
  /** What this peer says on a new connection. */
  request(): RunRequest
}

/**
 * Who belongs to the run. The dialler speaks first on every connection; both sides compare run and layout, and either
 * may end it.
 */
export const createHello = (deps: HelloDeps): Hello => {
  const { run, self, admission, handlers, learn, limits, tally, log } = deps

  const presence = (): Presence => {
    const { name, addresses } = self()
    return { name, addresses, leaving: false }
  }
  const request = (): RunRequest => ({
    type: 'hello',
    runId: run?.runId ?? null,
    layout: run?.layout.fingerprint ?? null,
    presence: presence(),
  })

  const welcome = (): RunReply =>
    run === null
      ? refusal(new NetworkError('FOREIGN_RUN', 'this peer is a visitor and in no run'))
      : {
          type: 'welcome',
          runId: run.runId,
          layout: run.layout.fingerprint,
          configuration: run.configuration,
          members: membersThatFit([self(), ...handlers.members()], run.configuration.byteLength),
        }

  const greet = async (connection: Connection): Promise<void> => {
    admission.open(connection)
    const peerId = connection.remotePeer.toString()
    try {
      const reply = await askRun(connection, request(), { limits, tally })
      if (reply.type === 'refused') throw errorOf(reply, peerId)
      if (reply.type !== 'welcome')
        throw new WireError('MALFORMED', `${peerId} answered a hello with ${reply.type}`)
      if (run !== null) assertSame(reply, run, peerId)
      const others = reply.members.filter(({ id }) => id !== self().id)
      for (const record of others) learn(record)
      if (run === null) {
        admission.visit(connection)
        return
      }
      const { name = '', addresses = [] } = others.find(({ id }) => id === peerId) ?? {}
      admission.admit(connection, { name, addresses, leaving: false })
      handlers.onMembers(others)
    } catch (error) {
      admission.refuse(connection, asExchangeError(error, peerId))
      closeConnection(connection, log)
    }
  }

  const answerHello = (hello: Extract<RunRequest, { type: 'hello' }>, connection: Connection) => {
    const peerId = connection.remotePeer.toString()
    const error = objectionTo(hello, run, peerId)
    if (error) {
      admission.refuse(connection, error)
      return { reply: refusal(error), afterReply: () => closeConnection(connection, log) }
    }
    if (hello.runId === null) {
      admission.visit(connection)
    } else {
      learn({ id: peerId, name: hello.presence.name, addresses: hello.presence.addresses })
      admission.admit(connection, hello.presence)
    }
    return { reply: welcome() }
  }

  return {
    greet,
    request,
    async answer(asked, connection) {
      if (asked.type === 'hello') return answerHello(asked, connection)
      const { standing, peerId } = await admission.settled(connection)
      if (standing === 'refused')
        throw new NetworkError('NOT_ADMITTED', `${peerId} asked without being admitted`)
      if (asked.type === 'status') return { reply: { type: 'status', status: handlers.status() } }
      const loopback = isLoopback(connection)
      return { reply: handlers.mergeCall({ from: peerId, loopback, member: standing === 'member' }) }
    },
  }
}

/** Why a hello is not acceptable, from the listener's side. Visitors may come to a peer that is in a run. */
const objectionTo = (
  hello: Extract<RunRequest, { type: 'hello' }>,
  run: NetworkRun | null,
  peerId: string,
): NetworkError | null => {
  if (run === null)
    return new NetworkError('FOREIGN_RUN', `this peer is a visitor and in no run; ${peerId} was turned away`)
  if (hello.runId === null) return null
  if (hello.runId !== run.runId) return foreignRun(peerId, { theirs: hello.runId, ours: run.runId })
  if (hello.layout !== run.layout.fingerprint) {
    return foreignLayout(peerId, { theirs: hello.layout, ours: run.layout.fingerprint })
  }
  return null
}

const assertSame = (reply: Extract<RunReply, { type: 'welcome' }>, run: NetworkRun, peerId: string): void => {
  if (reply.runId !== run.runId) throw foreignRun(peerId, { theirs: reply.runId, ours: run.runId })
  if (reply.layout !== run.layout.fingerprint) {
    throw foreignLayout(peerId, { theirs: reply.layout, ours: run.layout.fingerprint })
  }
}

interface Difference {
  readonly theirs: string | null
  readonly ours: string
}

const foreignRun = (peerId: string, { theirs, ours }: Difference): NetworkError =>
  new NetworkError(
    'FOREIGN_RUN',
    `${peerId} trains run ${theirs?.slice(0, 12)}, this peer run ${ours.slice(0, 12)}; the connection was closed. ` +
      'Start both with the same run configuration.',
    { peerId, theirs, ours },
  )

const foreignLayout = (peerId: string, { theirs, ours }: Difference): NetworkError =>
  new NetworkError(
    'FOREIGN_LAYOUT',
    `${peerId} builds a model of another shape (layout ${theirs?.slice(0, 12)}, here ${ours.slice(0, 12)}); the ` +
      'connection was closed. Both must run the same version.',
    { peerId, theirs, ours },
  )

const refusal = ({ code, message }: NetworkError): RunReply => ({ type: 'refused', code, message })

/** A refusal as the error of the one who was refused. */
const errorOf = ({ code, message }: Extract<RunReply, { type: 'refused' }>, peerId: string): NetworkError => {
  const known = code === 'FOREIGN_RUN' || code === 'FOREIGN_LAYOUT' ? code : 'REFUSED'
  return new NetworkError(known, `${peerId} refused the connection: ${message}`, { peerId, code })
}

/** Whether the other end is on this machine, by its address. */
const isLoopback = ({ remoteAddr }: Connection): boolean =>
  /^\/(ip4\/127\.|ip6\/::1\/)/.test(remoteAddr.toString())
