import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sayNextSteps } from '../../node/cli/next-steps.js'
import type { Output } from '../../node/cli/output.js'

describe('what can be done with a merged model', () => {
  const said = (
    folder: string,
    certificate: string | null = `${folder}/model.certificate.json`,
  ): readonly string[] => {
    const lines: string[] = []
    const output = { say: (text: string) => void lines.push(text) } as Partial<Output> as Output
    const saved = {
      model: `${folder}/model.safetensors`,
      certificate,
      statisticsCertificate: null,
    }
    const method = certificate ? 'reduce-scatter' : 'push-sum'
    sayNextSteps(output, { saved, data: 'digits', runId: 'a1', method, hasStatistics: true })
    return lines
  }

  it('is commands to copy', () => {
    assert.deepEqual(said('/out'), [
      'Try it:           npx murmur eval /out/model.safetensors --data digits',
      'Check it:         npx murmur verify /out/model.safetensors /out/model.certificate.json --weights-only --run a1',
    ])
  })
  it('does not send anybody looking for a certificate where the method writes none', () => {
    assert.deepEqual(said('/out', null), [
      'Try it:           npx murmur eval /out/model.safetensors --data digits',
      'No certificate:   a merge by push-sum has none, so there is nothing to verify',
    ])
  })
  it('quotes what a shell would split', () => {
    assert.equal(
      said("/my runs/ann's")[0]?.split('eval ')[1],
      `'/my runs/ann'\\''s/model.safetensors' --data digits`,
    )
  })
})
