import { createHash } from 'node:crypto'
import { average, averagingRule } from '../../../protocols/averaging/index.js'
import {
  allToAll,
  callBytes,
  mergeChunkBytes,
  newestClaimedCall,
  reduceScatter,
  resultBytes,
  ShardStore,
  type MergeEffect,
  type MergeEvent,
  type MergeFault,
  type MergeMachine,
  type MergeOutcome,
  type MergePhase,
  type Signatures,
} from '../../../protocols/final-merge/index.js'
import { limits } from '../../../protocols/limits.js'
import { createRandom } from '../../../protocols/random.js'
import { digestOfBytes, encodeFloat32, FLOAT32_BYTES } from '../../../protocols/wire/index.js'
import type { MergeMessage } from '../../../protocols/wire/types.js'
import type { Training } from '../training/contract.js'
import { tongueOf } from './liar.js'
import { createFetching } from './merge-fetching.js'
import { createRequests } from './merge-requests.js'
import type { MergeScenario } from './merge-scenario.js'
import type { SimulatedPeer } from './peer.js'
import type { Swarm } from './swarm.js'

/** The final merge in the simulated network: the machine that ships, per peer. */
export interface Merging {
  /** Somebody has done all rounds, or has gone: the first one calls when nobody is left to wait for. */
  callWhenAllHaveFinished(): void
  /** The engine has frozen the peer's model. */
  frozen(peer: SimulatedPeer, frozen: { readonly weights: Float32Array; readonly samples: number }): void
  /** Its process knows nothing of the merge, but for what it has claimed on disk. */
  restarted(peer: SimulatedPeer): void
  outcomeOf(peer: SimulatedPeer): MergedModel | undefined
  abandonedBy(peer: SimulatedPeer): string | undefined
  phaseOf(peer: SimulatedPeer): MergePhase
  /** The models that a peer has frozen, by digest, also those of earlier calls and lives. */
  frozenBy(peer: SimulatedPeer): ReadonlyMap<string, Float32Array>
  accusedBy(peer: SimulatedPeer): readonly { readonly id: string; readonly fault: MergeFault }[]
  /** Merge ids of the calls in which a peer has committed to a model. */
  joinedBy(peer: SimulatedPeer): readonly string[]
}

export type MergedModel = MergeOutcome & { readonly weights: Float32Array }

/** What a peer's process holds for the merge. */
export interface Part {
  readonly machine: MergeMachine
  readonly store: ShardStore
  /** All-to-all: frozen models of the members, by sender. */
  readonly collected: Map<string, Float32Array>
  /** Averages that were put together or read, by digest. */
  readonly results: Map<string, Float32Array>
  frozen?: { readonly digest: string; readonly weights: Float32Array }
  averaged?: Float32Array
  /** Of the sketches that were asked for last. */
  seed: number
  outcome?: MergedModel
  abandoned?: string
  /** Merges that came to nothing, but for those that others' calls had a share in. */
  tries: number
  tick?: { cancel(): void }
  /** Averaged chunks that others wait for. */
  waiting: { readonly roster: string; readonly chunks: readonly number[]; readonly retry: () => void }[]
}

/** Virtual milliseconds; a simulated network has no slow starters. */
const TIMING = { commitMs: 2_000, pullMs: 5_000, agreeMs: 2_000, repeatMs: 200 }
/** Until a finished peer whose merge was abandoned calls again. */
const AGAIN_MS = 3_000
const MESSAGE_BYTES = 512
const ROSTER_ENTRY_BYTES = 44
const RUN = 'simulated'

