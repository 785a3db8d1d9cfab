import { InvalidArgumentError } from 'commander'
import { limits } from '../../protocols/limits.js'
import { hintFor } from '../../protocols/suggestion.js'

/** Parsers for option values. Commander puts the option's name before what they say. */
export const integer =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN
    if (value >= least && value <= most) return value
    throw new InvalidArgumentError(
      `It must be a whole number ${most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`}.`,
    )
  }

/** A file or folder. An unset variable of a shell must not come to mean the current folder. */
export const path = (text: string): string => {
  if (text.trim() !== '') return text
  throw new InvalidArgumentError('It is empty; name a file or folder, . for the current one.')
}

const numberIn = (text: string): number => (text.trim() === '' ? NaN : Number(text))

export const positive = (text: string): number => {
  const value = numberIn(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new InvalidArgumentError('It must be a number above 0.')
}

export const fraction = (text: string): number => {
  const value = numberIn(text)
  if (value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('It must be a number from 0 to 1.')
}

export const fractionAboveZero = (text: string): number => {
  const value = numberIn(text)
  if (value > 0 && value <= 1) return value
  throw new InvalidArgumentError('It must be a number above 0 and at most 1.')
}

export const belowOne = (text: string): number => {
  const value = numberIn(text)
  if (value >= 0 && value < 1) return value
  throw new InvalidArgumentError('It must be a number from 0 to below 1.')
}

/** One of these words. */
export const oneOf =
  <Name extends string>(names: readonly Name[]) =>
  (text: string): Name => {
    const found = names.find((name) => name === text)
    if (found !== undefined) return found
    throw new InvalidArgumentError(`Known: ${names.join(', ')}.${hintFor(text, names)}`)
  }

/** What a peer calls itself: it also becomes part of a folder's name. */
export const displayName = (text: string): string => {
  const fits = [...text].length <= limits.nameCharactersMax
  if (fits && /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]*$/u.test(text)) return text
  throw new InvalidArgumentError(
    `It must be at most ${limits.nameCharactersMax} letters, digits, spaces, dots, hyphens and underscores, a letter or digit first.`,
  )
}

export interface PartOption {
  readonly index: number
  readonly of: number
}

/** `2/8`: the second of eight parts. */
export const part = (text: string): PartOption => {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  const result = { index: Number(index) - 1, of: Number(of) }
  if (result.index >= 0 && result.index < result.of) return result
  throw new InvalidArgumentError('It must be I/N with I from 1 to N, such as 2/8.')
}
