import { assertFits } from '../../../protocols/model/index.js'
import { createRandom } from '../../../protocols/random.js'
import type { Examples, OptimizerConfig } from '../../../protocols/training/contract.js'
import { allocateAll } from '../../kernels/allocate-all.js'
import { floatsIn } from '../../kernels/arena.js'
import { createBatchOrder } from '../batches.js'
import { divergedError } from '../errors.js'
import { assertRunning, type Session, type SessionSetup } from '../session.js'
import type { Workspace } from './compile.js'
import { optimizerKind } from './context.js'
import type { LoadExamples } from './load-examples.js'
import type { Workshop } from './workshop.js'

export interface CompiledSessionSetup extends SessionSetup {
  readonly workshop: Workshop
  /** With room for a batch. */
  readonly workspace: Workspace
  readonly load: LoadExamples
  readonly train: Examples
  readonly optimizer: OptimizerConfig
  /** Examples per optimizer step. */
  readonly batch: number
}

/**
 * Keeps the optimizer's vectors in the kernels' memory. A step is one call of the kernels.
 * @throws KernelError ARENA_FULL, nothing is held then
 */
export const createCompiledSession = (setup: CompiledSessionSetup): Session => {
  const { workshop, workspace, load, train, part, batch, seed, stopped } = setup
  const { arena, kernels, context, layout, weights: own } = workshop
  // Before what this session would have to free: a program stays in the workspace, whatever comes after.
  const program = workspace.trainProgram(batch)
  const vectorBytes = layout.length * Float32Array.BYTES_PER_ELEMENT
  const vectors = allocateAll(
    arena,
    Array.from({ length: optimizerKind(setup.optimizer).vectors }, () => vectorBytes),
  )
  const startOrder = () => createBatchOrder({ indices: part, batch, random: createRandom(seed, 'batches') })
  let order = startOrder()
  let steps = 0

  const forget = (): void => {
    steps = 0
    for (const vector of vectors) floatsIn(arena.memory, vector).fill(0)
  }
  forget()

  const diverged = (loss: number, stepIndex: number): Error => {
    forget()
    return divergedError({ step: stepIndex + 1, loss, optimizer: setup.optimizer })
  }

  /** Returns the batch's mean loss. Where it is not finite, nothing was updated. */
  const step = (): number => {
    load(train, order.next())
    steps++
    context.optimize(setup.optimizer, steps)
    context.drop(dropSeed(seed, steps))
    kernels.execute(context.pointer, program.pointer, program.bytes)
    return context.lossSum() / batch
  }

  return {
    train({ weights, steps: count, into }) {
      const startedMs = performance.now()
      assertFits(weights, layout)
      own.set(weights)
      context.point({
        labels: workspace.labels,
        first: vectors[0]?.pointer ?? 0,
        second: vectors[1]?.pointer ?? 0,
      })
      let sum = 0
      for (let i = 0; i < count; i++) {
        assertRunning(stopped)
        const loss = step()
        if (!Number.isFinite(loss)) throw diverged(loss, i)
        sum += loss
      }
      if (kernels.allFinite(own.byteOffset, own.length) === 0) throw diverged(sum, count - 1)
      into.set(own)
      return {
        loss: sum / count,
        samples: count * batch,
        elapsedMs: performance.now() - startedMs,
      }
    },

    reset() {
      forget()
      order = startOrder()
    },

    dispose: () => vectors.splice(0).forEach((vector) => arena.free(vector)),
  }
}

/** Another one for each step of each trainer, the same every time. Mixed as splitmix32 mixes (Steele et al. 2014). */
const dropSeed = (seed: number, step: number): number => {
  let x = (Math.imul(seed | 0, 0x9e3779b9) + step) | 0
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
  return (x ^ (x >>> 15)) >>> 0
}
