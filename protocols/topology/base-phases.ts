/** Whom a member exchanges with in one round, by index, and the share of that model. */
export interface Exchange {
  readonly with: number
  readonly weight: number
}

/** One round: the exchanges of each member. */
export type Phase = readonly (readonly Exchange[])[]

/**
 * The rounds of the Base-(k+1) graph of Takezawa et al. 2023 (arXiv 2305.11420, Algorithm 3) over members 0 to n − 1,
 * with k = `degree` neighbours at most. In each round the weights are symmetric and everyone's sum to at most 1.
 *
 * n = p·q with p the largest divisor that has no prime factor above k + 1. The members form p groups of q; each group
 * runs the simple graph to its own mean. Then q sets of p, one member from each group, run the hyper-hypercube. Where
 * the simple graph over all n is shorter, it is taken instead. No round for fewer than two members.
 */
export const basePhases = (memberCount: number, degree: number): readonly Phase[] => {
  if (memberCount < 2) return []
  const everyone = range(0, memberCount)
  const smooth = smoothPart(memberCount, degree + 1)
  const simple = simpleRounds(everyone, degree)
  const groupSize = memberCount / smooth
  if (smooth === 1 || groupSize === 1) return phasesOf(simple, memberCount)
  const groups = chunksOf(everyone, groupSize)
  const across = range(0, groupSize).map((place) => groups.map((group) => group[place]!))
  const composed = [
    ...sideBySide(groups.map((group) => simpleRounds(group, degree))),
    ...sideBySide(across.map((set) => hyperHypercube(set, degree))),
  ]
  return phasesOf(simple.length < composed.length ? simple : composed, memberCount)
}

/** Edges of one round, weighted, each once. */
type Round = readonly (readonly [a: number, b: number, weight: number])[]

/**
 * Algorithm 1, the k-peer hyper-hypercube: with n = n_1·…·n_L, each n_i ≤ k + 1 and L as small as possible, members
 * are numbered by L digits, and in round i those who differ in digit i alone average among themselves. Needs n without
 * prime factors above k + 1.
 */
const hyperHypercube = (members: readonly number[], degree: number): Round[] => {
  let stride = 1
  return (fewestFactors(members.length, degree + 1) ?? []).map((factor) => {
    const round: [number, number, number][] = []
    for (const [place, a] of members.entries()) {
      const digit = Math.floor(place / stride) % factor
      for (let step = 1; digit + step < factor; step++)
        round.push([a, members[place + step * stride]!, 1 / factor])
    }
    stride *= factor
    return round
  })
}

/**
 * Algorithm 2, the simple Base-(k+1) graph. Written in base k + 1, n = Σ a_l·(k+1)^p_l, p_1 > p_2 > …: parts V_l of
 * a_l·(k+1)^p_l members, each of a_l blocks of (k+1)^p_l.
 * 1. Every part averages itself by its hyper-hypercube.
 * 2. Part by part: every member of the later parts exchanges with one member of each block of V_l, with weight
 *    |V_l| / (a_l·Σ_{j≥l} |V_j|). Then each block of V_l, and what comes after V_l, has the mean of everyone. Members of
 *    V_l who find no partner average in small groups; they hold the same, so that matters only between trained models.
 * 3. As soon as a part has been through that, each of its blocks averages itself by its hyper-hypercube.
 */
const simpleRounds = (members: readonly number[], degree: number): Round[] => {
  const base = degree + 1
  if (smoothPart(members.length, base) === members.length) return hyperHypercube(members, degree)
  const parts = partsOf(members, base)
  const within = parts.map(({ all }) => hyperHypercube(all, degree))
  const blocks = parts.map((part) => sideBySide(part.blocks.map((block) => hyperHypercube(block, degree))))
  const first = within[0]!.length
  const rounds = first + 1 + blocks[0]!.length
  return range(0, rounds).map((at) => {
    // Part l is paired with all later ones in step l, and goes on by itself afterwards; the last is never paired.
    const step = at - first
    if (step < 0) return within.flatMap((own) => own[at % Math.max(1, own.length)] ?? [])
    const paired = step < parts.length - 1 ? pairing(parts.slice(step), degree) : []
    const after = parts.flatMap((part, l) => {
      const start = l === parts.length - 1 ? l : l + 1
      if (step < start) return []
      // A part whose blocks are single members goes on averaging as a whole.
      const own = part.blocks[0]!.length === 1 ? within[l]! : blocks[l]!
      return own[(step - start) % Math.max(1, own.length)] ?? []
    })
    return [...paired, ...after]
  })
}

interface Part {
  readonly all: readonly number[]
  readonly blocks: readonly (readonly number[])[]
}

/** The digits of n in the base, highest first, as runs of members. */
const partsOf = (members: readonly number[], base: number): Part[] => {
  let block = 1
  while (block * base <= members.length) block *= base
  const parts: Part[] = []
  let start = 0
  for (; start < members.length; block /= base) {
    const size = Math.floor((members.length - start) / block) * block
    if (size === 0) continue
    const all = members.slice(start, start + size)
    parts.push({ all, blocks: chunksOf(all, block) })
    start += size
  }
  return parts
}

/** Step 2 for the first of the parts: the others with the last members of its blocks. */
const pairing = ([part, ...later]: readonly Part[], degree: number): Round => {
  const { all, blocks } = part!
  const others = later.flatMap((other) => other.all)
  const weight = all.length / (blocks.length * (all.length + others.length))
  const paired = others.flatMap((other, i) =>
    blocks.map((block): [number, number, number] => [other, block.at(-1 - i)!, weight]),
  )
  const left = blocks.flatMap((block) => block.slice(0, block.length - others.length))
  return [...paired, ...chunksOf(left, degree + 1).flatMap(clique)]
}

const clique = (members: readonly number[]): Round =>
  members.flatMap((a, i) =>
    members.slice(i + 1).map((b): [number, number, number] => [a, b, 1 / members.length]),
  )

/** Graphs over disjoint members, in the same rounds. They have equally many rounds. */
const sideBySide = (graphs: readonly (readonly Round[])[]): Round[] =>
  (graphs[0] ?? []).map((_, round) => graphs.flatMap((graph) => graph[round]!))

const phasesOf = (rounds: readonly Round[], memberCount: number): Phase[] =>
  rounds.map((round) => {
    const phase: Exchange[][] = Array.from({ length: memberCount }, () => [])
    for (const [a, b, weight] of round) {
      phase[a]!.push({ with: b, weight })
      phase[b]!.push({ with: a, weight })
    }
    return phase
  })

/** The largest divisor of n ≥ 1 that is a product of factors up to `largest`. */
const smoothPart = (n: number, largest: number): number => {
  let rest = n
  for (let factor = 2; factor <= largest && rest > 1; factor++) while (rest % factor === 0) rest /= factor
  return n / rest
}

/** n as the fewest factors from 2 to `largest`, ascending; none for 1; null when there are none. */
const fewestFactors = (n: number, largest: number): readonly number[] | null => {
  if (n <= 1) return []
  let best: readonly number[] | null = null
  // Descending: with `factor` as the largest one, so each product is tried once.
  for (let factor = Math.min(n, largest); factor >= 2 && best?.length !== 1; factor--) {
    if (n % factor !== 0) continue
    const rest = fewestFactors(n / factor, factor)
    if (rest !== null && (best === null || rest.length + 1 < best.length)) best = [...rest, factor]
  }
  return best
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)

const chunksOf = <T>(items: readonly T[], size: number): (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
