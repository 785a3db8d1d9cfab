import type { Arena, Block } from '../../kernels/arena.js'
import { emitterOf, type BoundEmitter, type Mode, type Places } from './emit.js'
import type { Graph } from './graph.js'
import { placeSparse } from './sparse.js'
import { encodeProgram, type Instruction } from './program.js'

/** A program in the kernels' memory, for batches of one size, and where its inputs and outputs lie. */
export interface Program {
  readonly pointer: number
  readonly bytes: number
}

/** Buffers for up to so many examples at a time, and programs over them. Everything that passes through lies here once. */
export interface Workspace {
  readonly rowsMax: number
  /** Bytes of the examples, one after the other, where the graph's input is scaled from them. */
  readonly inputBytes: number
  /** Floats of the examples, where it is not. */
  readonly input: number
  readonly labels: number
  readonly targets: number
  /** The last layer's output, rows × outputs. */
  readonly output: number
  /** One forward and backward pass with the optimizer's step; stops where the loss is not finite. Made once for each size. */
  trainProgram(rows: number): Program
  /** One forward pass and its loss. */
  forwardProgram(rows: number, mode: Exclude<Mode, 'train'>): Program
  /** Frees all of it. */
  free(): void
}

/**
 * Plans the buffers of a graph and allocates them.
 * @param input whether examples come as bytes, which the program scales to 0…1, or as floats.
 * @param trains without it there is no room for gradients, and no training program.
 * @throws KernelError ARENA_FULL
 */
export const createWorkspace = ({
  graph,
  arena,
  rowsMax,
  input,
  trains,
}: {
  readonly graph: Graph
  readonly arena: Arena
  readonly rowsMax: number
  readonly input: 'bytes' | 'floats'
  readonly trains: boolean
}): Workspace => {
  const blocks: Block[] = []
  const allocate = (bytes: number): number => {
    const block = arena.allocate(bytes)
    blocks.push(block)
    return block.pointer
  }
  const floats = (count: number): number => allocate(count * Float32Array.BYTES_PER_ELEMENT)
  const free = (): void => blocks.splice(0).forEach((block) => arena.free(block))

  try {
    const inputBytes = input === 'bytes' ? allocate(rowsMax * graph.inputs) : 0
    const labels = allocate(rowsMax)
    const targets = graph.loss === 'mean-squared-error' ? floats(rowsMax * graph.outputs) : 0
    const steps = placeLayers(graph, rowsMax, trains, floats)
    const { places: last } = steps.at(-1)!
    const { x } = steps[0]!.places

    // Zeros are worth listing where a dense layer reads the examples' own bytes.
    const listed = input === 'bytes' && graph.layers[0]!.kind === 'dense'
    const sparse = listed
      ? placeSparse({ memory: arena.memory, rows: rowsMax, inputs: graph.inputs, allocate: floats })
      : 0

    const encode = (instructions: readonly Instruction[]): Program => {
      const program = encodeProgram(instructions)
      const pointer = allocate(program.byteLength)
      new Int32Array(arena.memory.buffer, pointer, program.length).set(program)
      return { pointer, bytes: program.byteLength }
    }
    const forward = (rows: number, mode: Mode): readonly Instruction[] => [
      ...(input === 'bytes'
        ? [
            {
              ...{ do: 'scaleInput' as const, bytes: inputBytes, y: x, count: rows * graph.inputs },
              ...{ rows, sparse, trains: mode === 'train' ? 1 : 0 },
            },
          ]
        : []),
      ...steps.flatMap(({ emitter, places, fused }, index) =>
        fused ? [] : emitter.forward({ ...places, rows, sparse: index === 0 ? sparse : 0 }, mode),
      ),
      {
        do: graph.loss === 'mean-squared-error' ? 'meanSquaredError' : 'softmaxCrossEntropy',
        x: last.y,
        dx: mode === 'train' ? last.dy : 0,
        rows,
        columns: graph.outputs,
      },
    ]
    const backward = (rows: number): readonly Instruction[] =>
      steps
        .map(({ emitter, places }, index) =>
          places.dy === 0 ? [] : emitter.backward({ ...places, rows, sparse: index === 0 ? sparse : 0 }),
        )
        .reverse()
        .flat()

    return {
      ...{ rowsMax, inputBytes, labels, targets, free },
      input: x,
      output: last.y,
      trainProgram: remember((rows) =>
        encode([...forward(rows, 'train'), { do: 'stopUnlessFinite' }, ...backward(rows)]),
      ),
      forwardProgram: remember((rows, mode) => encode(forward(rows, mode))),
    }
  } catch (error) {
    free()
    throw error
  }
}

interface Step {
  readonly emitter: BoundEmitter
  readonly places: Places
  /** The layer before has taken this ReLU over. */
  readonly fused: boolean
}

/** Every output has a place of its own, unless a layer may write over its input. */
const placeLayers = (
  graph: Graph,
  rows: number,
  trains: boolean,
  floats: (count: number) => number,
): readonly Step[] => {
  const emitters = graph.layers.map(emitterOf)
  const scratch = floats(Math.max(1, ...emitters.map((emitter) => emitter.scratchFloats(rows))))
  const gradients = trains ? placeGradients(emitters, rows, floats) : []
  const readsOutput = (index: number): boolean =>
    ['activation', 'softmax'].includes(graph.layers[index]?.kind ?? '')
  const isRelu = (index: number): boolean => {
    const layer = graph.layers[index]
    return layer?.kind === 'activation' && layer.activation === 'relu'
  }
  let x = floats(rows * graph.inputs)
  return emitters.map((emitter, index) => {
    // Not over an activation's output, from which its derivative comes, nor over the input.
    const inPlace = emitter.inPlace && index > 0 && !readsOutput(index - 1)
    const y = inPlace ? x : floats(rows * emitter.outputs)
    const kept = emitter.keptFloats(rows) === 0 ? 0 : floats(emitter.keptFloats(rows))
    const relu = emitter.fusesRelu && isRelu(index + 1)
    const places = { rows, x, y, scratch, kept, relu, sparse: 0, ...(gradients[index] ?? { dx: 0, dy: 0 }) }
    x = y
    return { emitter, places, fused: index > 0 && isRelu(index) && emitters[index - 1]!.fusesRelu }
  })
}

/**
 * Gradients take turns in two buffers: each is needed until the one before it is known. Layers before the first one with weights have
 * none, and that one needs none of its input.
 */
const placeGradients = (
  emitters: readonly BoundEmitter[],
  rows: number,
  floats: (count: number) => number,
): readonly { readonly dx: number; readonly dy: number }[] => {
  const size = rows * Math.max(...emitters.map(({ outputs }) => outputs))
  const [here, there] = [floats(size), floats(size)]
  const first = emitters.findIndex(({ trains }) => trains)
  let dy = here
  return emitters
    .map((emitter, index) => ({ emitter, index }))
    .reverse()
    .map(({ emitter, index }) => {
      if (first < 0 || index < first) return { dx: 0, dy: 0 }
      if (index === first) return { dx: 0, dy }
      const dx = emitter.inPlace ? dy : dy === here ? there : here
      const places = { dx, dy }
      dy = dx
      return places
    })
    .reverse()
}

/** Programs by their rows, and by what else decides. */
const remember = <Rest extends readonly string[]>(
  make: (rows: number, ...rest: Rest) => Program,
): ((rows: number, ...rest: Rest) => Program) => {
  const made = new Map<string, Program>()
  return (rows, ...rest) => {
    const key = [rows, ...rest].join()
    const known = made.get(key) ?? make(rows, ...rest)
    made.set(key, known)
    return known
  }
}
