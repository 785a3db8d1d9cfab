import type { TopologyFigures } from './figures.js'

/** For what there is no number of. */
export const NONE = '–'

/** `4`, or `1 / 1.97 / 5` where members differ. */
export const degreeCell = ({ degreeMin, degreeMean, degreeMax }: TopologyFigures): string => {
  if (degreeMin === null || degreeMean === null || degreeMax === null) return NONE
  if (degreeMin === degreeMax) return short(degreeMin)
  return [degreeMin, degreeMean, degreeMax].map(short).join(' / ')
}

export const connectedCell = ({ connected, components }: TopologyFigures): string => {
  if (connected === null) return NONE
  if (connected) return 'yes'
  return components === null ? 'no' : `no: ${components} parts`
}

export const diameterCell = ({ diameter, diameterExact }: TopologyFigures): string => {
  return diameter === null ? NONE : `${diameterExact === false ? '≥ ' : ''}${diameter}`
}

/** Three digits that say something: a ring of 1,000 has a gap of 0.0000132. */
export const gapCell = ({ spectralGap }: TopologyFigures): string => {
  return orNone(spectralGap, (gap) =>
    gap === 0 || gap === 1 ? String(gap) : gap < 0.001 ? gap.toExponential(2) : gap.toFixed(3),
  )
}

export const halvedCell = ({ spectralGap, roundsToHalve, rounds }: TopologyFigures): string => {
  if (spectralGap === null) return NONE
  if (roundsToHalve === null) return 'never'
  // Exact at the end of what was measured, and at some time before that halved.
  if (roundsToHalve === rounds) return rounds === 1 ? '1 round' : `≤ ${roundsOf(rounds)}`
  return roundsOf(roundsToHalve < 10 ? Number(roundsToHalve.toFixed(1)) : Math.round(roundsToHalve))
}

export const orNone = (value: number | null, show: (value: number) => string): string =>
  value === null ? NONE : show(value)

export const roundsOf = (rounds: number): string =>
  `${rounds.toLocaleString('en')} ${rounds === 1 ? 'round' : 'rounds'}`

/** At most two decimals, none for whole numbers. */
export const short = (value: number): string => Number(value.toFixed(2)).toLocaleString('en')
