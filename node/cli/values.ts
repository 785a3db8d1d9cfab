import { InvalidArgumentError } from 'commander'

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

export const positive = (text: string): number => {
  const value = text.trim() === '' ? NaN : Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new InvalidArgumentError('It must be a number above 0.')
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