export const createMerging = ({
  swarm,
  training,
  seed,
  pullMs,
  scenario,
  note,
}: {
  readonly swarm: Swarm
  readonly training: Training
  readonly seed: number
  /** Until a request without an answer is given up. */
  readonly pullMs: number
  readonly scenario: MergeScenario
  readonly note: (peer: SimulatedPeer, text: string) => void
}): Merging => {
  const { agenda, peers } = swarm
  const { layout } = training
  const { rule = 'mean', weighting = 'uniform', liars = [] } = scenario
  const method = scenario.method === 'all-to-all' ? allToAll : reduceScatter
  const chunkBytes = scenario.chunkBytes ?? mergeChunkBytes(layout.length * FLOAT32_BYTES)
  const sharded = averagingRule(rule).sharded!
  /** On each peer's disk: a lost model may come back another, words that were said may not. */
  const claims = peers.map(() => new Map<string, string>())
  const frozenModels = peers.map(() => new Map<string, Float32Array>())
  const accusations = peers.map((): { id: string; fault: MergeFault }[] => [])
  const tongues = peers.map((peer) => {
    const { id: self } = peer
    return tongueOf(liars.find(({ id }) => id === self)?.does, {
      ...{ self, liars: liars.map(({ id }) => id), members: () => swarm.viewOf(peer) },
      signCall: (mergeId, members, caller = self) =>
        signaturesOf(caller).sign(callBytes({ run: RUN, mergeId, members })),
    })
  })

  const freshPart = ({ id, index, incarnation }: SimulatedPeer): Part => {
    const store = new ShardStore({ self: id, layout, chunkBytes, rule: sharded, sha256: sha256Of })
    const machine = method.create({
      ...{ self: id, run: RUN, period: 1, timing: () => TIMING, chunks: store.chunks, chunkBytes, weighting },
      rule: { name: rule, linear: sharded.linear },
      mayCall: () => true,
      members: () => swarm.viewOf(peers[index]!),
      random: createRandom(seed, 'merge', index, incarnation),
      signatures: signaturesOf(id),
      callsBefore: newestClaimedCall(claims[index]!.keys(), 1),
      claim(slot, value) {
        const said = claims[index]!.get(slot) ?? value
        claims[index]!.set(slot, said)
        return said === value
      },
    })
    return { machine, store, collected: new Map(), results: new Map(), seed: 0, tries: 0, waiting: [] }
  }
  const parts = peers.map(freshPart)
  const partOf = ({ index }: SimulatedPeer): Part => parts[index]!

  const handle = (peer: SimulatedPeer, event: MergeEvent): void => {
    if (!peer.alive) return
    const echoes = event.type === 'message' ? tongues[peer.index]!.echo(event.message, event.from) : []
    for (const { from, message, to } of echoes)
      tell(peer, ({ index }) => (to?.(index) === false ? undefined : message), from)
    for (const effect of partOf(peer).machine.handle(event, agenda.nowMs)) perform(peer, effect)
  }

  const request = createRequests(swarm, pullMs)
  const fetching = createFetching({ swarm, request, partOf, tongues, timeoutMs: pullMs, handle, chunkBytes })

  const perform = (peer: SimulatedPeer, effect: MergeEffect): void => {
    const part = partOf(peer)
    switch (effect.type) {
      case 'freeze':
        return swarm.handle(peer, { type: 'freeze' })
      case 'broadcast':
        return broadcast(peer, effect)
      case 'pull':
        return fetching.pullWhole(peer, effect)
      case 'average':
        return averageWhole(peer, effect.roster)
      case 'begin':
        return part.store.begin(effect.roster, effect.duties)
      case 'fetch':
        return fetching.fetch(peer, effect.fetch)
      case 'reduce':
        part.store.reduce(effect.chunk)
        return fetching.serveWaiting(peer)
      case 'check':
        part.seed = effect.seed
        return handle(peer, { type: 'checked', bad: part.store.check(effect.seed) })
      case 'judge': {
        const { chunk } = effect
        return handle(peer, { type: 'judged', chunk, ...part.store.judge(chunk, part.seed) })
      }
      case 'assemble': {
        const weights = part.store.assemble(new Float32Array(layout.length))
        const { digest } = digestOfBytes(encodeFloat32(weights), sha256Of, chunkBytes)
        part.results.set(digest, weights)
        return handle(peer, { type: 'assembled', digest })
      }
      case 'setTick':
        part.tick?.cancel()
        part.tick = agenda.planWith(effect.atMs - agenda.nowMs, () => handle(peer, { type: 'tick' }))
        return
      case 'accused':
        accusations[peer.index]!.push({ id: effect.id, fault: effect.fault })
        return note(peer, `accuses ${effect.id}: ${effect.fault}`)
      case 'merged': {
        const { type: _type, ...outcome } = effect
        part.outcome = { ...outcome, weights: part.results.get(outcome.digest) ?? part.averaged! }
        note(peer, `merged ${outcome.roster.join(',')} ${outcome.digest.slice(0, 8)}`)
        // One that had given up goes on mixing with those that are not known to be done: who merged says no more.
        return swarm.handle(peer, { type: 'freeze' })
      }
      case 'settled':
        return
      case 'abandoned':
        return abandon(peer, effect)
    }
  }

  const broadcast = (
    peer: SimulatedPeer,
    { message }: MergeEffect & { readonly type: 'broadcast' },
  ): void => {
    tell(peer, (other) => {
      const words = tongues[peer.index]!.words(message, other.index)
      return words && signed(peer, message, words)
    })
  }

  /** @param from in whose name: a liar may have made it up. */
  const tell = (
    peer: SimulatedPeer,
    wordsTo: (other: SimulatedPeer) => MergeMessage | undefined,
    from = peer.id,
  ): void => {
    for (const other of peers) {
      if (other === peer) continue
      const said = wordsTo(other)
      if (!said) continue
      const entries = said.type === 'roster' ? said.entries.length : 0
      swarm.send(peer, other, MESSAGE_BYTES + entries * ROSTER_ENTRY_BYTES, () =>
        handle(other, { type: 'message', from, message: said }),
      )
    }
  }

  /** A vote that is changed after it was signed is worth nothing: a liar signs what it says. */
  const signed = ({ id }: SimulatedPeer, meant: MergeMessage, said: MergeMessage): MergeMessage => {
    if (said === meant || said.type !== 'result') return said
    const statement = resultBytes({ ...said, run: RUN, rule, weighting })
    return { ...said, signature: signaturesOf(id).sign(statement) }
  }

  const averageWhole = (peer: SimulatedPeer, roster: readonly string[]): void => {
    const part = partOf(peer)
    const contributions = roster.map((from) => ({
      from,
      weights: part.collected.get(from)!,
      weight: 1 / roster.length,
    }))
    part.averaged = new Float32Array(layout.length)
    average({ rule: averagingRule('mean'), layout, contributions, out: part.averaged })
    handle(peer, { type: 'averaged', digest: digestOfBytes(encodeFloat32(part.averaged), sha256Of).digest })
  }

  const abandon = (
    peer: SimulatedPeer,
    { reason, isDisturbed }: MergeEffect & { readonly type: 'abandoned' },
  ): void => {
    const part = partOf(peer)
    if (!isDisturbed) part.tries += 1
    part.abandoned = reason
    note(peer, `abandoned: ${reason}`)
    swarm.handle(peer, { type: 'resume' })
    if (method === allToAll) return
    const { incarnation } = peer
    // Not all at once: one call is enough.
    agenda.plan(AGAIN_MS + peer.index, () => {
      if (peer.incarnation !== incarnation || part.outcome || !peer.finished) return
      call(peer)
    })
  }

  const call = (peer: SimulatedPeer): void => {
    const part = partOf(peer)
    if (!peer.alive || part.tries >= limits.mergeCallsMax) return
    handle(peer, { type: 'call', members: swarm.viewOf(peer) })
  }

  return {
    callWhenAllHaveFinished() {
      const present = peers.filter(({ alive }) => alive)
      // Whoever has the result does not train to the end any more.
      const isDone = (peer: SimulatedPeer): boolean => peer.finished || partOf(peer).outcome !== undefined
      if (present.length === 0 || !present.every(isDone)) return
      // A merge takes seconds: with the rates of training it might begin anew for ever.
      swarm.endChurn()
      const caller = present.find((peer) => !partOf(peer).outcome)
      if (caller) call(caller)
    },
    frozen(peer, { weights, samples }) {
      const part = partOf(peer)
      // Of a merge that is over: what others may still ask for stays.
      if (part.machine.phase !== 'freezing') return
      const tree = digestOfBytes(encodeFloat32(weights), sha256Of, chunkBytes)
      const { digest } = part.store.freeze(weights, tree.leaves)
      part.frozen = { digest, weights }
      part.collected.set(peer.id, weights)
      frozenModels[peer.index]!.set(digest, weights)
      handle(peer, { type: 'frozen', digest, samples })
    },
    restarted(peer) {
      partOf(peer).tick?.cancel()
      parts[peer.index] = freshPart(peer)
    },
    outcomeOf: (peer) => partOf(peer).outcome,
    abandonedBy: (peer) => partOf(peer).abandoned,
    phaseOf: (peer) => partOf(peer).machine.phase,
    frozenBy: ({ index }) => frozenModels[index]!,
    accusedBy: ({ index }) => accusations[index]!,
    joinedBy: ({ index }) =>
      [...claims[index]!.keys()].flatMap((slot) => /^commitment (.*)$/.exec(slot)?.slice(1) ?? []),
  }
}

const sha256Of = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** Stand in for key pairs: nobody in the simulation makes another's. */
export const signaturesOf = (self: string): Signatures => {
  const signatureOf = (id: string, bytes: Uint8Array): Uint8Array =>
    sha256Of(new TextEncoder().encode(`key of ${id}\n`), bytes)
  return {
    sign: (bytes) => signatureOf(self, bytes),
    verify: (id, bytes, signature) => Buffer.compare(signatureOf(id, bytes), signature) === 0,
  }
}
