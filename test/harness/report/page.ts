import type { SimulationRecord } from '../cell/records.js'
import type { ShownGroup } from './charts.js'
import { studyOf, type Group, type Study } from './groups.js'
import { isDrawable } from './lines.js'
import { lookedAt } from './looked-at.js'
import { lookOf } from './looks.js'
import { markup, nothing, trusted, type Markup } from './markup.js'
import { counted, formats, formatSeeds, spreadOf } from './numbers.js'
import { resultsTable } from './results-table.js'
import {
  accuracySection,
  consensusSection,
  failureSection,
  labelSection,
  varianceSection,
  type Section,
} from './sections.js'
import { STYLE } from './style.js'

/** More lines than this make a chart unreadable, and the page large. */
const DRAWN_GROUPS_MAX = 24

/** The whole page. See renderReport. */
export const renderPage = async (
  records: readonly SimulationRecord[],
  { command }: { readonly command?: string | undefined },
): Promise<string> => {
  const study = studyOf(records)
  const shown = shownGroups(study.groups)
  const target = onlyTarget(study)
  const charts =
    shown.length === 0
      ? []
      : [await accuracySection(shown, target), await consensusSection(shown), await varianceSection(shown)]
  const sections = [
    resultsSection(study, shown, target),
    ...charts,
    await labelSection(study),
    failureSection(study),
  ].filter((section) => section !== null)
  return pageOf(markup`<header>
<h1>Murmuration: simulation report</h1>
${introductionOf(study)}
${
  command === undefined
    ? nothing
    : markup`<p>To do it again:</p>
<pre><code>${command}</code></pre>`
}
${navigationOf(sections)}
</header>
<main>
${sections.map(
  ({ id, title, body }) => markup`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${body}
</section>
`,
)}</main>`)
}

/** The policy forbids the page to load or run anything, whatever is in it. */
const pageOf = (body: Markup): string =>
  markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Murmuration: simulation report</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`.html

const navigationOf = (sections: readonly Section[]): Markup =>
  sections.length < 2
    ? nothing
    : markup`<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`

const introductionOf = ({ groups, comparison, strayFailures }: Study): Markup => {
  const cells = groups.flatMap((group) => group.cells)
  if (cells.length === 0) {
    const why =
      strayFailures.length === 0 ? 'There are no records to report.' : 'No cell got as far as to be measured.'
    return markup`<p class="lead">${why}</p>`
  }
  const failed = cells.filter(({ failure }) => failure !== null).length + strayFailures.length
  const open = cells.filter(({ failure, result }) => failure === null && result === null).length
  const seeds = [...new Set(cells.map(({ settings }) => settings.seed))]
  const facts = [
    counted(cells.length, 'cell'),
    ...(groups.length > 1 ? [`${groups.length} groups`] : []),
    `${seeds.length === 1 ? 'seed' : 'seeds'} ${formatSeeds(seeds)}`,
    ...(open > 0 ? [`${open} unfinished`] : []),
  ]
  const failures = failed > 0 ? markup`; <a href="#failures">${failed} failed</a>` : nothing
  const { differing, notable, common } = comparison
  const compared = differing.length === 0 ? nothing : markup`<p>Compared: ${differing.join(', ')}.</p>`
  return markup`<p class="lead">${facts.join(', ')}${failures}</p>
${compared}
<p class="options">The same in all cells: ${notable.join(' · ')}</p>
<details><summary>All ${common.length} settings that are the same</summary><p class="options soft">${common.join(' · ')}</p></details>`
}

const resultsSection = (
  { groups }: Study,
  shown: readonly ShownGroup[],
  target: number | null,
): Section | null => {
  if (groups.length === 0) return null
  const looks = new Map(shown.map(({ group, look }) => [group, look]))
  const rows = groups.map((group) => ({ group, look: looks.get(group) ?? null }))
  const drawable = groups.filter(isDrawable).length
  const cut =
    drawable > shown.length
      ? markup`<p class="soft">The charts show the ${shown.length} groups with the highest local accuracy of ${drawable}: those with a line before their name.</p>`
      : nothing
  const looked = lookedAt(groups.flatMap(({ cells }) => cells.map(({ settings }) => settings.evaluateEvery)))
  const targetNote = [target === null ? '' : `${formats.percent(target)} local mean`, looked]
    .filter((note) => note !== '')
    .join('; ')
  return { id: 'results', title: 'Results', body: markup`${resultsTable(rows, targetNote)}${cut}` }
}

/** All that can be drawn, or the most accurate of too many, in the order of the groups. */
const shownGroups = (groups: readonly Group[]): readonly ShownGroup[] => {
  const drawable = groups.filter(isDrawable)
  const accuracy = ({ cells }: Group): number =>
    spreadOf(cells.map(({ result }) => result?.localAccuracyMean ?? null))?.mean ?? -1
  const chosen = new Set([...drawable].sort((a, b) => accuracy(b) - accuracy(a)).slice(0, DRAWN_GROUPS_MAX))
  return drawable.filter((group) => chosen.has(group)).map((group, index) => ({ group, look: lookOf(index) }))
}

/** The target, when all cells have the same. */
const onlyTarget = ({ groups }: Study): number | null => {
  const targets = new Set(groups.flatMap(({ cells }) => cells.map(({ settings }) => settings.target)))
  return targets.size === 1 ? [...targets][0]! : null
}
