import { ages } from './ages.js'
import { bounds } from './bounds.js'
import type { Invariant } from './contract.js'
import { ends } from './ends.js'
import { finite } from './finite.js'
import { fresh } from './fresh.js'
import { lockStep } from './lock-step.js'
import { members } from './members.js'
import { mixedOnce } from './mixed-once.js'
import { oneResult } from './one-result.js'
import { roundTime } from './round-time.js'
import { shares } from './shares.js'
import { underWay } from './under-way.js'

export type { Effect, Event, Invariant, Peer, Watch, Watched } from './contract.js'

/** Everything that must hold in every run. */
export const invariants: readonly Invariant[] = [
  members,
  finite,
  shares,
  mixedOnce,
  ages,
  bounds,
  underWay,
  lockStep,
  fresh,
  oneResult,
  roundTime,
  ends,
]
