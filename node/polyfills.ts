/**
 * What the dependencies need and this version of Node may lack. Import this file before anything else:
 * libp2p 3 and tfjs-node look these up when they are first used.
 */
import { createRequire } from 'node:module'

interface PromiseWithResolvers {
  withResolvers?: <T>() => {
    promise: Promise<T>
    resolve: (value: T | PromiseLike<T>) => void
    reject: (reason?: unknown) => void
  }
}

// libp2p 3 calls Promise.withResolvers, which Node 20 lacks.
const promise = Promise as PromiseWithResolvers
promise.withResolvers ??= <T>() => {
  let resolve!: (value: T | PromiseLike<T>) => void
  let reject!: (reason?: unknown) => void
  const pending = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise: pending, resolve, reject }
}

// tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 removed. It reads the CommonJS exports object.
const util = createRequire(import.meta.url)('node:util') as {
  isNullOrUndefined?: (value: unknown) => boolean
}
util.isNullOrUndefined ??= (value) => value === null || value === undefined
