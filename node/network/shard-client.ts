import { WireError } from '../../protocols/errors.js'
import { decodeShardReply, encodeShardRequest } from '../../protocols/wire/index.js'
import type { AskShardsOptions, PulledSum, PullSumOptions } from './contract.js'
import { NetworkError } from './errors.js'
import { createExchanges, type ExchangesDeps } from './exchanges.js'
import { SHARD_PROTOCOL } from './shard-server.js'
import { pullSumOn } from './sum-client.js'

export interface ShardClient {
  ask(options: AskShardsOptions): Promise<void>
  /** Null when there is nothing newer. */
  pullSum(options: PullSumOptions): Promise<PulledSum | null>
  stop(): void
}

/** Asks members for parts of models in a merge, a few requests ahead of the replies. */
export const createShardClient = (deps: ExchangesDeps): ShardClient => {
  const { limits } = deps
  const exchanges = createExchanges({ ...deps, protocol: SHARD_PROTOCOL, encode: encodeShardRequest })
  return {
    ask({ from, requests, signal: caller, timeoutMs, onReply }) {
      const options = { from, what: 'asking for parts of a merge', signal: caller, timeoutMs }
      return exchanges.run(options, async (stream, signal) => {
        let asked = 0
        for (let received = 0; received < requests.length; received++) {
          for (; asked < Math.min(requests.length, received + limits.chunkWindow); asked++) {
            await stream.send(requests[asked]!, signal)
          }
          const reply = decodeShardReply(await stream.read(signal))
          if (reply.type === 'refused') {
            const { code, message } = reply
            throw new NetworkError('REFUSED', `${from} refused a part of a merge: ${message} (${code})`, {
              from,
              code,
            })
          }
          const { type } = requests[received]!
          if (reply.type === 'sum' || (reply.type !== 'none' && reply.type !== EXPECTED[type])) {
            throw new WireError('MALFORMED', `${from} sent ${reply.type} in place of ${EXPECTED[type]}`)
          }
          onReply(reply, received)
        }
      })
    },
    pullSum: (options) =>
      exchanges.run(
        { from: options.from, what: 'pulling a running sum', signal: options.signal },
        (stream, signal) => pullSumOn(stream, options, { limits, signal }),
      ),
    stop: () => exchanges.stop(),
  }
}

const EXPECTED = {
  leaves: 'leaves',
  piece: 'chunk',
  average: 'chunk',
  sketch: 'sketch',
  sum: 'sum',
  testimony: 'sketch',
} as const
