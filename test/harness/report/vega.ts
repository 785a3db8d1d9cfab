import type { TopLevelSpec } from 'vega-lite'

/** A Vega-Lite specification without its configuration. Readonly all through, which Vega-Lite’s own type is not. */
export type ChartSpec = Readonly<Record<string, unknown>>

/**
 * Draws a chart without a browser. Vega and Vega-Lite are loaded here and nowhere else, at the first chart.
 * No text of a record may be in the specification: what comes back is put into the page as it is.
 */
export const drawSvg = async (spec: ChartSpec, title: string): Promise<DrawnSvg> => {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')])
  const silent = vega.logger(vega.None)
  const compiled = vegaLite.compile({ ...spec, config: CONFIG } as unknown as TopLevelSpec, {
    logger: silent,
  }).spec
  const view = new vega.View(vega.parse({ ...compiled, background: 'transparent' }), {
    renderer: 'none',
    logger: silent,
  })
  try {
    return { svg: compact(await view.toSVG()), title }
  } finally {
    view.finalize()
  }
}

export interface DrawnSvg {
  /** From `<svg` to `</svg>`. */
  readonly svg: string
  /** What it shows, for those who cannot see it. Plain text, not yet escaped. */
  readonly title: string
}

const INK = 'currentColor'

/** Ink takes the page's colour, so that one drawing serves light paper and dark screens. */
const CONFIG = {
  aria: false,
  padding: 4,
  font: 'system-ui, sans-serif',
  view: { stroke: null },
  legend: { disable: true },
  axis: {
    labelColor: INK,
    titleColor: INK,
    domainColor: INK,
    tickColor: INK,
    gridColor: INK,
    gridOpacity: 0.12,
    domainOpacity: 0.5,
    tickOpacity: 0.5,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    tickSize: 4,
  },
} as const

/** Drops what draws nothing, and digits beyond a hundredth of a pixel; those of labels are no pixels and stay. */
const compact = (svg: string): string =>
  svg
    .replace(/ xmlns(:xlink)?="[^"]*"/g, '')
    .replace(/<path class="(background|foreground)"[^>]*\/>/g, '')
    .replace(/ (pointer-events="none"|opacity="1"|class="mark[^"]*"|version="1.1"|font-family="[^"]*")/g, '')
    .replace(/<text[^>]* opacity="0"[^>]*>[^<]*<\/text>/g, '')
    .replace(/<g><\/g>/g, '')
    .replace(/<[^>]*>/g, (tag) =>
      tag.replace(/-?\d+\.\d{2,}/g, (digits) => String(Math.round(Number(digits) * 100) / 100)),
    )
