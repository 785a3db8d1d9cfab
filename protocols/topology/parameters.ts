import type { TopologyKind, TopologyParameter } from './contract.js'

/** How a topology is written, for help and messages: `ring`, `regular:k`, `small-world:k:p`. */
export const usageOf = ({ name, parameters }: TopologyKind): string =>
  [name, ...parameters.map(({ letter }) => letter)].join(':')

/**
 * Reads the numbers after the colons.
 * @returns one number per parameter, or what is wrong and how to write it, as a sentence.
 */
export const parseParameters = (
  kind: TopologyKind,
  texts: readonly string[],
): { readonly values: readonly number[] } | { readonly advice: string } => {
  const { name, parameters } = kind
  if (parameters.length === 0)
    return texts.length === 0 ? { values: [] } : { advice: `${name} takes no number. Write ${name}.` }
  const fits =
    texts.length === parameters.length && parameters.every(({ kind }, i) => PATTERNS[kind].test(texts[i]!))
  if (fits) return { values: texts.map(Number) }
  const example = [name, ...parameters.map((parameter) => parameter.example)].join(':')
  return { advice: `${wanted(kind)}. Write for example ${example} (${usageOf(kind)}).` }
}

/** One way to write each number, so that equal runs have equal configurations. */
const PATTERNS: Readonly<Record<TopologyParameter['kind'], RegExp>> = {
  count: /^[1-9]\d{0,8}$/,
  fraction: /^(0|1|0\.\d{0,8}[1-9])$/,
}

const KINDS: Readonly<Record<TopologyParameter['kind'], string>> = {
  count: 'a positive whole number',
  fraction: 'a fraction from 0 to 1 such as 0.05, without trailing zeros',
}

const wanted = ({ name, parameters: [first, ...more] }: TopologyKind): string =>
  more.length === 0
    ? `${name} needs ${KINDS[first!.kind]} after the colon`
    : `${name} needs ${[first!, ...more].map(({ letter, kind }) => `${letter}, ${KINDS[kind]}`).join(', and ')}, each after a colon`
