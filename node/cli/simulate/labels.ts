import type { Cell } from '../../../test/harness/sweep/index.js'
import { idleKeys } from '../../../test/harness/cell/relevance.js'
import type { CellSettings } from '../../../test/harness/cell/settings.js'

type Key = keyof CellSettings

/** Stands for a setting that makes no difference to the cell. */
export const IDLE = '–'

/** `localSteps` as `local steps`. */
export const titleOf = (key: Key): string => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

/**
 * A setting as people read it: words and numbers as they are, an optimizer by its numbers, the rest as JSON; a dash
 * where it makes no difference.
 */
export const labelOf = (settings: CellSettings, key: Key): string => {
  if (idleKeys(settings).has(key)) return IDLE
  if (key === 'optimizer') {
    const { kind, learningRate, ...rest } = settings.optimizer
    return [kind, learningRate, ...('momentum' in rest ? [rest.momentum] : [])].join(' ')
  }
  const value: unknown = settings[key]
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The settings in which the cells differ, of one of them; null where it makes no difference. */
export const varyingOf = (
  { settings }: Pick<Cell, 'settings'>,
  keys: readonly Key[],
): Readonly<Record<string, unknown>> => {
  const idle = idleKeys(settings)
  return Object.fromEntries(keys.map((key) => [key, idle.has(key) ? null : settings[key]]))
}

/** `rule mean, seed 3`; what it is in short where cells do not differ. */
export const nameOf = ({ settings }: Pick<Cell, 'settings'>, keys: readonly Key[]): string =>
  (keys.length === 0 ? (['seed'] as const) : keys)
    .map((key) => `${titleOf(key)} ${labelOf(settings, key)}`)
    .join(', ')
