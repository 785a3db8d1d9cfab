import { drawQuantity, type Against, type Chart, type Quantity, type ShownGroup } from './charts.js'
import type { Study } from './groups.js'
import { drawLabelCounts, SIDE_MAX } from './label-counts.js'
import { drawnRounds, POINTS_MAX } from './lines.js'
import { HEAT, keyOf } from './looks.js'
import { markup, nothing, trusted, type Markup } from './markup.js'
import { counted, formats } from './numbers.js'
import { extentOf } from './scales.js'

/** Layers that get a chart of their own. */
const LAYERS_MAX = 24

export interface Section {
  /** Anchor; a word of ours. */
  readonly id: string
  readonly title: string
  readonly body: Markup
}

/** Local and merged accuracy against rounds, bytes and virtual time. */
export const accuracySection = async (
  groups: readonly ShownGroup[],
  target: number | null,
): Promise<Section> => {
  const local: Quantity = {
    name: 'Local accuracy',
    y: (record) => record.localAccuracyMean,
    faint: (record) => record.localAccuracyMin,
    scale: 'percent',
    reference: target ?? undefined,
  }
  const merged: Quantity = {
    name: 'Merged accuracy',
    y: (record) => record.mergedAccuracy,
    scale: 'percent',
    reference: target ?? undefined,
  }
  const targetNote = target === null ? '' : ` Dashed across: the target, ${formats.percent(target)}.`
  const isToy = groups.some(({ group }) => group.cells.some(({ settings }) => settings.trainer === 'toy'))
  const toyNote = isToy
    ? markup`<p class="soft">With the toy trainer accuracy is 1 − the distance to the optimum, in units of the initial models’ mean distance.</p>`
    : nothing
  return {
    id: 'accuracy',
    title: 'Accuracy',
    body: markup`<p class="soft">Lines are means over the seeds that measured the round, bands reach from the least to the greatest seed. Against bytes and time, a point stands at its round’s mean. A line of more than ${POINTS_MAX} rounds shows ${POINTS_MAX} of them, evenly spaced.${targetNote}</p>
${toyNote}${keyOfGroups(groups)}
<h3>Local models</h3>
<p class="soft">The mean over the peers; faint, the worst peer.</p>
${await chartsOf(groups, local, ['rounds', 'bytes', 'time'])}
<h3>Merged model</h3>
<p class="soft">The average of the local models: what a final merge at that moment would give.</p>
${await chartsOf(groups, merged, ['rounds', 'bytes', 'time'])}`,
  }
}

export const consensusSection = async (groups: readonly ShownGroup[]): Promise<Section> => {
  const distance: Quantity = {
    name: 'Consensus distance',
    y: (record) => record.consensusDistance,
    scale: 'log',
  }
  return {
    id: 'consensus',
    title: 'Consensus distance',
    body: markup`<p class="soft">Root mean square distance of the local models to their average, on a log scale. What is 0 or below a millionth of the largest value is drawn on the lower edge.</p>
${keyOfGroups(groups)}
${await chartsOf(groups, distance, ['rounds'])}`,
  }
}

/** One small chart per layer, all with the same axis. */
export const varianceSection = async (groups: readonly ShownGroup[]): Promise<Section | null> => {
  const records = groups.flatMap(({ group }) => drawnRounds(group))
  const layers = [...new Set(records.flatMap(({ varianceRatio }) => Object.keys(varianceRatio)))]
  if (layers.length === 0) return null
  const ratios = records.flatMap(({ varianceRatio }) => Object.values(varianceRatio)).filter(Number.isFinite)
  const figures: Markup[] = []
  for (const layer of layers.slice(0, LAYERS_MAX)) {
    const quantity: Quantity = {
      name: layer,
      y: ({ varianceRatio }) => (Object.hasOwn(varianceRatio, layer) ? varianceRatio[layer] : null),
      scale: 'linear',
      reference: 1,
      holds: extentOf(ratios) ?? undefined,
    }
    figures.push(
      figure(await drawQuantity(groups, quantity, 'rounds'), layer, 'variance ratio against rounds'),
    )
  }
  const more =
    layers.length > LAYERS_MAX ? ` Shown are the first ${LAYERS_MAX} of ${layers.length} layers.` : ''
  return {
    id: 'variance',
    title: 'Variance ratio of each layer',
    body: markup`<p class="soft">Mean variance of the local models, in units of that of their initial weights; dashed across: 1, as initialised. All charts have the same axis.${more}</p>
${keyOfGroups(groups)}
<div class="charts">
${figures}</div>`,
  }
}

