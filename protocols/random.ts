/**
 * Seeded random numbers. Integer arithmetic only, so a seed gives the same stream on every machine.
 * Generator: xoshiro128** (Blackman and Vigna, https://prng.di.unimi.it/xoshiro128starstar.c), seeded by
 * splitmix32 from a 32-bit FNV-1a hash of the seed parts. Not for secrets.
 */
export interface Random {
  /** A float in [0, 1) with 32 random bits. */
  next(): number
  /** An integer in [0, bound); bound between 1 and 2^32. */
  below(bound: number): number
}

/** One seed or several parts that are hashed together: `createRandom(run.seed, 'topology', round)`. */
export const createRandom = (...seed: readonly (string | number)[]): Random => {
  const splitmix = splitmix32(hash32(seed.join('\u0000')))
  let a = splitmix()
  let b = splitmix()
  let c = splitmix()
  let d = splitmix()
  const nextUint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = rotateLeft(d, 11)
    return result
  }
  return {
    next: () => nextUint32() / 2 ** 32,
    below(bound) {
      // Rejection keeps every value equally likely.
      const limit = 2 ** 32 - (2 ** 32 % bound)
      let value = nextUint32()
      while (value >= limit) value = nextUint32()
      return value % bound
    },
  }
}

/** A new array with the items in random order (Fisher-Yates). */
export const shuffled = <T>(items: readonly T[], random: Random): T[] => {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const item = result[i] as T
    result[i] = result[j] as T
    result[j] = item
  }
  return result
}

/** `count` different items in random order, or all of them when there are fewer. */
export const sampleOf = <T>(items: readonly T[], count: number, random: Random): T[] => {
  const pool = [...items]
  const size = Math.min(count, pool.length)
  for (let i = 0; i < size; i++) {
    const j = i + random.below(pool.length - i)
    const item = pool[i] as T
    pool[i] = pool[j] as T
    pool[j] = item
  }
  return pool.slice(0, size)
}

/** FNV-1a over UTF-16 code units, 32 bits, followed by the murmur3 finaliser so that near strings land far apart. */
export const hash32 = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

const rotateLeft = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))

const splitmix32 = (seed: number) => {
  let state = seed >>> 0
  return (): number => {
    state = (state + 0x9e3779b9) | 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return z ^ (z >>> 15)
  }
}
