import { hintFor, suggestionFor } from '../../protocols/suggestion.js'
import { TrainerError } from './errors.js'

/** One layer between the input and the classes. Every dense and convolution layer ends in a ReLU. */
export type HiddenLayer =
  | { readonly kind: 'dense'; readonly units: number }
  /**
   * Square kernel, stride 1, no padding. A normalised one has batch normalisation before its ReLU, and no bias of its own:
   * the normalisation would subtract it again, and has one.
   */
  | {
      readonly kind: 'conv'
      readonly filters: number
      readonly size: number
      readonly normalised?: boolean
    }
  /** Maximum over `size × size`, stride `size`, no padding. */
  | { readonly kind: 'pool'; readonly size: number }

/** A kind of model that a run can name. A new one is one entry of `modelSources`. */
export interface ModelSource {
  readonly name: string
  /** How a run's configuration writes it. */
  readonly usage: string
  readonly summary: string
  /**
   * The layers before the last one, which is always a linear dense layer of one unit per class.
   * @param argument the text after the colon, undefined without one.
   * @throws TrainerError BAD_MODEL
   */
  layers(argument: string | undefined): readonly HiddenLayer[]
}

/** A parsed model: pure data, from which layout and tfjs model are both derived. */
export interface Model {
  readonly spec: string
  readonly layers: readonly HiddenLayer[]
}

/** Units of one layer; a guess that keeps a typing error from asking for gigabytes. */
const UNITS_MAX = 65_536
/** Hidden layers of an mlp; a guess, deeper ones need normalisation to train. */
const HIDDEN_LAYERS_MAX = 16

const softmax: ModelSource = {
  name: 'softmax',
  usage: 'softmax',
  summary: 'multinomial logistic regression: one linear layer',
  layers(argument) {
    refuseArgument(this, argument)
    return []
  },
}

const mlp: ModelSource = {
  name: 'mlp',
  usage: 'mlp:128,64',
  summary: 'dense ReLU layers of the given widths',
  layers(argument) {
    const widths = argument?.split(',') ?? []
    if (widths.length === 0 || widths.length > HIDDEN_LAYERS_MAX) {
      throw badModel(this, `it needs 1 to ${HIDDEN_LAYERS_MAX} widths, not ${widths.length}`)
    }
    return widths.map((text) => {
      const units = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0
      if (units >= 1 && units <= UNITS_MAX) return { kind: 'dense', units }
      throw badModel(this, `the width ${JSON.stringify(text)} is not a whole number from 1 to ${UNITS_MAX}`)
    })
  },
}

const cnn: ModelSource = {
  name: 'cnn',
  usage: 'cnn',
  summary: 'conv 3×3×16, pool 2, conv 3×3×32, pool 2, dense: 12,810 parameters for 28×28×1 and 10 classes',
  layers(argument) {
    refuseArgument(this, argument)
    return [
      { kind: 'conv', filters: 16, size: 3 },
      { kind: 'pool', size: 2 },
      { kind: 'conv', filters: 32, size: 3 },
      { kind: 'pool', size: 2 },
    ]
  },
}

const cnnBn: ModelSource = {
  name: 'cnn-bn',
  usage: 'cnn-bn',
  summary:
    'cnn with batch normalisation between each convolution and its ReLU: 12,858 parameters for 28×28×1 and 10 classes',
  layers(argument) {
    refuseArgument(this, argument)
    return cnn
      .layers(undefined)
      .map((layer) => (layer.kind === 'conv' ? { ...layer, normalised: true } : layer))
  },
}

export const modelSources: readonly ModelSource[] = Object.freeze([softmax, mlp, cnn, cnnBn])

/**
 * Reads a model's name as a run's configuration writes it, strictly. Loads no tfjs.
 * @throws TrainerError UNKNOWN_MODEL, BAD_MODEL
 */
export const parseModel = (spec: string): Model => {
  const colon = spec.indexOf(':')
  const name = colon < 0 ? spec : spec.slice(0, colon)
  const argument = colon < 0 ? undefined : spec.slice(colon + 1)
  const source = modelSources.find((candidate) => candidate.name === name)
  if (!source) throw unknownModel(spec.slice(0, 80), name)
  return Object.freeze({ spec, layers: Object.freeze(source.layers(argument)) })
}

const unknownModel = (spec: string, name: string): TrainerError => {
  const names = modelSources.map((source) => source.name)
  const nearest = suggestionFor(name.slice(0, 80), names)
  const known = modelSources.map((source) => source.usage).join(', ')
  return new TrainerError(
    'UNKNOWN_MODEL',
    `There is no model ${JSON.stringify(spec)}.${hintFor(name.slice(0, 80), names)} Known: ${known}.`,
    { spec, known: names, nearest },
  )
}

const refuseArgument = (source: ModelSource, argument: string | undefined): void => {
  if (argument !== undefined) throw badModel(source, 'it takes nothing after its name')
}

const badModel = ({ name, usage }: ModelSource, problem: string): TrainerError =>
  new TrainerError('BAD_MODEL', `model ${name}: ${problem}. Write it as ${usage}`, { name, problem })
