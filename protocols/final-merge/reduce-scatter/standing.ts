import type { RosterEntry } from '../../wire/types.js'
import type { Accusations } from './accusations.js'
import type { Call } from './calls.js'
import type { Voices } from './voices.js'

export interface FrozenModel {
  readonly digest: string
  readonly samples: number
}

/** Which of the members named in a call have committed to a model, and which this peer goes on without. */
export class Standing {
  /** Not in any further roster that this peer proposes. */
  private readonly gone = new Set<string>()

  constructor(
    readonly call: Call,
    private readonly voices: Voices,
    private readonly accusations: Accusations,
  ) {}

  lose(id: string): void {
    this.gone.add(id)
  }

  isLiar(id: string): boolean {
    return this.accusations.isLiar(id)
  }

  isOut(id: string): boolean {
    return this.gone.has(id) || this.isLiar(id)
  }

  commitmentOf(id: string): FrozenModel | undefined {
    return this.voices.of(id, this.call.mergeId)?.commitment
  }

  /** Those who are waited for. */
  awaited(): readonly string[] {
    return this.call.members.filter((id) => !this.isOut(id))
  }

  /** Those without a model to average. */
  missing(): readonly string[] {
    return this.call.members.filter((id) => !this.commitmentOf(id) || this.isOut(id))
  }

  /** The models committed to, those of whom this peer goes on without among them. */
  committed(): readonly RosterEntry[] {
    return this.call.members.flatMap((id, member) => {
      const commitment = this.commitmentOf(id)
      return commitment ? [{ member, ...commitment }] : []
    })
  }

  /** Those of the entries that still count. */
  without(entries: readonly RosterEntry[]): readonly RosterEntry[] {
    return entries.filter(({ member }) => !this.isOut(this.call.members[member]!))
  }
}
