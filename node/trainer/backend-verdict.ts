import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, homedir } from 'node:os'
import { join } from 'node:path'

/** Raised when what was measured before says nothing any more, e.g. after the kernels changed. */
const VERSION = 1

/** Verdicts that are kept; a guess far above the models that one machine trains. Older ones go. */
const VERDICTS_MAX = 100

/** What `auto` measured for one model on this machine: samples per second. */
export interface Verdict {
  readonly compiled: number
  readonly tensorflow: number
}

interface VerdictFile {
  readonly version: number
  readonly machine: string
  readonly verdicts: Readonly<Record<string, Verdict>>
}

/** What a verdict is about: another model, size of batches or optimizer may be faster elsewhere. */
export const verdictKey = ({
  model,
  batch,
  optimizer,
  shape,
}: {
  readonly model: string
  readonly batch: number
  readonly optimizer: string
  readonly shape: readonly number[]
}): string => [model, `batch ${batch}`, optimizer, shape.join('×')].join(', ')

/** Whether native TensorFlow could be loaded at all; without it there is nothing to compare. */
export const tensorflowInstalled = (): boolean => {
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-node/package.json')
    return true
  } catch {
    return false
  }
}

/**
 * The verdict of before, if this machine has one. A file that is missing, broken, of another version or of another machine counts as none.
 * @param folder @default {@link cacheFolder}
 */
export const readVerdict = (key: string, folder: string = cacheFolder()): Verdict | undefined =>
  readFile(folder).verdicts[key]

/** Verdicts of before that this machine has. @param folder @default {@link cacheFolder} */
export const verdictsKept = (folder: string = cacheFolder()): number =>
  Object.keys(readFile(folder).verdicts).length

/** Keeps a verdict for the next start. Where that is not possible, the next start measures again: nothing else depends on it. */
export const writeVerdict = (key: string, verdict: Verdict, folder: string = cacheFolder()): void => {
  const { verdicts, ...file } = readFile(folder)
  const others = Object.entries(verdicts).filter(([other]) => other !== key)
  const kept = Object.fromEntries([...others, [key, verdict] as const].slice(-VERDICTS_MAX))
  try {
    mkdirSync(folder, { recursive: true })
    const path = verdictPath(folder)
    // Several peers of one machine may write at once: each a file of its own, and the last rename wins.
    const draft = `${path}.${process.pid}`
    writeFileSync(draft, `${JSON.stringify({ ...file, verdicts: kept })}\n`)
    renameSync(draft, path)
  } catch {
    // A read-only home, a full disk.
  }
}

/** `$XDG_CACHE_HOME/murmuration`, else `~/.cache/murmuration` (XDG Base Directory Specification 0.8). */
export const cacheFolder = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'murmuration')

/** Where verdicts are kept, for `murmur doctor` to show. */
export const verdictPath = (folder: string = cacheFolder()): string => join(folder, 'backends.json')

const readFile = (folder: string): VerdictFile => {
  const nothing: VerdictFile = { version: VERSION, machine: machine(), verdicts: {} }
  try {
    const file = JSON.parse(readFileSync(verdictPath(folder), 'utf8')) as Partial<VerdictFile> | null
    if (file?.version !== VERSION || file.machine !== nothing.machine) return nothing
    return { ...nothing, verdicts: Object.fromEntries(Object.entries(file.verdicts ?? {}).filter(isVerdict)) }
  } catch {
    return nothing
  }
}

const machine = (): string =>
  [process.arch, cpus()[0]?.model ?? 'unknown', availableParallelism(), process.version].join(' ')

/** By hand: a schema library takes longer to load than a trainer to start. */
const isVerdict = ([, value]: readonly [string, unknown]): boolean => {
  const { compiled, tensorflow } = (value ?? {}) as Partial<Record<keyof Verdict, unknown>>
  return Number(compiled) > 0 && Number(tensorflow) > 0
}
