import assert from 'node:assert/strict'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createPeriodModels } from '../../node/cli/period-models.js'
import { savePeriod } from '../../node/cli/save-result.js'
import { loadCertificate, loadModel } from '../../node/store/index.js'
import { layoutOf } from '../../node/trainer/index.js'
import { parseRunConfiguration } from '../../protocols/run/index.js'
import { emptyFolder, mergedIn, otherRun, recorded, run } from './results-of-runs.js'

describe('the merged models of the periods before the last', () => {
  it('are kept one a period, each with its certificate', async () => {
    const folder = await emptyFolder()
    const { output, lines, events } = recorded()
    const models = createPeriodModels(folder, { configuration: run, output })
    models.keep(1, await mergedIn(run, 1))
    models.keep(2, await mergedIn(run, 2))
    const kept = await models.settled()
    assert.deepEqual((await readdir(folder)).sort(), [
      'model.period-1.certificate.json',
      'model.period-1.safetensors',
      'model.period-2.certificate.json',
      'model.period-2.safetensors',
    ])
    for (const [index, { period, model, certificate }] of kept.entries()) {
      assert.equal(period, index + 1)
      const { digest } = (await loadModel(model)).metadata
      assert.equal((await loadCertificate(certificate!)).digest, digest)
      assert.equal(lines[index], `The merged model of period ${period}: ${model}`)
    }
    assert.equal(events.length, 2)
  })

  it('take their statistics with them, and the certificate of these', async () => {
    const folder = await emptyFolder()
    const configuration = parseRunConfiguration({ model: 'cnn-bn', periods: 2 })
    const models = createPeriodModels(folder, { configuration, output: recorded().output })
    const { length } = layoutOf('cnn-bn', configuration.inputShape, 10)
    const { certificate, ...merged } = await mergedIn(configuration, 1)
    // As many channels as the model has: 16 and 32, a mean and a variance of each.
    const statistics = Float32Array.from({ length: 96 }, (_, i) => i)
    const weights = new Float32Array(length)
    models.keep(1, { ...merged, certificate, weights, statistics, statisticsCertificate: certificate! })
    const [kept] = await models.settled()
    assert.equal(kept!.statisticsCertificate, join(folder, 'statistics.period-1.certificate.json'))
    assert.deepEqual((await loadModel(kept!.model)).statistics, statistics)
  })

  it('take the place of those of another run, once', async () => {
    const folder = await emptyFolder()
    await savePeriod(folder, { configuration: otherRun, merged: await mergedIn(otherRun, 2), period: 2 })
    const models = createPeriodModels(folder, { configuration: run, output: recorded().output })
    models.keep(1, await mergedIn(run, 1))
    await models.settled()
    assert.deepEqual((await readdir(folder)).sort(), [
      'model.period-1.certificate.json',
      'model.period-1.safetensors',
    ])
  })

  it('leave those of another run where none could be saved', async () => {
    const folder = await emptyFolder()
    await savePeriod(folder, { configuration: otherRun, merged: await mergedIn(otherRun, 2), period: 2 })
    const { output, lines } = recorded()
    const models = createPeriodModels(folder, { configuration: run, output })
    const merged = await mergedIn(run, 1)
    models.keep(1, { ...merged, weights: merged.weights.map(() => NaN) })
    assert.deepEqual(await models.settled(), [])
    assert.match(lines[0]!, /period 1 was not kept, and training goes on: .* before is all still there\.$/s)
    assert.equal(lines.length, 1)
    assert.deepEqual((await readdir(folder)).sort(), [
      'model.period-2.certificate.json',
      'model.period-2.safetensors',
    ])
  })

  it('that cannot be kept are said to be lost, and end nothing', async () => {
    const folder = await emptyFolder()
    await rm(folder, { recursive: true })
    await writeFile(folder, 'no folder any more')
    const { output, lines } = recorded()
    const models = createPeriodModels(folder, { configuration: run, output })
    models.keep(1, await mergedIn(run, 1))
    assert.deepEqual(await models.settled(), [])
    assert.match(lines[0]!, /period 1 was not kept, and training goes on: /)
  })
})
