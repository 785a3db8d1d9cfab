import { isMurmurationError, MurmurationError, reasonOf, WireError } from '../../protocols/errors.js'

/** What can go wrong between two peers. None of these changes the local model: the caller may always try another peer. */
export class NetworkError extends MurmurationError<
  /** Another process listens on that port. */
  | 'ADDRESS_IN_USE'
  /** Not a multiaddr, or one that this peer cannot dial or listen on. */
  | 'BAD_ADDRESS'
  /** An identity that does not decode. */
  | 'BAD_IDENTITY'
  /** No connection, or it broke. */
  | 'UNREACHABLE'
  /** The other peer trains another run. */
  | 'FOREIGN_RUN'
  /** The other peer is in the run but has a model of another shape. */
  | 'FOREIGN_LAYOUT'
  /** The other peer said no, for a reason of its own. */
  | 'REFUSED'
  /** The peer is connected but has not shown that it belongs to the run. */
  | 'NOT_ADMITTED'
  /** The snapshot was replaced while it was being pulled. */
  | 'SNAPSHOT_GONE'
  /** More at once than `limits` allow. */
  | 'BUSY'
  /** Nothing, or too little, before the deadline. */
  | 'TIMED_OUT'
  /** This network was stopped, or the caller gave up. */
  | 'STOPPED'
> {}

const NAMES: Readonly<Partial<Record<string, string>>> = {
  InvalidDataLengthError: 'FRAME_TOO_LARGE',
  InvalidDataLengthLengthError: 'FRAME_TOO_LARGE',
  InvalidMessageLengthError: 'MALFORMED',
  StreamBufferError: 'FRAME_TOO_LARGE',
  UnexpectedEOFError: 'TRUNCATED',
}

/**
 * The code under which a failed exchange is counted, or null when the peer merely went away. libp2p's own errors are
 * told apart by `name`, which it documents as stable.
 */
export const faultOf = (error: unknown): string | null => {
  if (isMurmurationError(error)) return error.code
  if (!(error instanceof Error)) return null
  return NAMES[error.name] ?? null
}

/** Any failure of an exchange as one that callers branch on. */
export const asExchangeError = (error: unknown, peer: string): NetworkError | WireError => {
  if (error instanceof NetworkError || error instanceof WireError) return error
  const fault = faultOf(error)
  if (fault === 'TRUNCATED') {
    const message =
      `${peer} hung up before its answer was here: it may be stopping, as peers do when their run is over. ` +
      'Nothing was changed. Ask again or ask another peer.'
    return new WireError(fault, message, { peer }, { cause: error })
  }
  if (fault === 'FRAME_TOO_LARGE' || fault === 'MALFORMED') {
    return new WireError(
      fault,
      `${peer} sent a frame that is ${fault.toLowerCase().replaceAll('_', ' ')}; nothing was changed`,
      { peer },
      { cause: error },
    )
  }
  return new NetworkError(
    'UNREACHABLE',
    `the connection to ${peer} broke (${describe(error)}); nothing was changed. Ask again or ask another peer.`,
    { peer },
    { cause: error },
  )
}

/** libp2p rejects some promises with an Event. */
const describe = (error: unknown): string => (error instanceof Event ? error.type : reasonOf(error))
