import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesToHex } from '@noble/hashes/utils.js'
import { saveCertificate } from '../../node/store/index.js'
import type { Certificate } from '../../protocols/final-merge/index.js'
import { certificateOf, createMembers, saveWeights, weightsOf } from './signed-merge.js'

export const RUN = 'a1'.repeat(32)
export const OTHER_RUN = 'c3'.repeat(32)
/** Five: four must sign. */
export const members = createMembers(5)
const bob = members[1]!
export const stranger = createMembers(1)[0]!
const merge = { run: RUN, mergeId: '1.1', members, weights: weightsOf(1) }
export const good = await certificateOf(merge)

/** [mean, variance] of two channels. */
const statistics = Float32Array.of(0.5, 2, -1, 0.25)
const ofStatistics = { ...merge, mergeId: '2.1', weights: statistics }
const bySigner = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1)
const garbled = bytesToHex(stranger.sign(Uint8Array.of(1)))
const six = await certificateOf({ ...ofStatistics, members: [...members, stranger].sort(bySigner) })
/** As the newcomer saves it that hears four of six first, itself among them. */
const wider: Certificate = {
  ...six,
  signatures: [
    ...six.signatures.filter(({ id }) => id !== stranger.id).slice(0, 3),
    ...six.signatures.filter(({ id }) => id === stranger.id),
  ].sort(bySigner),
}

/** The four that lie are fewer than a third, and all of them are among the seven whose models were merged. */
const thirteen = createMembers(13)
const seven = thirteen.slice(0, 7)
const liars = seven.slice(0, 4)
const withFreshKeys = [...seven, ...createMembers(3)].sort(bySigner)
const ofTen = await certificateOf({ ...ofStatistics, members: withFreshKeys })
const signedBy = (certificate: Certificate, isSigner: (id: string) => boolean): Certificate => ({
  ...certificate,
  signatures: certificate.signatures.filter(({ id }) => isSigner(id)),
})
const isHonest = (id: string): boolean =>
  seven.some((one) => one.id === id) && !liars.some((one) => one.id === id)

/** One that holds and the same with something wrong, by the name of the file, `.json` left out. */
export const certificates: Readonly<Record<string, Certificate>> = {
  good,
  quorum: { ...good, signatures: good.signatures.slice(1) },
  few: { ...good, signatures: good.signatures.slice(2) },
  // It takes the place of a signature that is missed.
  foreign: {
    ...good,
    signatures: [...good.signatures.slice(2), { id: stranger.id, signature: garbled }].sort(bySigner),
  },
  forged: {
    ...good,
    signatures: good.signatures.map((one) => (one.id === bob.id ? { ...one, signature: garbled } : one)),
  },
  'other-run': await certificateOf({ ...merge, run: OTHER_RUN }),
  'other-merge': await certificateOf({ ...merge, mergeId: '1.2', weights: weightsOf(2) }),
  // Signed for another run, which is not what it says any more.
  renamed: { ...(await certificateOf({ ...merge, run: OTHER_RUN })), run: RUN },
  roster: { ...good, roster: good.roster.map((one, i) => (i === 0 ? { ...one, samples: 101 } : one)) },
  'without-ann': { ...good, roster: good.roster.slice(1) },
  // Three of the remaining four would do.
  'fewer-members': {
    ...good,
    members: good.members.slice(1),
    roster: good.roster.slice(1),
    signatures: good.signatures.slice(2),
  },
  'other-digest': { ...good, digest: (await certificateOf({ ...merge, weights: weightsOf(2) })).digest },
  unsorted: { ...good, members: [...good.members].reverse() },
  twice: { ...good, signatures: [good.signatures[0]!, ...good.signatures] },
  chunks: { ...good, chunkBytes: 2048 },
  statistics: await certificateOf(ofStatistics),
  // Under the name that members give it.
  'total-variance': await certificateOf({ ...ofStatistics, rule: 'total-variance' }),
  'forged-statistics': await certificateOf({ ...ofStatistics, members: createMembers(5) }),
  // One that learned of the merge late names itself too.
  'wider-statistics': wider,
  'clique-statistics': await certificateOf({ ...ofStatistics, members: members.slice(0, 2) }),
  thirteen: await certificateOf({ ...merge, members: thirteen, merged: seven }),
  // Its quorum is seven: the liars, and three keys that they made.
  'liars-statistics': signedBy(ofTen, (id) => !isHonest(id)),
  // With one more of the thirteen: five are more than a third, so an honest one is among them.
  'third-statistics': signedBy(ofTen, (id) => !isHonest(id) || id === seven[4]!.id),
  'later-statistics': await certificateOf({ ...merge, mergeId: '4.1', weights: statistics }),
}

/** Fills a folder with certificates and models. @returns the folder. */
export const prepare = async (folder: string): Promise<string> => {
  for (const [name, certificate] of Object.entries(certificates)) {
    await saveCertificate(join(folder, `${name}.json`), certificate)
  }
  await writeFile(join(folder, 'text.json'), 'a letter to a friend')
  await writeFile(join(folder, 'list.json'), '[1, 2, 3]')
  const model = join(folder, 'model.safetensors')
  await saveWeights(model, merge)
  await saveWeights(join(folder, 'second.safetensors'), { ...merge, weights: weightsOf(2) })
  await flip(model, join(folder, 'flipped.safetensors'))
  const normalised = join(folder, 'normalised.safetensors')
  await saveWeights(normalised, { ...merge, statistics })
  await flip(normalised, join(folder, 'flipped-statistics.safetensors'))
  return folder
}

/** Copies a model with another bit: the least significant one of its last number. */
const flip = async (from: string, to: string): Promise<void> => {
  const bytes = await readFile(from)
  bytes[bytes.length - 4]! ^= 1
  await writeFile(to, bytes)
}
