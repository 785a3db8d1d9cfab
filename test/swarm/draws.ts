import type { Random } from '../../protocols/random.js'

export const chance = (probability: number, random: Random): boolean => random.next() < probability
export const pick = <T>(items: readonly T[], random: Random): T => items[random.below(items.length)]!
/** Uniform with three decimals: what is printed is what was simulated. */
export const between = (least: number, most: number, random: Random): number =>
  Math.round((least + (most - least) * random.next()) * 1000) / 1000
