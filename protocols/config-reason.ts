import type { z } from 'zod'

/** How the validator's own messages begin; others were written for their place. */
const OWN_WORDS = /^(Invalid (input|option|value)|Too (small|big))\b/

const NAMES: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a set of keys with values',
  null: 'nothing',
  undefined: 'nothing',
}
const named = (type: string): string => NAMES[type] ?? type

/** Why a value is refused, in the words of the other messages. */
export const reasonFor = (issue: z.core.$ZodIssue): string => {
  const { message } = issue
  if (!OWN_WORDS.test(message)) return message
  switch (issue.code) {
    case 'invalid_type': {
      const received = /received (\w+)/.exec(message)?.[1]
      if (issue.expected === 'int' && received === 'number') return 'a whole number is needed'
      return `${named(issue.expected)} is needed${received ? `, and this is ${named(received)}` : ''}`
    }
    case 'too_small':
      return `${counted(issue.origin)} ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
    case 'too_big':
      return `${counted(issue.origin)} ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`
    default:
      return message
  }
}

const counted = (origin: string): string => {
  if (origin === 'string') return 'the number of its characters must be'
  return origin === 'array' || origin === 'set' ? 'the number of its entries must be' : 'must be'
}
