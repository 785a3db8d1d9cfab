import { z } from 'zod'
import { reasonFor } from '../../protocols/config-reason.js'
import { reasonOf } from '../../protocols/errors.js'
import { weightings, type Certificate } from '../../protocols/final-merge/index.js'
import { limits } from '../../protocols/limits.js'
import { fieldLimits } from '../../protocols/wire/index.js'
import { atomicWrite } from './atomic-write.js'
import { firstDuplicateKey } from './duplicate-keys.js'
import { StoreError } from './errors.js'
import { readBounded } from './model-file.js'

/** Version of the file; raised when an older reader would misread it. */
const FORMAT = 1
/** Bytes. The largest one that the bounds below allow, 250 members with ids of 128 characters, takes 395 KiB. */
const FILE_BYTES_MAX = 512 * 1024

/** Visible ASCII. What is signed are lines: with a line break in it, one member could stand for several. */
const word = (charactersMax: number) =>
  z
    .string()
    .max(charactersMax)
    .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII without blanks')
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits')
const id = word(fieldLimits.peerIdCharactersMax)
const perMember = <Item extends z.ZodType>(item: Item) => z.array(item).max(limits.mergeMembersMax)

const schema = z.strictObject({
  format: z.literal(FORMAT),
  run: digest,
  mergeId: word(fieldLimits.mergeIdCharactersMax),
  rule: word(limits.nameCharactersMax),
  weighting: z.enum(weightings),
  members: perMember(id).min(1),
  roster: perMember(z.strictObject({ id, digest, samples: z.int().nonnegative() })).min(1),
  digest,
  chunkBytes: z.int().positive().max(limits.chunkBytes),
  signatures: perMember(
    z.strictObject({
      id,
      signature: z
        .string()
        .max(2 * fieldLimits.signatureBytesMax)
        .regex(/^([0-9a-f]{2})+$/, 'must be lower-case hex'),
    }),
  ),
})

/**
 * Saves a certificate as JSON that people can read, all or nothing.
 * @throws StoreError as {@link atomicWrite}; MALFORMED for one that no reader would accept.
 */
export const saveCertificate = async (path: string, certificate: Certificate): Promise<void> => {
  const stored = parse(path, { format: FORMAT, ...certificate })
  await atomicWrite(path, Buffer.from(`${JSON.stringify(stored, null, 2)}\n`))
}

/**
 * Loads a certificate that {@link saveCertificate} wrote. Only its form is checked; what it proves is for
 * `certificateFault` to say.
 * @throws StoreError NOT_FOUND, UNREADABLE, TOO_LARGE, MALFORMED.
 */
export const loadCertificate = async (path: string): Promise<Certificate> => {
  const { format: _format, ...certificate } = parse(
    path,
    parseJson(path, await readBounded(path, FILE_BYTES_MAX)),
  )
  return certificate
}

const parseJson = (path: string, bytes: Uint8Array): unknown => {
  let text, json
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    json = JSON.parse(text) as unknown
  } catch (error) {
    throw malformed(
      path,
      `it is not JSON (the model comes first, then the certificate), or was cut off: ${reasonOf(error).replace(/\s+/g, ' ')}`,
      { cause: error },
    )
  }
  const twice = firstDuplicateKey(text)
  if (twice !== null) throw malformed(path, `it has the key ${JSON.stringify(twice.slice(0, 40))} twice`)
  return json
}

/** A later version is named as such, whatever else it holds. */
const parse = (path: string, value: unknown): z.infer<typeof schema> => {
  const { data: format } = z
    .object({ format: z.number() })
    .transform((file) => file.format)
    .safeParse(value)
  if (format !== undefined && format !== FORMAT) {
    throw malformed(path, `it has version ${format}, this program reads ${FORMAT}`, {
      advice: 'update the program',
    })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  // One of them: a file of another kind would give hundreds.
  const issue = parsed.error.issues[0]!
  const { path: where } = issue
  throw malformed(path, `${where.length === 0 ? '' : `${where.join('.')}: `}${reasonFor(issue)}`, {
    cause: parsed.error,
  })
}

const malformed = (
  path: string,
  what: string,
  {
    advice = 'copy it again from a peer of the run',
    cause,
  }: { readonly advice?: string; readonly cause?: unknown } = {},
): StoreError =>
  new StoreError(
    'MALFORMED',
    `${path} is not a certificate of a merge: ${what}. Nothing was saved or loaded; ${advice}.`,
    { path },
    { cause },
  )
