import { ConfigError } from '../errors.js'
import { hintFor } from '../suggestion.js'
import type { Codec, EntropyStage } from './contract.js'
import { withEntropy } from './entropy.js'
import { float16 } from './float16.js'
import { float32 } from './float32.js'
import { int8 } from './int8.js'
import { topK } from './top-k.js'

interface Kind {
  readonly usage: string
  /** @param arg what comes after the colon. @returns undefined when it is no use. */
  create(arg: string | undefined): Codec | undefined
}

const plain = (codec: Codec): Kind => ({
  usage: codec.spec,
  create: (arg) => (arg === undefined ? codec : undefined),
})

/**
 * One way to write each number, so that equal codecs have equal names. Six decimals: JavaScript writes smaller numbers with
 * an exponent, and what a codec calls itself must make the same codec.
 */
const FRACTION = /^(1|0\.\d{0,5}[1-9])$/

/** A new codec is one file and one line here. */
const kinds: Readonly<Record<string, Kind>> = {
  float32: plain(float32),
  float16: plain(float16),
  int8: plain(int8),
  'top-k': {
    usage: 'top-k:FRACTION',
    create: (arg) => (arg !== undefined && FRACTION.test(arg) ? topK(Number(arg)) : undefined),
  },
}

/** The entropy stages that a node has, and those that it knows but has not, with the reason. */
export interface EntropyStages {
  readonly stages: readonly EntropyStage[]
  readonly missing: Readonly<Record<string, string>>
}

/** How each codec is written, for help and messages. */
export const codecUsages: readonly string[] = Object.values(kinds).map(({ usage }) => usage)

/** The entropy stages that there are. A node need not have them all. */
const stageNames: readonly string[] = ['zlib', 'brotli', 'zstd']

/** In place of a codec: each reader chooses for each exchange. */
export const AUTO = 'auto'

/** Version of the bytes that these codecs write, from 1. Another meaning of theirs needs another number here. */
export const CODEC_VERSION = 1

/**
 * Reads `float16`, `int8+zlib`, `top-k:0.05+brotli` and the like.
 * @param faster the same codec, to the bit, or itself where there is no faster one. @default itself
 * @throws ConfigError BAD_VALUE that names the nearest known word. Nothing was started.
 */
export const createCodec = (
  spec: string,
  { stages, missing }: EntropyStages,
  faster: (codec: Codec) => Codec = (codec) => codec,
): Codec => {
  const { codec: plainOne, suffix } = partsOf(spec, { names: namesOf(stages), missing, words: [] })
  const stage = stages.find(({ name }) => name === suffix)
  const codec = faster(plainOne)
  return stage === undefined ? codec : withEntropy(codec, stage)
}

/**
 * Whether there is such a codec, `auto` among them.
 * @param here the entropy stages that this node has. @default all that there are: another node may have them
 * @throws ConfigError BAD_VALUE as `createCodec`
 */
export const checkCodecName = (spec: string, here?: EntropyStages): void => {
  if (spec === AUTO) return
  const names = here === undefined ? stageNames : namesOf(here.stages)
  partsOf(spec, { names, missing: here?.missing ?? {}, words: [AUTO] })
}

const namesOf = (stages: readonly EntropyStage[]): readonly string[] => stages.map(({ name }) => name)

/** What a spec may be made of. */
interface Known {
  /** Of entropy stages. */
  readonly names: readonly string[]
  readonly missing: EntropyStages['missing']
  /** What may stand in place of a codec. */
  readonly words: readonly string[]
}

const partsOf = (
  spec: string,
  known: Known,
): { readonly codec: Codec; readonly suffix: string | undefined } => {
  const { names, missing } = known
  const [text = '', ...suffixes] = spec.split('+')
  const codec = plainCodec(text, spec, known)
  if (suffixes.length > 1) throw bad(`one entropy stage at most: ${names.join(', ')}.`, spec)
  const [suffix] = suffixes
  if (suffix === undefined || names.includes(suffix)) return { codec, suffix }
  const why = Object.hasOwn(missing, suffix) ? ` ${missing[suffix]}` : hintFor(suffix, names)
  throw bad(`known entropy stages: ${names.join(', ')}.${why}`, spec)
}

const plainCodec = (text: string, spec: string, { names, words }: Known): Codec => {
  const [name = '', ...args] = text.split(':')
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  if (kind === undefined) {
    const behind =
      names.length === 0 ? '' : `, each also with ${names.map((stage) => `+${stage}`).join(' or ')}`
    const instead = words.length === 0 ? '' : `; or ${words.join(', ')}`
    const hint = hintFor(name, [...Object.keys(kinds), ...words])
    throw bad(`known codecs: ${codecUsages.join(', ')}${behind}${instead}.${hint}`, spec)
  }
  const codec = args.length > 1 ? undefined : kind.create(args[0])
  if (codec !== undefined) return codec
  throw bad(
    name === 'top-k'
      ? 'top-k needs a fraction above 0 to 1 after the colon, of six decimals at most and without trailing zeros, such as top-k:0.05.'
      : `${name} takes no number. Write ${name}.`,
    spec,
  )
}

/** Characters of a spec that are repeated. */
const SPEC_CHARACTERS_MAX = 64

const bad = (why: string, spec: string): ConfigError => {
  const shown = spec.slice(0, SPEC_CHARACTERS_MAX)
  return new ConfigError(
    'BAD_VALUE',
    `codec ${JSON.stringify(shown)} is not usable: ${why} Nothing was started.`,
    {
      spec: shown,
    },
  )
}
