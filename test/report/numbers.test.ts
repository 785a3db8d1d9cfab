import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { byteUnitFor, formats, formatSeeds, spreadOf, timeUnitFor } from '../harness/report/numbers.js'

describe('numbers of a report', () => {
  it('spread over the finite values', () => {
    assert.deepEqual(spreadOf([2, null, 7, NaN]), { mean: 4.5, least: 2, most: 7, count: 2 })
    assert.equal(spreadOf([null]), null)
  })

  it('are written with their units', () => {
    assert.equal(formats.percent(0.9341), '93.4 %')
    assert.equal(formats.size(1_200_000), '1.20 MB')
    assert.equal(formats.size(333.33), '333 B')
    assert.equal(formats.duration(850), '850 ms')
    assert.equal(formats.duration(119_000), '119.0 s')
    assert.equal(formats.duration(270_000), '4.5 min')
    assert.equal(formats.duration(9_000_000), '2.5 h')
    assert.equal(formats.count(31.5), '31.5')
    assert.equal(formats.count(31), '31')
  })

  it('do not turn a small distance into zeros', () => {
    assert.equal(formats.distance(0.0123), '0.012')
    assert.equal(formats.distance(0.00000012), '1.2e-7')
    assert.equal(formats.distance(0), '0.000')
  })

  it('keep distances within seven characters, with a dash for what is no number', () => {
    assert.equal(formats.distance(99.5), '99.500')
    assert.equal(formats.distance(123.4), '123.4')
    assert.equal(formats.distance(99_999.4), '99999.4')
    assert.equal(formats.distance(99_999.5), '1.0e+5')
    assert.equal(formats.distance(NaN), '–')
  })

  it('name seeds by runs', () => {
    assert.equal(formatSeeds([3, 1, 2, 7, 7]), '1–3, 7')
    assert.equal(formatSeeds([1, 2]), '1, 2')
    assert.equal(formatSeeds([5]), '5')
  })

  it('choose the largest unit of which an axis holds two', () => {
    assert.equal(byteUnitFor(1999).name, 'B')
    assert.equal(byteUnitFor(2_000_000).name, 'MB')
    assert.equal(timeUnitFor(119_999).name, 's')
    assert.equal(timeUnitFor(120_000).name, 'min')
    assert.equal(timeUnitFor(0).name, 'ms')
  })
})
