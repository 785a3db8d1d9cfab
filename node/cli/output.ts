import { createLogUpdate } from 'log-update'

/** For people on stderr, for programs on stdout. */
export interface Output {
  /** A line for people. */
  say(line?: string): void
  /** One JSON line, when `--json` was given. The last one of a command has type `result` or `error`. */
  emit(event: { readonly type: string } & Readonly<Record<string, unknown>>): void
  /** A line that replaces itself, on a terminal; nothing elsewhere. */
  progress(line: string): void
  /** Takes the progress line away. */
  endProgress(): void
  readonly isTerminal: boolean
}

export const createOutput = ({ json }: { readonly json: boolean }): Output => {
  const isTerminal = process.stderr.isTTY === true
  const live = createLogUpdate(process.stderr)
  let current = ''
  // A reader that has had enough (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  return {
    isTerminal,
    say(line = '') {
      if (isTerminal && current !== '') live.clear()
      process.stderr.write(`${line}\n`)
      if (isTerminal && current !== '') live(current)
    },
    emit(event) {
      if (json) process.stdout.write(`${JSON.stringify(event)}\n`)
    },
    progress(line) {
      if (!isTerminal) return
      current = line
      live(line)
    },
    endProgress() {
      if (current === '') return
      current = ''
      live.clear()
    },
  }
}

/** `93.4 %`, or a dash for what was not measured. */
export const percent = (fraction: number | null): string =>
  fraction === null ? '–' : `${(100 * fraction).toFixed(1)} %`

/** `1.2 MB`, in units of 1,000. */
export const size = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`
}

const BAR_CELLS = 30

/** `━━━━━━╌╌╌╌ 60 %` */
export const bar = (fraction: number): string => {
  const filled = Math.round(BAR_CELLS * Math.min(1, Math.max(0, fraction)))
  return `${'━'.repeat(filled)}${'╌'.repeat(BAR_CELLS - filled)} ${Math.round(100 * fraction)} %`
}
