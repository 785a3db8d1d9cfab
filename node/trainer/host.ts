import { isMurmurationError } from '../../protocols/errors.js'
import type { Layout } from '../../protocols/model/index.js'
import type { ActiveBackend, BackendChoice } from './backend-choice.js'
import { toRecord } from './errors.js'
import { initialWeights } from './initial-weights.js'
import type {
  ForTrainer,
  Outcome,
  ThreadFailed,
  ThreadSetup,
  TrainerAnswer,
  TrainerMessage,
  TrainerRequest,
} from './messages.js'
import { createMixer, type Mixer } from './mixer.js'
import { layoutOf } from './plan.js'
import { assertRunning, type Bench, type Session, type SessionSetup, type StartBench } from './session.js'

/** Which way to train serves each choice. Imported when asked for: a way to train loads no other's libraries. */
const benches: Readonly<Record<BackendChoice, () => Promise<StartBench>>> = {
  auto: async () => (await import('./auto-bench.js')).startAutoBench,
  compiled: async () => (await import('./compiled/compiled-bench.js')).startCompiledBench,
  tensorflow: async () => (await import('./tfjs-bench.js')).startTfjsBench,
  wasm: async () => (await import('./tfjs-bench.js')).startTfjsBench,
}

/** The trainers of one thread, whichever thread that is. */
export interface Host {
  readonly backend: ActiveBackend
  /**
   * Does what a trainer is asked, and blocks the thread until it is done. An error that nobody foresaw leaves the bench
   * in a state that nobody knows, so it is the end of all trainers here: `failed`.
   */
  perform(message: TrainerMessage): (Outcome & ForTrainer) | ThreadFailed
  /** Frees everything. */
  dispose(): void
}

/** @throws TrainerError NO_BACKEND, BACKEND_BUSY, BAD_MODEL */
export const createHost = async (setup: ThreadSetup): Promise<Host> => {
  const layout = layoutOf(setup.model, setup.train.shape, setup.train.classes)
  const startBench = await benches[setup.backend]()
  return hostOf(await startBench(setup, layout), layout, setup)
}

/** @param bench the host's from now on. */
export const hostOf = (
  bench: Bench,
  layout: Layout,
  { parts, seeds, stop, region }: Pick<ThreadSetup, 'parts' | 'seeds' | 'stop' | 'region'>,
): Host => {
  const sessions = new Map<number, Session>()
  /** Made by the first mix: a trainer that never mixes needs none. */
  let mixer: Mixer | undefined

  const setupOf = (trainer: number): SessionSetup => ({
    part: parts[trainer]!,
    seed: seeds[trainer]!,
    stopped: () => Atomics.load(stop, trainer) !== 0,
  })
  /** Opened by the first training: a trainer that only mixes and evaluates needs none. */
  const sessionOf = (trainer: number): Session => {
    const open = sessions.get(trainer)
    if (open) return open
    const session = bench.open(setupOf(trainer))
    sessions.set(trainer, session)
    return session
  }

  const answer = (trainer: number, request: TrainerRequest): TrainerAnswer => {
    if (request.kind === 'close') {
      sessions.get(trainer)?.dispose()
      sessions.delete(trainer)
      return undefined
    }
    const own = setupOf(trainer)
    assertRunning(own.stopped)
    switch (request.kind) {
      case 'initialWeights':
        initialWeights(layout, request.seed, request.into)
        return undefined
      case 'train':
        return sessionOf(trainer).train(request)
      case 'evaluate':
        return bench.evaluate(request, own)
      case 'estimateStatistics':
        return bench.estimateStatistics(request.weights, own)
      case 'mix':
        mixer ??= createMixer(layout, region)
        mixer.mix(request)
        return undefined
      case 'reset':
        sessions.get(trainer)?.reset()
        return undefined
      case 'diagnostics':
        // Opened first, so that the numbers are the same before and after the first training.
        sessionOf(trainer)
        return bench.diagnostics()
    }
  }

  return {
    backend: bench.backend,
    perform({ trainer, id, request }) {
      try {
        return { kind: 'answer', trainer, id, value: answer(trainer, request) }
      } catch (error) {
        const record = toRecord(error)
        return isMurmurationError(error)
          ? { kind: 'error', trainer, id, error: record }
          : { kind: 'failed', error: record }
      }
    },
    dispose() {
      for (const session of sessions.values()) session.dispose()
      sessions.clear()
      bench.dispose()
    },
  }
}
