/** Own published weights that are kept. An older snapshot is mixed as it is. Guess: a few rounds of delay. */
const KEPT = 4

/** The own weights published last, by version: what stale snapshots of others are compared with. */
export class Recent<W> {
  private readonly versions = new Array<number>(KEPT).fill(-1)
  private readonly weights = new Array<W | undefined>(KEPT).fill(undefined)

  /** @param version grows by one each time. */
  keep(version: number, weights: W): void {
    this.versions[version % KEPT] = version
    this.weights[version % KEPT] = weights
  }

  /** Undefined when it is too long ago, or was never published. */
  of(version: number): W | undefined {
    return this.versions[version % KEPT] === version ? this.weights[version % KEPT] : undefined
  }
}
