/** A mix as the engine asks for it. `W` is the driver's handle on weights. */
export interface Mix<W> {
  readonly shares: readonly {
    readonly from: string
    readonly weights: W
    readonly weight: number
    readonly since?: W | undefined
  }[]
  readonly catchUp: { readonly now: W; readonly fraction: number }
}

/**
 * How much of its own lag a peer adds to what it holds of others. Measured (scripts/experiments/codecs/README.md): with
 * 0.5 top-k:0.05 gains over 0; 0.75 lets it drift and 1 falls apart, since a sparse difference comes too late to be
 * followed in full (CHOCO-SGD has its step size γ for that).
 */
export const LAG_FRACTION = 0.5

/**
 * What a reader holds of a sender that sends changes lags behind the sender's model; mixed as it is, it pulls the reader
 * back. The reader's own public copy lags as far behind the reader's own model. So like is compared with like: in place
 * of W_k the mix gets W_k + f·(own − own public copy), as CHOCO-SGD's x + γ·Σ w_k·(x̂_k − x̂) does (arXiv 1902.00340,
 * algorithm 2). This takes the place of catching up in time, which is lag of another kind: the copy is older than any
 * own snapshot that a received one would be compared with.
 * @param copy the peer's own model as its readers know it.
 * @param lags whether what is held of a sender lags like that. Where some does not, it keeps what it is caught up with,
 *   `since`; but a mix has one fraction, so it too is caught up by `LAG_FRACTION` of that, not by the engine's.
 *   @default of everyone
 */
export const comparedWithCopy = <W>(
  { shares, catchUp }: Mix<W>,
  {
    self,
    copy,
    lags = () => true,
  }: { readonly self: string; readonly copy: W; readonly lags?: (sender: string) => boolean },
): Mix<W> => ({
  shares: shares.map((share) =>
    share.from === self || !lags(share.from) ? share : { ...share, since: copy },
  ),
  catchUp: { now: catchUp.now, fraction: LAG_FRACTION },
})
