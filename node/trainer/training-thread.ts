import type { ActiveBackend } from './backend-choice.js'
import type { ForTrainer, Outcome, ThreadSetup, TrainerMessage } from './messages.js'

/** Where some trainers of a pool live: a worker thread, or the caller's own. */
export interface TrainingThread {
  readonly backend: ActiveBackend
  /** Never blocks; a thread that has ended drops the message. Throws DataCloneError for what cannot cross to the thread. */
  post(message: TrainerMessage): void
  /** Frees everything and ends; resolves when that is done, at once when the thread has ended already. */
  end(): Promise<void>
}

export interface ThreadStart {
  readonly setup: ThreadSetup
  /** Aborted while the thread starts: the start is given up with CLOSED. Later the caller ends the thread. */
  readonly signal: AbortSignal | undefined
  /** Called with the outcome of every message, in the order they were posted. */
  readonly onOutcome: (outcome: Outcome & ForTrainer) => void
  /** Called once when a started thread is over, asked for or not. No outcome follows. */
  readonly onEnd: (error: Error) => void
}
