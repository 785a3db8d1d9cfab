import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { moduleArguments } from '../module-process.js'
import type { Outcome } from './batch.js'
import { certificates, good, members, OTHER_RUN, prepare, RUN, stranger } from './certificates.js'
import { describeMistakes, type Mistake } from './mistakes.js'

const [ann, bob] = members

const refusal = (
  title: string,
  files: readonly [model: string, certificate: string, ...options: string[]],
  expected: Pick<Mistake<string>, 'exitCode' | 'code' | 'says'>,
): Mistake<string> => ({
  title,
  command: (folder) => {
    const [model, certificate, ...options] = files
    return ['verify', `${folder}/${model}.safetensors`, `${folder}/${certificate}.json`, ...options]
      .join(' ')
      .replace('{}', folder)
  },
  ...expected,
})
const malformed = (...says: string[]) => ({
  exitCode: 70,
  code: 'MALFORMED',
  says: [...says, 'proves nothing'],
})
const changedModel = {
  exitCode: 71,
  code: 'DIGEST_MISMATCH',
  says: [good.digest, 'merge 1.1', 'copy model and'],
}
const foreignRun = (...says: string[]) => ({
  exitCode: 72,
  code: 'FOREIGN_RUN',
  says: [RUN, OTHER_RUN, ...says],
})
const badSignature = (id: string) => ({
  exitCode: 74,
  code: 'BAD_SIGNATURE',
  says: [`the signature of ${id} does not fit`, 'other members'],
})
const noForm = (file: string, ...says: string[]) => ({
  exitCode: 47,
  code: 'MALFORMED',
  says: [file, ...says],
})
const withStatistics = (model: string, certificate: string) =>
  [model, 'good', '--statistics', certificate] as const
const missing = (what: string, file: string) => ({
  ...{ exitCode: 43, code: 'NOT_FOUND' },
  says: [`cannot read the ${what}`, `${file}: there is no such file`, 'Check the path'],
})
const usage = (...says: (string | RegExp)[]) => ({ exitCode: 2, code: 'USAGE', says })

