import { readFileSync, writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { Seen } from './messages.js'

/** Milliseconds between two samples of memory, and between two looks at the event loop. */
const SAMPLE_MS = 2
const NS_PER_MS = 1e6
const US_PER_MS = 1e3
const KIB = 1024

/** Bytes of this process in memory, and the most since the mark was last set (Linux, proc(5): VmRSS and VmHWM). */
const resident = (field: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * KIB

/** Proc(5), clear_refs: 5 sets the peak to what is resident now. */
const markResident = (): void => writeFileSync('/proc/self/clear_refs', '5')

const external = (): number => getHeapStatistics().external_memory

/** Begins to watch this process. Returns what ends that and tells what was seen. */
export const watch = (): (() => Seen) => {
  globalThis.gc?.()
  markResident()
  const before = {
    resident: resident('VmRSS'),
    external: external(),
    cpu: process.cpuUsage(),
  }
  let externalPeak = before.external
  const timer = setInterval(() => (externalPeak = Math.max(externalPeak, external())), SAMPLE_MS)
  const delays = monitorEventLoopDelay({ resolution: SAMPLE_MS })
  delays.enable()
  return () => {
    clearInterval(timer)
    delays.disable()
    const { user, system } = process.cpuUsage(before.cpu)
    return {
      residentPeakBytes: resident('VmHWM') - before.resident,
      externalPeakBytes: externalPeak - before.external,
      blockedMaxMs: delays.max / NS_PER_MS,
      cpuMs: (user + system) / US_PER_MS,
    }
  }
}
