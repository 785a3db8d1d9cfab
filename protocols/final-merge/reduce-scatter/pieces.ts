/** Which chunks of which frozen models this peer holds, by digest: kept from attempt to attempt. */
export class Pieces {
  private readonly byModel = new Map<string, Set<number>>()

  has(digest: string, chunk: number): boolean {
    return this.byModel.get(digest)?.has(chunk) ?? false
  }

  add(digest: string, chunks: readonly number[]): void {
    const held = this.byModel.get(digest) ?? new Set<number>()
    this.byModel.set(digest, held)
    for (const chunk of chunks) held.add(chunk)
  }
}
