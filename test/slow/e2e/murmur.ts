import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { moduleArguments } from '../../module-process.js'

const main = moduleArguments(new URL('../../../node/cli/main.js', import.meta.url))
// One listener per process and folder.
process.setMaxListeners(100)

/** Milliseconds until a test gives up on what it waits for: many times what a busy machine takes. */
const PATIENCE_MS = 60_000

/** One line of stdout. */
export interface Event {
  readonly type: string
  readonly [key: string]: unknown
}

export interface Ended {
  /** Null when a signal ended it. */
  readonly exitCode: number | null
  readonly signal: string | null
  /** Milliseconds since it was started. */
  readonly atMs: number
}

/** A command that runs as a process of its own. */
export interface Murmur {
  readonly pid: number
  /** What it has said on stdout so far, line by line, parsed: a line that is no JSON fails the test. */
  readonly events: readonly Event[]
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves with the first such event, also one of the past. */
  event(type: string, fits?: (event: Event) => boolean): Promise<Event>
  /** Resolves when stderr has said this. */
  says(text: string | RegExp): Promise<void>
  /** Once the process is gone and all that it said has been read. */
  readonly ended: Promise<Ended>
  kill(signal: NodeJS.Signals): void
}

/** An empty folder that goes away with the test file's process. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'murmur-e2e-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Starts `murmur` in a folder; it is ended with the test file at the latest. */
export const murmur = (folder: string, ...args: readonly string[]): Murmur => {
  const startedMs = performance.now()
  const child = spawn(process.execPath, [...main, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  process.on('exit', () => child.kill('SIGKILL'))
  const json = args.includes('--json')
  const events: Event[] = []
  let stdout = ''
  let stderr = ''
  const waiting = new Set<() => void>()
  const look = (): void => waiting.forEach((check) => check())

  createInterface(child.stdout).on('line', (line) => {
    stdout += `${line}\n`
    if (json) events.push(JSON.parse(line) as Event)
    look()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    look()
  })
  let over = false
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (exitCode, signal) => {
      over = true
      resolve({ exitCode, signal, atMs: performance.now() - startedMs })
      look()
    }),
  )

  const until = <T>(what: string, find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const settle = (action: () => void): void => {
        clearTimeout(timer)
        waiting.delete(check)
        action()
      }
      const fail = (why: string): void =>
        settle(() => reject(new Error(`${why} ${what}\n--- stdout\n${stdout}--- stderr\n${stderr}`)))
      const check = (): void => {
        const found = find()
        if (found !== undefined) settle(() => resolve(found))
        else if (over) fail('it ended without')
      }
      const timer = setTimeout(() => fail('waited too long for'), PATIENCE_MS)
      waiting.add(check)
      check()
    })

  return {
    pid: child.pid!,
    events,
    stdout: () => stdout,
    stderr: () => stderr,
    event: (type, fits = () => true) =>
      until(`the event ${type}`, () => events.find((event) => event.type === type && fits(event))),
    says: (text) =>
      until(`the words ${String(text)}`, () => (stderr.search(text) >= 0 ? true : undefined)).then(() => {}),
    ended,
    kill: (signal) => void child.kill(signal),
  }
}

/** Runs a command to its end. */
export const finish = async (folder: string, ...args: readonly string[]): Promise<Murmur & Ended> => {
  const process = murmur(folder, ...args)
  return { ...process, ...(await process.ended) }
}

/** Whether a process of that id is there. */
export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Resolves when none of these processes is left. */
export const allGone = async (pids: readonly number[]): Promise<void> => {
  const deadlineMs = performance.now() + PATIENCE_MS
  while (pids.some(isAlive)) {
    if (performance.now() > deadlineMs) throw new Error(`still there: ${pids.filter(isAlive).join(', ')}`)
    // Nothing tells of the end of a process that is no child of ours: one look per turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Ids of the demo's peers, by name, once all have said where they are. */
export const peersOf = async (demo: Murmur, count: number): Promise<ReadonlyMap<string, number>> => {
  await demo.event('peer', ({ peer }) => peer === `peer-${count - 1}`)
  const peers = demo.events.filter(({ type }) => type === 'peer')
  return new Map(peers.map(({ peer, pid }) => [peer as string, pid as number]))
}