export const labelSection = async (study: Study): Promise<Section | null> => {
  const { maps, leftOut } = await drawLabelCounts(study)
  if (maps.length === 0) return null
  const figures = maps.map(
    ({ drawn, of, most, cut }) =>
      markup`<figure><figcaption>${of}<small>none: empty; few ${ramp} ${counted(most, 'example')}. ${cut}</small></figcaption>${inlineSvg(drawn)}</figure>
`,
  )
  const more = leftOut === 0 ? '' : ` There was no room for ${counted(leftOut, 'more map')}.`
  return {
    id: 'labels',
    title: 'Who trains on what',
    body: markup`<p class="soft">Training examples of each class at each peer, once for all cells with the same data, partition, peers and seed; at most ${SIDE_MAX} peers and classes.${more}</p>
<div class="charts">
${figures}</div>`,
  }
}

export const failureSection = ({ groups, strayFailures }: Study): Section | null => {
  const rows = [
    ...groups.flatMap(({ label, cells }) =>
      cells.flatMap(({ failure, settings, rounds }) =>
        failure === null ? [] : [{ label, seed: String(settings.seed), rounds: rounds.length, failure }],
      ),
    ),
    ...strayFailures.map((failure) => ({ label: `cell ${failure.cell}`, seed: '–', rounds: 0, failure })),
  ]
  if (rows.length === 0) return null
  const body = rows.map(
    ({ label, seed, rounds, failure }) =>
      markup`<tr><th scope="row">${label}</th><td>${seed}</td><td>${rounds}</td><td><code>${failure.code}</code></td><td>${failure.message}</td></tr>
`,
  )
  return {
    id: 'failures',
    title: 'Failures',
    body: markup`<p class="soft">These cells did not come to their end. They are in no chart and no mean.</p>
<div class="scroll" role="region" aria-labelledby="failures" tabindex="0"><table class="words">
<thead><tr><th scope="col">group</th><th scope="col">seed</th><th scope="col">rounds measured</th><th scope="col">code</th><th scope="col">what happened</th></tr></thead>
<tbody>
${body}</tbody></table></div>`,
  }
}

const ramp = trusted(
  `<svg class="ramp" viewBox="0 0 50 7" aria-hidden="true">${[0.06, 0.295, 0.53, 0.765, 1]
    .map((opacity, index) => `<path d="M${10 * index},0h9v7h-9Z" fill="${HEAT}" fill-opacity="${opacity}"/>`)
    .join('')}</svg>`,
)

const keyOfGroups = (groups: readonly ShownGroup[]): Markup =>
  keyOf(groups.map(({ group, look }) => ({ label: group.label, look })))

const AGAINST: Readonly<Record<Against, string>> = {
  rounds: 'against rounds',
  bytes: 'against bytes sent per peer',
  time: 'against virtual time',
}

const chartsOf = async (
  groups: readonly ShownGroup[],
  quantity: Quantity,
  axes: readonly Against[],
): Promise<Markup> => {
  const figures: Markup[] = []
  for (const against of axes) {
    figures.push(figure(await drawQuantity(groups, quantity, against), quantity.name, AGAINST[against]))
  }
  return markup`<div class="charts">
${figures}</div>`
}

const figure = (chart: Chart, name: string, against: string): Markup => {
  const drawing = 'svg' in chart ? inlineSvg(chart) : markup`<p class="empty">${chart.why}</p>`
  const note = 'note' in chart && chart.note !== '' ? markup`<p class="note">${chart.note}</p>` : nothing
  return markup`<figure><figcaption>${name} <small>${against}</small></figcaption>${drawing}${note}</figure>
`
}

/** The drawing as one image with a text: what is inside an image is not read out. */
const inlineSvg = ({ svg, title }: { readonly svg: string; readonly title: string }): Markup =>
  markup`${trusted('<svg role="img" aria-label="')}${title}${trusted(svg.replace(/^<svg/, '"'))}`
