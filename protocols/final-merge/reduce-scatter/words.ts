import type { MergeEffect } from '../contract.js'
import type { MergeMessage } from '../../wire/types.js'
import { entriesDigest } from '../statement.js'
import { messageOf, type Call } from './calls.js'
import type { Said, Voices } from './voices.js'

/**
 * Once nothing new has been said for two repetitions, only every fourth is made: 16 peers that gossip everything every
 * 2 s spend a quarter of the time of the merge on it.
 */
export const QUIET_EVERY = 4

/** What this peer has said in its present call, to be said again: words get lost, and listeners come late. */
export class Words {
  private call: Call | undefined
  /** The newest of each kind. */
  private readonly said = new Map<string, Said>()
  private readonly rosters: (Said & { readonly type: 'roster' })[] = []
  private lastMs = -Infinity
  /** Repetitions that were due since something new was said. */
  private dueTimes = 0

  constructor(
    private readonly config: {
      readonly self: string
      /** Milliseconds between repetitions, of the present call. */
      readonly repeatMs: () => number
      readonly voices: Voices
    },
  ) {}

  /** Speaks of this call from now on; a commitment counts in all calls for one merge. */
  follow(call: Call): void {
    if (call.mergeId !== this.call?.mergeId) this.said.clear()
    if (call.digest !== this.call?.digest) this.rosters.length = 0
    this.call = call
    this.dueTimes = 0
  }

  announce(nowMs: number): MergeEffect[] {
    return this.call ? [this.broadcast(messageOf(this.call), nowMs)] : []
  }

  say(message: Said, nowMs: number): MergeEffect {
    this.dueTimes = 0
    this.config.voices.hear(this.config.self, message, this.call!.sequence)
    this.said.set(message.type, message)
    if (message.type === 'roster') this.rosters.push(message)
    return this.broadcast(message, nowMs)
  }

  /** Of one's own rosters the one that the result is over is the one to repeat: readers need its models. */
  settleOn(roster: string): void {
    const settled = this.rosters.find(({ call, entries }) => entriesDigest(call, entries) === roster)
    if (settled) this.said.set('roster', settled)
  }

  again(nowMs: number): MergeEffect[] {
    const { call } = this
    if (!call) return []
    return [messageOf(call), ...this.said.values()].map((message) => this.broadcast(message, nowMs))
  }

  /** Every `repeatMs`. @returns whether it is time to say everything again. */
  countRepetition(): boolean {
    this.dueTimes += 1
    return this.dueTimes <= 2 || this.dueTimes % QUIET_EVERY === 0
  }

  /** Somebody asks: not more often than words are repeated anyway. */
  answer(nowMs: number): MergeEffect[] {
    return nowMs - this.lastMs >= this.config.repeatMs() ? this.again(nowMs) : []
  }

  get hasVoted(): boolean {
    return this.said.has('result')
  }

  private broadcast(message: MergeMessage, nowMs: number): MergeEffect {
    this.lastMs = nowMs
    return { type: 'broadcast', message }
  }
}
