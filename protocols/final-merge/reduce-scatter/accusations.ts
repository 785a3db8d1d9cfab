import { limits } from '../../limits.js'
import type { MergeEffect, MergeFault } from '../contract.js'

/** Faults that one member can be accused of. */
const FAULTS = 5

/** Who has lied in this period, as far as this peer saw it itself. */
export class Accusations {
  private readonly made = new Set<string>()
  private readonly liars = new Set<string>()

  /** Its model is in no roster that this peer proposes. */
  isLiar(id: string): boolean {
    return this.liars.has(id)
  }

  /** @returns a report, the first time. */
  accuse(id: string, fault: MergeFault): MergeEffect[] {
    const key = `${id} ${fault}`
    if (this.made.has(key) || this.made.size >= FAULTS * limits.mergeMembersMax) return []
    this.made.add(key)
    if (fault === 'equivocated' || fault === 'false-model') this.liars.add(id)
    return [{ type: 'accused', id, fault }]
  }
}
