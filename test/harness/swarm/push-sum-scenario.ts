import type {
  Mass,
  PushSumEvent,
  PushSumMachine,
  PushSumOutcome,
  PushSumTiming,
  RunningSum,
} from '../../../protocols/final-merge/push-sum/index.js'
import type { Agenda } from '../world/agenda.js'
import type { World } from '../world/schema.js'

export interface PushSumScenario {
  readonly seed: number
  /** Sorted. */
  readonly names: readonly string[]
  readonly neighbours: (name: string) => readonly string[]
  /** The frozen model of each. */
  readonly modelOf: (name: string) => Float32Array
  /** @default 1 for all */
  readonly shareOf?: (name: string) => number
  readonly tolerance: number
  readonly timing: PushSumTiming
  readonly links: World['links']
  readonly partitions?: World['partitions']
  /** Until a pull without an answer is given up. */
  readonly pullMs: number
  /** What happens to the vectors, as it happens. */
  readonly observer?: PushSumObserver
}

export interface PushSumObserver {
  /** @param sum the segment's running sum after the split; not to be changed. */
  gave?(
    peer: string,
    given: { readonly segment: number; readonly readers: readonly string[]; readonly sum: RunningSum },
  ): void
  absorbed?(
    peer: string,
    taken: { readonly from: string; readonly segment: number; readonly sum: RunningSum },
  ): void
}

/** A network of peers that do nothing but merge, by the push-sum machine that ships, in virtual time. */
export interface PushSumming {
  readonly agenda: Agenda
  /** Names all members. */
  call(caller: string): void
  /** Does one event; false when nothing is planned. */
  step(): boolean
  run(): void
  /** Gone without a word. */
  crash(name: string): void
  /** Tells a peer something that no other peer says: who is gone, who is a neighbour now. */
  tell(name: string, event: PushSumEvent & { readonly type: 'gone' | 'neighbours' }): void
  /** In a new process that holds nothing, and asks to take part. */
  restart(name: string): void
  machine(name: string): PushSumMachine
  /** Undefined before the peer has frozen its model, and once it has gone. */
  mass(name: string): Mass | undefined
  outcome(name: string): (PushSumOutcome & { readonly weights: Float32Array }) | undefined
  abandoned(name: string): { readonly reason: string; readonly error: number | null } | undefined
  /** One line per thing that happened. */
  readonly trace: readonly string[]
}
