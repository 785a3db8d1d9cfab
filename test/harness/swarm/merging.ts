import { createHash } from 'node:crypto'
import { average, averagingRule } from '../../../protocols/averaging/index.js'
import {
  allToAll,
  type MergeEffect,
  type MergeEvent,
  type MergeMachine,
  type MergeOutcome,
} from '../../../protocols/final-merge/index.js'
import type { Training } from '../training/contract.js'
import type { SimulatedPeer } from './peer.js'
import type { Swarm } from './swarm.js'

/** The final merge in the simulated network: the machine that ships, per peer. */
export interface Merging {
  /** Somebody has done all rounds, or has gone: the first one calls when nobody is left to wait for. */
  callWhenAllHaveFinished(): void
  /** The engine has frozen the peer's model. */
  frozen(peer: SimulatedPeer, frozen: { readonly weights: Float32Array; readonly samples: number }): void
  /** Its process knows nothing of the merge. */
  restarted(peer: SimulatedPeer): void
  outcomeOf(peer: SimulatedPeer): MergedModel | undefined
  abandonedBy(peer: SimulatedPeer): string | undefined
}

export type MergedModel = MergeOutcome & { readonly weights: Float32Array }

/** What a peer's process holds for the merge. */
interface Part {
  readonly machine: MergeMachine
  frozen?: { readonly digest: string; readonly weights: Float32Array }
  /** Frozen models of the members, by sender. */
  readonly collected: Map<string, Float32Array>
  averaged?: Float32Array
  outcome?: MergedModel
  abandoned?: string
  tick?: { cancel(): void }
}

/** Virtual milliseconds; a simulated network has no slow starters. */
const TIMING = { commitMs: 2_000, pullMs: 5_000, agreeMs: 2_000, repeatMs: 200 }
const MESSAGE_BYTES = 512
const REQUEST_BYTES = 128

export const createMerging = ({
  swarm,
  training,
  pullMs,
  note,
}: {
  readonly swarm: Swarm
  readonly training: Training
  /** Until a pull without an answer is given up. */
  readonly pullMs: number
  readonly note: (peer: SimulatedPeer, text: string) => void
}): Merging => {
  const { agenda, peers } = swarm
  const { layout } = training
  const freshPart = ({ id }: SimulatedPeer): Part => ({
    machine: allToAll.create({ self: id, mergeId: 'merge-1', timing: TIMING }),
    collected: new Map(),
  })
  const parts = peers.map(freshPart)
  const partOf = ({ index }: SimulatedPeer): Part => parts[index]!

  const handle = (peer: SimulatedPeer, event: MergeEvent): void => {
    if (!peer.alive) return
    for (const effect of partOf(peer).machine.handle(event, agenda.nowMs)) perform(peer, effect)
  }

  const perform = (peer: SimulatedPeer, effect: MergeEffect): void => {
    const part = partOf(peer)
    switch (effect.type) {
      case 'freeze':
        return swarm.handle(peer, { type: 'freeze' })
      case 'broadcast':
        for (const other of peers) {
          if (other === peer) continue
          swarm.send(peer, other, MESSAGE_BYTES, () =>
            handle(other, { type: 'message', from: peer.id, message: effect.message }),
          )
        }
        return
      case 'pull':
        return pull(peer, peers[swarm.indexOf(effect.from)]!, effect.digest)
      case 'average': {
        const weight = 1 / effect.roster.length
        const contributions = effect.roster.map((from) => ({
          from,
          weights: part.collected.get(from)!,
          weight,
        }))
        part.averaged = new Float32Array(layout.length)
        average({ rule: averagingRule('mean'), layout, contributions, out: part.averaged })
        return handle(peer, { type: 'averaged', digest: digestOf(part.averaged) })
      }
      case 'setTick':
        part.tick?.cancel()
        part.tick = agenda.planWith(effect.atMs - agenda.nowMs, () => handle(peer, { type: 'tick' }))
        return
      case 'merged': {
        const { type: _type, ...outcome } = effect
        part.outcome = { ...outcome, weights: part.averaged! }
        return note(peer, `merged ${outcome.roster.join(',')} ${outcome.digest.slice(0, 8)}`)
      }
      case 'abandoned':
        part.abandoned = effect.reason
        note(peer, `abandoned: ${effect.reason}`)
        return swarm.handle(peer, { type: 'resume' })
    }
  }

  const pull = (peer: SimulatedPeer, source: SimulatedPeer, digest: string): void => {
    const deadlineMs = agenda.nowMs + pullMs
    const { incarnation } = peer
    // Another process in its place has asked for nothing.
    const isOver = (): boolean => settled || peer.incarnation !== incarnation
    let settled = false
    const settle = (weights: Float32Array | undefined): void => {
      if (isOver()) return
      settled = true
      if (weights) partOf(peer).collected.set(source.id, weights)
      handle(peer, { type: weights ? 'pulled' : 'pullFailed', from: source.id })
    }
    let hopeless = false
    const giveUp = (): void => {
      if (hopeless) return
      hopeless = true
      agenda.plan(deadlineMs - agenda.nowMs, () => settle(undefined))
    }
    const answer = (): void => {
      if (isOver()) return
      const { frozen } = partOf(source)
      const weights = frozen?.digest === digest ? frozen.weights : undefined
      const bytes = weights ? 4 * layout.length : REQUEST_BYTES
      if (swarm.send(source, peer, bytes, () => settle(weights), giveUp) > deadlineMs) giveUp()
    }
    if (swarm.send(peer, source, REQUEST_BYTES, answer, giveUp) > deadlineMs) giveUp()
  }

  return {
    callWhenAllHaveFinished() {
      const present = peers.filter(({ alive }) => alive)
      if (present.length === 0 || present.some(({ finished }) => !finished)) return
      const caller = present[0]!
      // A merge takes seconds: with the rates of training it might begin anew for ever.
      swarm.endChurn()
      handle(caller, { type: 'call', members: swarm.viewOf(caller) })
    },
    frozen(peer, { weights, samples }) {
      const digest = digestOf(weights)
      partOf(peer).frozen = { digest, weights }
      partOf(peer).collected.set(peer.id, weights)
      handle(peer, { type: 'frozen', digest, samples })
    },
    restarted(peer) {
      partOf(peer).tick?.cancel()
      parts[peer.index] = freshPart(peer)
    },
    outcomeOf: (peer) => partOf(peer).outcome,
    abandonedBy: (peer) => partOf(peer).abandoned,
  }
}

const digestOf = (weights: Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength))
    .digest('hex')
