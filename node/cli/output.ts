import { createLogUpdate } from 'log-update'
import { printable } from './printable.js'

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
  watchReaders()
  return {
    isTerminal,
    say(line = '') {
      if (isTerminal && current !== '') live.clear()
      process.stderr.write(`${printable(line)}\n`)
      if (isTerminal && current !== '') live(current)
    },
    emit(event) {
      if (json) process.stdout.write(`${JSON.stringify(event)}\n`)
    },
    progress(line) {
      if (!isTerminal) return
      current = printable(line)
      live(current)
    },
    endProgress() {
      if (current === '') return
      current = ''
      live.clear()
    },
  }
}

let watched = false

/** Once per process: what becomes of output that nobody reads any more. */
const watchReaders = (): void => {
  if (watched) return
  watched = true
  let gone = false
  // `| head` has had enough. Node ignores SIGPIPE; a command that stops in order does so now, any other ends.
  process.stdout.on('error', () => {
    if (!gone) process.kill(process.pid, 'SIGTERM')
    gone = true
  })
  // A closed terminal: the hangup signal says so too, and what is to be saved is still saved.
  process.stderr.on('error', () => {})
}

const BAR_CELLS = 30

/** `━━━━━━╌╌╌╌ 60 %` */
export const bar = (fraction: number): string => {
  const filled = Math.round(BAR_CELLS * Math.min(1, Math.max(0, fraction)))
  return `${'━'.repeat(filled)}${'╌'.repeat(BAR_CELLS - filled)} ${Math.round(100 * fraction)} %`
}
