import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bytesToHex } from '@noble/hashes/utils.js'
import { certificateFault, resultBytes, type Certificate } from '../../protocols/final-merge/index.js'
import { callDigest, entriesDigest } from '../../protocols/final-merge/statement.js'
import { signaturesOf } from '../harness/index.js'

const digestOf = (letter: string): string => letter.repeat(64)
const { verify } = signaturesOf('nobody')

const members = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5']
// p2 has no model in the result.
const roster = ['p0', 'p1', 'p3', 'p4', 'p5'].map((id, i) => ({
  id,
  digest: digestOf(`${i}`),
  samples: 10 + i,
}))
const base = { run: 'r', mergeId: '1.1', rule: 'mean', weighting: 'uniform' } as const

const signedBy = (ids: readonly string[], change: Partial<Certificate> = {}): Certificate => {
  const unsigned = { ...base, members, roster, digest: digestOf('f'), chunkBytes: 1024, ...change }
  const { run, mergeId, rule, weighting } = unsigned
  const call = callDigest({ run, mergeId, members: unsigned.members })
  const entries = unsigned.roster.map(({ id, ...model }) => ({
    member: unsigned.members.indexOf(id),
    ...model,
  }))
  const statement = resultBytes({
    ...{ run, mergeId, rule, weighting, call, digest: unsigned.digest },
    roster: entriesDigest(call, entries),
  })
  const signatures = ids.map((id) => ({ id, signature: bytesToHex(signaturesOf(id).sign(statement)) }))
  return { ...unsigned, signatures }
}
const four = ['p0', 'p1', 'p2', 'p4']
const codeOf = (certificate: Certificate) => certificateFault(certificate, verify)?.code

describe('a certificate', () => {
  it('holds with the signatures of two thirds of the members, also of those without a model in it', () => {
    assert.equal(certificateFault(signedBy(four), verify), undefined)
    assert.equal(certificateFault(signedBy(members), verify), undefined)
  })

  it('does not hold with one signature fewer', () => {
    // 2 · 6 / 3 = 4
    assert.deepEqual(certificateFault(signedBy(four.slice(1)), verify), {
      ...{ code: 'NO_QUORUM', signed: 3, needed: 4 },
    })
    assert.deepEqual(certificateFault(signedBy([]), verify), { code: 'NO_QUORUM', signed: 0, needed: 4 })
  })

  it('does not hold when anything that was signed is another', () => {
    const right = signedBy(four)
    for (const change of [
      { run: 's' },
      { mergeId: '1.2' },
      { rule: 'variance-corrected' },
      { weighting: 'samples' },
      { members: members.filter((id) => id !== 'p5'), roster: roster.slice(0, 4) },
      { roster: roster.slice(1) },
      { roster: roster.map((model) => ({ ...model, samples: 1 })) },
      { digest: digestOf('e') },
    ] as const) {
      assert.deepEqual(certificateFault({ ...right, ...change }, verify), { code: 'BAD_SIGNATURE', id: 'p0' })
    }
  })

  it('does not hold with a signature that is another’s, of other bytes, or no hex', () => {
    const right = signedBy(four)
    const [first, second, ...rest] = right.signatures
    for (const signature of [
      second!.signature,
      first!.signature.slice(2),
      '',
      'zz',
      first!.signature.toUpperCase(),
    ]) {
      const signatures = [{ id: 'p0', signature }, second!, ...rest]
      assert.deepEqual(certificateFault({ ...right, signatures }, verify), {
        code: 'BAD_SIGNATURE',
        id: 'p0',
      })
    }
  })

  it('does not count a key that the call does not name', () => {
    assert.deepEqual(certificateFault(signedBy([...four, 'p9']), verify), { code: 'FOREIGN_KEY', id: 'p9' })
  })

  for (const [what, change] of [
    ['members out of order', { members: ['p1', 'p0', 'p2', 'p3', 'p4', 'p5'] }],
    ['a member twice', { members: ['p0', 'p0', 'p1', 'p3', 'p4', 'p5'] }],
    ['a roster out of order', { roster: [...roster].reverse() }],
    ['a model twice', { roster: [roster[0]!, ...roster] }],
    ['a stranger in the roster', { roster: [...roster, { ...roster[0]!, id: 'p9' }] }],
    ['no members', { members: [], roster: [] }],
    ['no models', { roster: [] }],
    ['a run with a line break', { run: 'r\n1.1' }],
    ['a digest that is none', { digest: 'abc' }],
    ['a model with a digest that is none', { roster: [{ ...roster[0]!, digest: 'x' }] }],
    ['fewer than no examples', { roster: [{ ...roster[0]!, samples: -1 }] }],
    ['half an example', { roster: [{ ...roster[0]!, samples: 0.5 }] }],
  ] as const) {
    it(`is malformed with ${what}`, () => assert.equal(codeOf(signedBy(four, change)), 'MALFORMED'))
  }

  it('is malformed with signatures out of order or one twice', () => {
    const { signatures, ...rest } = signedBy(four)
    const [first, ...others] = signatures
    assert.equal(codeOf({ ...rest, signatures: [...others, first!] }), 'MALFORMED')
    assert.equal(codeOf({ ...rest, signatures: [first!, first!, ...others] }), 'MALFORMED')
  })

  it('cannot pass for one of fewer members by a line break in a name', () => {
    // Two votes of six. Joined to one name, four of the members would leave three names, of which two are a quorum.
    const { signatures } = signedBy(['p0', 'p1'])
    const joined = { ...signedBy([]), members: ['p0', 'p1', 'p2\np3\np4\np5'], roster: roster.slice(0, 2) }
    const sameLines = { run: 'r', mergeId: '1.1' }
    assert.equal(callDigest({ ...sameLines, members: joined.members }), callDigest({ ...sameLines, members }))
    assert.equal(codeOf({ ...joined, signatures }), 'MALFORMED')
  })
})
