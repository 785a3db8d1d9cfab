import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkCodecName, createCodec } from '../../protocols/codecs/index.js'
import { entropyStages } from '../../node/entropy/index.js'
import { codecOf, codecs } from './all.js'

const refuses = (spec: string, message: RegExp) =>
  assert.throws(
    () => codecOf(spec),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, 'BAD_VALUE')
      assert.match(error.message, message)
      assert.match(error.message, /Nothing was started\.$/)
      return true
    },
  )

describe('the name of a codec', () => {
  it('is what it was made from', () => {
    for (const { spec } of codecs) assert.equal(codecOf(spec).spec, spec)
  })
  it('makes the same codec again, however small its number is', () => {
    for (const spec of ['top-k:0.000001', 'top-k:0.000001+brotli', 'top-k:0.123457', 'top-k:0.999999']) {
      const codec = codecOf(spec)
      assert.equal(codec.spec, spec)
      assert.equal(codecOf(codec.spec).spec, spec)
    }
    // JavaScript writes the first as 1e-7.
    for (const spec of ['top-k:0.0000001', 'top-k:0.1234567', 'top-k:1e-7'])
      refuses(spec, /of six decimals at most/)
  })
  it('is corrected where a known one is near', () => {
    refuses('flaot16', /known codecs: float32, float16, int8, top-k:FRACTION, .*\. Did you mean float16\?/)
    refuses('topk:0.1', /Did you mean top-k\?/)
    refuses('int8+zlip', /known entropy stages: zlib, brotli.*\. Did you mean zlib\?/)
    refuses('constructor', /known codecs: /)
    refuses('', /known codecs: /)
  })
  it('has a fraction where one is needed, in one form, and none elsewhere', () => {
    for (const spec of ['top-k', 'top-k:', 'top-k:0', 'top-k:1.5', 'top-k:0.10', 'top-k:1:2', 'top-k:x'])
      refuses(spec, /top-k needs a fraction above 0 to 1/)
    refuses('int8:4', /int8 takes no number\. Write int8\./)
  })
  it('has one entropy stage at most', () => {
    refuses('int8+zlib+brotli', /one entropy stage at most/)
    refuses('int8+', /known entropy stages/)
  })
  it('says why a stage that is known is not there', () => {
    const without = {
      stages: entropyStages.stages.slice(0, 1),
      missing: { zstd: 'zstd needs a later Node.' },
    }
    assert.throws(
      () => createCodec('int8+zstd', without),
      /known entropy stages: zlib\. zstd needs a later Node\./,
    )
  })
  it('is said with what this node can put behind it, and with auto where that may stand for it', () => {
    const here = { stages: entropyStages.stages.slice(0, 2), missing: {} }
    const says = 'known codecs: float32, float16, int8, top-k:FRACTION, each also with +zlib or +brotli'
    const message = (check: () => unknown): string => {
      try {
        check()
      } catch (error) {
        return (error as Error).message
      }
      return 'nothing'
    }
    assert.ok(message(() => createCodec('zip', here)).includes(`${says}. Nothing`))
    assert.ok(message(() => checkCodecName('zip', here)).includes(`${says}; or auto. Nothing`))
    assert.ok(message(() => checkCodecName('atuo', here)).endsWith('Did you mean auto? Nothing was started.'))
  })
  it('may have a stage that only another node has, unless it is asked what runs here', () => {
    const here = { stages: entropyStages.stages.slice(0, 1), missing: { zstd: 'zstd needs a later Node.' } }
    checkCodecName('int8+zstd')
    assert.throws(() => checkCodecName('int8+zstd', here), /stages: zlib\. zstd needs a later Node\./)
  })
})
