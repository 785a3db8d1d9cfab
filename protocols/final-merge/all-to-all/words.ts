import type { MergeMessage } from '../../wire/types.js'
import type { MergeEffect } from '../contract.js'
import type { Voices } from './voices.js'

/** What this peer has said, to be said again: words get lost, and listeners come late. The call is made anew each time. */
export class Words {
  /** The newest of each kind. */
  private readonly said = new Map<MergeMessage['type'], MergeMessage>()
  private saidMs = 0

  constructor(
    private readonly self: string,
    private readonly voices: Voices,
  ) {}

  /** When this peer last spoke. */
  get lastMs(): number {
    return this.saidMs
  }

  say(message: MergeMessage, nowMs: number): MergeEffect {
    this.voices.hear(this.self, message)
    if (message.type !== 'call') this.said.set(message.type, message)
    this.saidMs = nowMs
    return { type: 'broadcast', message }
  }

  /** All but the call. */
  again(nowMs: number): MergeEffect[] {
    this.saidMs = nowMs
    return [...this.said.values()].map((message) => ({ type: 'broadcast', message }))
  }
}
