/** Numbers as people read them, the same in every command and report. */

/** `93.4 %`, or a dash for what was not measured. */
export const percent = (fraction: number | null): string =>
  fraction === null ? '–' : `${(100 * fraction).toFixed(1)} %`

/** What a merge was over; a merge of one is no mistake, but not what people want. */
export const mergedModels = (peers: number): string =>
  peers === 1
    ? 'merged the model of this peer alone: nobody else was there'
    : `merged the models of ${peers} peers`

/** `1 member` or `3 members`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** `1.2 MB`, in units of 1,000. */
export const size = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`
}

/** `95 s`, `12 min` or `3.5 h`, rounded up: whoever waits is not told of an end that is not there yet. */
export const duration = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${(Math.ceil(seconds / 360) / 10).toFixed(1)} h`
}