describeMistakes(
  'a certificate or model that does not hold',
  [
    refusal('refuses a model with one bit flipped', ['flipped', 'good'], changedModel),
    refusal('refuses the model of another merge', ['second', 'good'], changedModel),
    refusal('refuses the certificate of another merge of the run', ['model', 'other-merge'], {
      ...{ exitCode: 71, code: 'DIGEST_MISMATCH' },
      says: [good.digest, certificates['other-merge']!.digest, 'merge 1.2'],
    }),
    refusal(
      'refuses the certificate of another run',
      ['model', 'other-run'],
      foreignRun('model.safetensors'),
    ),
    refusal(
      'refuses a run that was not asked for',
      ['model', 'good', '--run', OTHER_RUN],
      foreignRun('asked for'),
    ),
    refusal('refuses too few signatures', ['model', 'few'], {
      ...{ exitCode: 75, code: 'NO_QUORUM' },
      says: ['3 of the 4', 'two thirds', 'other members'],
    }),
    refusal('refuses a signature by a key that is not among the members', ['model', 'foreign'], {
      ...{ exitCode: 73, code: 'FOREIGN_KEY' },
      says: [stranger.id, 'not among the members'],
    }),
    refusal('refuses another key behind the name of a member', ['model', 'forged'], badSignature(bob!.id)),
    refusal('refuses another run written over the one signed', ['model', 'renamed'], badSignature(ann!.id)),
    refusal('refuses a roster with another count of examples', ['model', 'roster'], badSignature(ann!.id)),
    refusal('refuses a roster with a model less', ['model', 'without-ann'], badSignature(ann!.id)),
    refusal(
      'refuses members left out to lower the quorum',
      ['model', 'fewer-members'],
      badSignature(members[2]!.id),
    ),
    refusal('refuses a digest changed to fit a model', ['second', 'other-digest'], badSignature(ann!.id)),
    refusal('refuses members out of order', ['model', 'unsorted'], malformed('not sorted')),
    refusal('refuses a signature that counts twice', ['model', 'twice'], malformed('one is there twice')),
    // 31,400 bytes are cut into chunks of 1,024.
    refusal('refuses other chunks than the model has', ['model', 'chunks'], malformed('2048', '1024')),
    refusal('refuses statistics that nothing proves', ['normalised', 'good'], {
      ...{ exitCode: 76, code: 'STATISTICS_UNPROVEN' },
      says: ['--statistics', '--weights-only', 'its weights hold'],
    }),
    refusal(
      'refuses statistics with one bit flipped',
      withStatistics('flipped-statistics', '{}/statistics.json'),
      { ...changedModel, says: ['its statistics have the digest', 'merge 2.1'] },
    ),
    refusal(
      'refuses statistics that strangers signed among themselves',
      withStatistics('normalised', '{}/forged-statistics.json'),
      {
        ...{ exitCode: 77, code: 'OTHER_MEMBERS' },
        says: ['4 whose weights were merged are not in it', 'names strangers to that merge: 12D3'],
      },
    ),
    refusal(
      'refuses statistics that a few members signed among themselves',
      withStatistics('normalised', '{}/clique-statistics.json'),
      { ...{ exitCode: 77, code: 'OTHER_MEMBERS' }, says: ['3 whose weights were merged are not in it'] },
    ),
    refusal(
      'refuses statistics that liars, fewer than a third, signed with keys that they made',
      ['normalised', 'thirteen', '--statistics', '{}/liars-statistics.json'],
      {
        ...{ exitCode: 77, code: 'OTHER_MEMBERS' },
        says: ['only 4 of the 13 members who were called for the weights signed it', 'ask other members'],
      },
    ),
    refusal(
      'refuses the statistics of another merge',
      withStatistics('normalised', '{}/later-statistics.json'),
      { ...changedModel, says: ['merge 4.1', 'follow merge 1.1'] },
    ),
    refusal(
      'refuses the certificate of the weights for the statistics',
      withStatistics('normalised', '{}/good.json'),
      { ...changedModel, says: ['follow merge 1.1'] },
    ),
    refusal('refuses a text for a certificate', ['model', 'text'], noForm('text.json', 'not JSON')),
    refusal(
      'refuses other JSON',
      ['model', 'list'],
      noForm('list.json', 'a set of keys with values is needed, and this is a list'),
    ),
    refusal(
      'says which certificate is not there',
      ['model', 'nowhere'],
      missing('certificate', 'nowhere.json'),
    ),
    refusal('says which model is not there', ['nowhere', 'good'], missing('model', 'nowhere.safetensors')),
    {
      title: 'refuses the certificate in place of the model',
      command: (folder) => `verify ${folder}/good.json ${folder}/good.json`,
      ...usage(/good\.json is a certificate, and the model comes first\. .*\.certificate\.json/),
    },
    {
      title: 'refuses a model in place of the certificate',
      command: (folder) => `verify ${folder}/model.safetensors ${folder}/second.safetensors`,
      ...usage(/second\.safetensors is a model, and its certificate comes second/),
    },
    {
      title: 'says the right order of a model and a certificate that stand the wrong way round',
      command: (folder) => `verify ${folder}/good.json ${folder}/model.safetensors`,
      ...usage('the wrong way round', /npx murmur verify \S+model\.safetensors \S+good\.json$/),
    },
    refusal(
      'refuses a model for the certificate of the statistics',
      withStatistics('normalised', '{}/model.safetensors'),
      usage('is a model, and behind --statistics goes the statistics.certificate.json'),
    ),
    refusal('says where the certificate of the statistics belongs', ['normalised', 'total-variance'], {
      ...{ exitCode: 71, code: 'DIGEST_MISMATCH' },
      says: ["certificate of a model's statistics", 'give the model.certificate.json', 'behind --statistics'],
    }),
    refusal(
      'refuses to check statistics that the model does not hold',
      withStatistics('model', '{}/statistics.json'),
      usage('holds no statistics', 'its weights are what the members signed', 'leave --statistics out'),
    ),
    refusal('refuses the first digits of a run', ['model', 'good', '--run', RUN.slice(0, 8)], {
      ...{ exitCode: 2, code: 'USAGE' },
      says: ['--run', 'whole id'],
    }),
    {
      title: 'asks for the certificate',
      command: (folder) => `verify ${folder}/model.safetensors`,
      ...{ exitCode: 2, code: 'USAGE', says: ["missing required argument 'certificate'"] },
    },
  ],
  prepare,
)

