import { readFile } from 'node:fs/promises'

/** Ticks a second of the times in /proc, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

/** What a process has taken so far. */
export interface ProcessStat {
  readonly cpuSeconds: number
  readonly residentBytes: number
}

/** Undefined where there is no /proc to ask. */
export const processStat = async (pid: number): Promise<ProcessStat | undefined> => {
  if (process.platform !== 'linux') return undefined
  // The second field, the program's name, may have blanks; the rest begins behind its bracket.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const [user, system] = [Number(fields[11]), Number(fields[12])]
  const residentKib = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])
  return { cpuSeconds: (user + system) / TICKS_PER_SECOND, residentBytes: 1024 * residentKib }
}
