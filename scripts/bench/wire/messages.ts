/** The stacks that are compared: four references, the exchange of snapshots into memory that is there, and as peers pull them. */
export const STACKS = [
  'node:net',
  'node:tls',
  'libp2p',
  'libp2p on socket TLS',
  'murmuration',
  'peers',
] as const

export type StackName = (typeof STACKS)[number]

/** To a process that sends or receives. */
export type ToWireProcess =
  | { readonly type: 'serve'; readonly stack: StackName; readonly sizes: readonly number[] }
  | {
      readonly type: 'connect'
      readonly stack: StackName
      readonly address: string
      readonly sizes: readonly number[]
    }
  /** Fetch a model of so many bytes, so many times one after the other. */
  | { readonly type: 'fetch'; readonly bytes: number; readonly times: number }
  /** Begin to watch memory and event loop afresh. */
  | { readonly type: 'watch' }
  | { readonly type: 'report' }

/** What a process has seen of itself since `watch`. */
export interface Seen {
  /** Bytes resident at their peak above those at the beginning. */
  readonly residentPeakBytes: number
  /** Bytes of array buffers and other memory outside the heap, at their sampled peak above those at the beginning. */
  readonly externalPeakBytes: number
  /** Longest time between two turns of the event loop, milliseconds. */
  readonly blockedMaxMs: number
  /** Processor time, milliseconds. */
  readonly cpuMs: number
}

export type FromWireProcess =
  | { readonly type: 'serving'; readonly address: string }
  | { readonly type: 'connected' }
  /** Milliseconds of each fetch. */
  | { readonly type: 'fetched'; readonly ms: readonly number[] }
  | { readonly type: 'watching' }
  | { readonly type: 'seen'; readonly seen: Seen }
  | { readonly type: 'failed'; readonly message: string }