describe('murmur verify', () => {
  let folder: string
  let outcomes: readonly Outcome[]
  before(async () => {
    folder = await prepare(await mkdtemp(join(tmpdir(), 'murmur-verify-')))
    const commands = [
      'model.safetensors good.json --json',
      `model.safetensors quorum.json --run ${RUN}`,
      'second.safetensors other-merge.json',
      'normalised.safetensors good.json --json --statistics statistics.json',
      'flipped-statistics.safetensors good.json --weights-only',
      'normalised.safetensors good.json --statistics wider-statistics.json',
      'normalised.safetensors thirteen.json --statistics third-statistics.json',
      '--help',
    ].map((text) => ({ folder, args: ['verify', ...text.split(' ')] }))
    await writeFile(join(folder, 'commands.json'), JSON.stringify(commands))
    const batch = moduleArguments(new URL('./batch.js', import.meta.url))
    const args = [...batch, join(folder, 'commands.json')]
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 })
    outcomes = JSON.parse(stdout) as Outcome[]
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('gives programs what was agreed on, and by whom', () => {
    const { exitCode, stdout, stderr } = outcomes[0]!
    assert.equal(exitCode, 0, stderr)
    const { chunkBytes: _chunkBytes, signatures: _signatures, ...agreed } = good
    const signed = members.map(({ id }) => id)
    const result = { type: 'result', valid: true, ...agreed, signed, needed: 4, statistics: 'none' }
    assert.deepEqual(JSON.parse(stdout), result)
  })
  it('accepts as many signatures as are needed, and shows who signed and whose model is in it', () => {
    const { exitCode, stdout, stderr } = outcomes[1]!
    assert.equal(exitCode, 0, stderr)
    assert.equal(stdout, '')
    assert.ok(
      stderr.includes(
        `model.safetensors is what merge 1.1 of run ${RUN}, the one asked for, gave\ndigest ${good.digest}\n`,
      ),
      stderr,
    )
    assert.ok(
      stderr.includes('4 of 5 members signed (4 needed); 4 models in it (variance-corrected, weighted'),
    )
    assert.ok(stderr.includes(`  ${ann!.id}  no signature here, 100 examples seen\n`), stderr)
    assert.ok(stderr.includes(`  ${bob!.id}  signed, no model in it\n`), stderr)
    assert.match(stderr, /saved as soon as enough had signed: others may have signed too/)
    assert.match(stderr, /Are these the members of your run\?/)
  })
  it('says nothing of other signatures where all have signed', () => {
    assert.doesNotMatch(outcomes[0]!.stderr, /as soon as enough had signed/)
  })
  it('accepts each merge of a run with its own certificate', () => {
    const { exitCode, stderr } = outcomes[2]!
    assert.equal(exitCode, 0, stderr)
    assert.match(stderr, /merge 1\.2 of run/)
  })
  it('accepts statistics of batch normalisation that are signed, or need not be', () => {
    const [signed, unchecked, wider, third] = outcomes.slice(3)
    assert.equal(signed!.exitCode, 0, signed!.stderr)
    assert.equal((JSON.parse(signed!.stdout) as { statistics: string }).statistics, 'signed')
    assert.match(signed!.stderr, /Its statistics of batch normalisation were signed by \S+( \S+){4}\n/)
    assert.equal(unchecked!.exitCode, 0, unchecked!.stderr)
    assert.match(unchecked!.stderr, /statistics of batch normalisation were not checked/)
    assert.equal(wider!.exitCode, 0, wider!.stderr)
    assert.equal(third!.exitCode, 0, third!.stderr)
  })
  it('says in its help what a certificate cannot know', () => {
    const { exitCode, stdout } = outcomes.at(-1)!
    assert.equal(exitCode, 0)
    assert.match(stdout, /two thirds of the members that it names[^]*is for you to know/)
  })
})
