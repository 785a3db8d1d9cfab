import { markup, trusted, type Markup } from './markup.js'

/** How a group looks on every chart. */
export interface Look {
  /** On light paper; `darkRules` gives the one for dark screens. */
  readonly colour: string
  /** Lengths of dashes and gaps in pixels; empty: a full line. */
  readonly dash: readonly number[]
  /** SVG path within −1 to 1. */
  readonly shape: string
}

/**
 * After Okabe and Ito 2008, "Color Universal Design", darkened for white paper and lightened for dark screens to a
 * contrast of 3 at least (WCAG 2.2, 1.4.11).
 */
const COLOURS: readonly { readonly light: string; readonly dark: string }[] = [
  { light: '#0072b2', dark: '#56b4e9' },
  { light: '#d55e00', dark: '#ff9046' },
  { light: '#00875f', dark: '#2fcf9f' },
  { light: '#b5508c', dark: '#e79fc8' },
  { light: '#94700a', dark: '#f0e442' },
  { light: '#333333', dark: '#e6e6e6' },
  { light: '#5b4bb5', dark: '#a99cff' },
  { light: '#8c4a1f', dark: '#c9a27a' },
]

const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 2], [9, 3, 2, 3], [4, 2]]

const SHAPES: readonly string[] = [
  'M-0.8,0A0.8,0.8,0,1,1,0.8,0A0.8,0.8,0,1,1,-0.8,0Z',
  'M-0.7,-0.7H0.7V0.7H-0.7Z',
  'M0,-1L0.9,0.7H-0.9Z',
  'M0,-1L1,0L0,1L-1,0Z',
  'M-1,-0.35H-0.35V-1H0.35V-0.35H1V0.35H0.35V1H-0.35V0.35H-1Z',
  'M0,1L0.9,-0.7H-0.9Z',
  'M1,0L-0.7,0.9V-0.9Z',
]

/** 8 colours, 5 dashes and 7 shapes have no common factor: 280 groups look different. */
export const lookOf = (index: number): Look => ({
  colour: COLOURS[index % COLOURS.length]!.light,
  dash: DASHES[index % DASHES.length]!,
  shape: SHAPES[index % SHAPES.length]!,
})

/** A colour of one hue for counts; its opacity is the count. */
export const HEAT = COLOURS[0]!.light

/** CSS that gives what is drawn in a light colour its dark one. Attributes of SVG yield to any rule. */
export const darkRules = (): string =>
  COLOURS.map(({ light, dark }) => `[stroke="${light}"]{stroke:${dark}}[fill="${light}"]{fill:${dark}}`).join(
    '',
  )

/** The sample of a line that stands before its label. */
export const sampleOf = ({ colour, dash, shape }: Look): Markup => {
  const dashes = dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`
  return trusted(
    `<svg class="sample" width="36" height="12" viewBox="0 0 36 12" aria-hidden="true">` +
      `<path d="M0,6H36" fill="none" stroke="${colour}" stroke-width="2"${dashes}/>` +
      `<path d="${shape}" transform="translate(18,6) scale(4)" fill="${colour}"/></svg>`,
  )
}

/** Which look is whose, to stand beside the charts. */
export const keyOf = (labels: readonly { readonly label: string; readonly look: Look }[]): Markup =>
  markup`<ul class="key" aria-label="Key">${labels.map(({ label, look }) => markup`<li>${sampleOf(look)} ${label}</li>`)}</ul>`
