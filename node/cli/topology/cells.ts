import type { TopologyFigures } from './figures.js'

/** For what there is no number of. */
export const NONE = '–'

/** `no`, or over how many rounds a time-varying one was measured. */
export const variesCell = ({ kind, rounds }: TopologyFigures): string => {
  if (kind === 'fixed') return 'no'
  return rounds === null ? 'yes' : `over ${rounds.toLocaleString('en')}`
}

/** `4`, or `1/1.97/5` where members differ. */
export const degreeCell = ({ degreeMin, degreeMean, degreeMax }: TopologyFigures): string => {
  if (degreeMin === null || degreeMean === null || degreeMax === null) return NONE
  if (degreeMin === degreeMax) return short(degreeMin)
  return [degreeMin, degreeMean, degreeMax].map(short).join('/')
}

/** Where nobody counted the pieces of a graph, it has more than one. */
export const partsCell = ({ connected, components }: TopologyFigures): string => {
  if (connected === null) return NONE
  if (connected) return '1'
  return components === null ? '> 1' : components.toLocaleString('en')
}

export const diameterCell = ({ diameter, diameterExact }: TopologyFigures): string => {
  return diameter === null ? NONE : `${diameterExact === false ? '≥ ' : ''}${diameter.toLocaleString('en')}`
}

/** Three digits that say something: a ring of 1,000 has a gap of 0.0000132. */
export const gapCell = ({ spectralGap }: TopologyFigures): string => {
  return orNone(spectralGap, (gap) =>
    gap === 0 || gap === 1 ? String(gap) : gap < 0.001 ? gap.toExponential(2) : gap.toFixed(3),
  )
}

/** In rounds. */
export const halvedCell = ({ spectralGap, roundsToHalve, rounds }: TopologyFigures): string => {
  if (spectralGap === null) return NONE
  if (roundsToHalve === null) return 'never'
  // Exact at the end of what was measured, and at some time before that halved.
  if (roundsToHalve === rounds) return rounds === 1 ? '1' : `≤ ${rounds.toLocaleString('en')}`
  const shown = roundsToHalve < 10 ? Number(roundsToHalve.toFixed(1)) : Math.round(roundsToHalve)
  return shown.toLocaleString('en')
}

export const orNone = (value: number | null, show: (value: number) => string): string =>
  value === null ? NONE : show(value)

/** At most two decimals, none for whole numbers. */
export const short = (value: number): string => Number(value.toFixed(2)).toLocaleString('en')
