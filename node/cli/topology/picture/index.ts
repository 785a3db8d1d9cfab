import type { Topology } from '../../../../protocols/topology/index.js'
import { CliError } from '../../exit-codes.js'
import { diameterCell, gapCell } from '../cells.js'
import type { TopologyFigures } from '../figures.js'
import { drawFixed, type Words } from './fixed.js'
import { drawRounds } from './rounds.js'

export interface PictureOf {
  readonly topology: Topology
  /** Sorted, each once. */
  readonly members: readonly string[]
  /** Of the run: random places follow from it too. */
  readonly seed: number
  readonly figures: TopologyFigures
}

/** Above these a drawing is a blot, and takes minutes. */
const PEERS_DRAWN_MAX = 2_000
const EDGES_DRAWN_MAX = 200_000

/**
 * A topology as the text of an SVG file: a fixed one as one graph, a time-varying one as its first rounds. The same
 * bytes for the same question.
 * @throws CliError USAGE when there is too much to draw.
 */
export const drawTopology = (picture: PictureOf): string => {
  checkDrawable(picture.figures)
  const words = wordsFor(picture.figures)
  return picture.topology.kind === 'fixed' ? drawFixed(picture, words) : drawRounds(picture, words)
}

const checkDrawable = ({ topology, peers, edges }: TopologyFigures): void => {
  if (peers <= PEERS_DRAWN_MAX && (edges ?? 0) <= EDGES_DRAWN_MAX) return
  throw new CliError(
    'USAGE',
    `${topology} over ${peers} peers has ${edges} edges; drawings hold ${PEERS_DRAWN_MAX} peers and ${EDGES_DRAWN_MAX} ` +
      'edges. Nothing was written; draw it with fewer peers, or leave --svg out.',
    { topology, peers, edges },
  )
}

const wordsFor = (figures: TopologyFigures): Words => {
  const { topology, kind, peers, edges, period, rounds } = figures
  const head = `${topology}, ${peers} ${peers === 1 ? 'peer' : 'peers'}`
  const gap = `spectral gap ${gapCell(figures)}`
  if (kind === 'fixed') {
    const parts = [counted(edges, 'edge'), degree(figures), `diameter ${diameterCell(figures)}`, gap]
    return {
      head,
      facts: parts.join(' · '),
      description: `The topology ${head}: ${parts.join(', ')}. Discs are peers, larger ones have more neighbours; lines join neighbours.`,
    }
  }
  const again = period === null ? 'drawn anew every round' : `again after ${counted(period, 'round')}`
  const parts = [again, `${degree(figures)} a round`, `${gap} over ${counted(rounds, 'round')}`]
  return {
    head,
    facts: parts.join(' · '),
    description: `The first rounds of the topology ${head}: ${parts.join(', ')}. Arrows point from the peer whose model is pulled to the peer that pulls it.`,
    note: 'Arrows point the way that models travel.',
  }
}

const degree = ({ degreeMin, degreeMax }: TopologyFigures): string =>
  degreeMin === degreeMax
    ? `${counted(degreeMax, 'neighbour')} each`
    : `${degreeMin} to ${degreeMax} neighbours`

const counted = (count: number | null, noun: string): string =>
  `${count?.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
