import type { RunConfiguration } from '../../protocols/run/index.js'

/** To a process that has peers which merge: to the one with this index. */
export type ToMergePeer = { readonly index: number } & (
  | {
      readonly type: 'setUp'
      readonly peers: number
      readonly parameters: number
      readonly method: RunConfiguration['finalMerge']['method']
    }
  | { readonly type: 'dial'; readonly addresses: readonly string[] }
  /** Says what it has sent so far. */
  | { readonly type: 'count' }
  | { readonly type: 'call' }
)

interface Bytes {
  readonly bytesSent: number
  readonly bytesReceived: number
}

/** From the peer with this index. */
export type FromMergePeer = { readonly index: number } & (
  | { readonly type: 'ready'; readonly address: string }
  | { readonly type: 'dialled'; readonly connected: number }
  | ({ readonly type: 'counted' } & Bytes)
  | ({
      readonly type: 'merged'
      readonly digest: string
      readonly models: number
      readonly attempts: number
      /** Of the clock that all processes of a machine share. */
      readonly atMs: number
    } & Bytes)
  | { readonly type: 'abandoned'; readonly reason: string }
  | { readonly type: 'failed'; readonly message: string }
)
