import { printable } from '../../printable.js'

/** Light and dark follow the reader's system. */
const STYLE = `
.topology { color-scheme: light dark; font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; }
.topology .page { fill: #ffffff; }
.topology .head { fill: #18202f; font-size: 24px; font-weight: 600; }
.topology .facts, .topology .caption { fill: #5a6577; font-size: 15px; }
.topology .there { fill: #5a6577; font-size: 11px; }
.topology .edges { fill: none; stroke: #51627d; stroke-linecap: round; }
.topology .leaving { stroke-dasharray: 1 6; }
.topology .arrows { fill: #51627d; }
.topology .peers circle { fill: #2f6bd8; stroke: #ffffff; }
.topology .peers text { fill: #ffffff; font-weight: 600; text-anchor: middle; }
@media (prefers-color-scheme: dark) {
  .topology .page { fill: #0f141d; }
  .topology .head { fill: #edf1f8; }
  .topology .facts, .topology .caption, .topology .there { fill: #9aa7bb; }
  .topology .edges { stroke: #8b9bb5; }
  .topology .arrows { fill: #8b9bb5; }
  .topology .peers circle { fill: #79aef7; stroke: #0f141d; }
  .topology .peers text { fill: #0f141d; }
}`

export const HEAD_HEIGHT = 92
export const MARGIN = 40

export interface SvgDocument {
  readonly width: number
  readonly height: number
  readonly head: string
  /** One short line below it. */
  readonly facts: string
  /** For readers who do not see it. */
  readonly description: string
  /** At the bottom. */
  readonly note?: string
  /** Elements of the drawing itself. */
  readonly body: readonly string[]
}

/** A whole SVG file: its own style, no script, nothing from elsewhere. */
export const svgDocument = ({ width, height, head, facts, description, note, body }: SvgDocument): string => {
  const [w, h] = [Math.ceil(width), Math.ceil(height)]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="topology" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" aria-labelledby="topology-title topology-desc">`,
    `<title id="topology-title">${text(head)}</title>`,
    `<desc id="topology-desc">${text(description)}</desc>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="page" width="${w}" height="${h}"/>`,
    `<text class="head" x="${MARGIN}" y="48">${text(head)}</text>`,
    `<text class="facts" x="${MARGIN}" y="74">${text(facts)}</text>`,
    ...body,
    ...(note === undefined
      ? []
      : [`<text class="facts" x="${MARGIN}" y="${h - MARGIN / 2}">${text(note)}</text>`]),
    '</svg>',
    '',
  ].join('\n')
}

/** Text between tags: a file's name may hold anything. */
export const text = (raw: string): string =>
  printable(raw).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

/** A tenth of a unit is finer than a screen; always the same digits. */
export const figure = (value: number): string => String(Math.round(value * 10) / 10 || 0)
