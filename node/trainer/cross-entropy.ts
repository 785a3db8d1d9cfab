/** What one batch of logits says about its labels. */
export interface CrossEntropy {
  /** Σ −log p(label), nats, in float64. */
  readonly lossSum: number
  /** Examples whose largest logit is the label's. */
  readonly correct: number
}

/**
 * Softmax and cross-entropy in one pass over the logits, with the gradient of the mean loss, (p − onehot(label)) / n.
 * Plain float64 code: a batch has a few hundred logits, fewer than the dozen tensor operations would cost to dispatch,
 * and log-sum-exp never meets log(0).
 * @param logits `labels.length × classes`, row-major; borrowed.
 * @param gradient of the logits' length; filled when given.
 */
export const crossEntropyOf = ({
  logits,
  labels,
  classes,
  gradient,
}: {
  readonly logits: Float32Array
  readonly labels: Uint8Array
  readonly classes: number
  readonly gradient?: Float32Array
}): CrossEntropy => {
  const rows = labels.length
  let lossSum = 0
  let correct = 0
  for (let row = 0; row < rows; row++) {
    const start = row * classes
    const label = labels[row]!
    let best = 0
    for (let k = 1; k < classes; k++) if (logits[start + k]! > logits[start + best]!) best = k
    const largest = logits[start + best]!
    let total = 0
    for (let k = 0; k < classes; k++) total += Math.exp(logits[start + k]! - largest)
    lossSum += Math.log(total) + largest - logits[start + label]!
    if (best === label) correct++
    if (!gradient) continue
    for (let k = 0; k < classes; k++) {
      const probability = Math.exp(logits[start + k]! - largest) / total
      gradient[start + k] = (probability - (k === label ? 1 : 0)) / rows
    }
  }
  return { lossSum, correct }
}
