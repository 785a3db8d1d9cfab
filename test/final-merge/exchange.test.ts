import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Fetched } from '../../protocols/final-merge/index.js'
import {
  Exchange,
  type ExchangeConfig,
  type ExchangeEffect,
} from '../../protocols/final-merge/reduce-scatter/exchange.js'
import { createOwners } from '../../protocols/final-merge/reduce-scatter/owners.js'
import { Pieces } from '../../protocols/final-merge/reduce-scatter/pieces.js'
import { limits } from '../../protocols/limits.js'
import { createRandom } from '../../protocols/random.js'
import { peerNames } from '../harness/index.js'

/** One peer's exchange with members who do as told. */
const exchangeOf = (change: Partial<ExchangeConfig> & { readonly roster?: readonly string[] } = {}) => {
  const roster = change.roster ?? peerNames(5)
  const chunks = change.chunks ?? 20
  const pieces = new Pieces()
  const busy = new Set<string>()
  const config: ExchangeConfig = {
    ...{ self: 'p00', roster, rosterDigest: 'r', chunks, pieces, busy, audits: 2, sketches: true },
    averageLooksMax: 2,
    digests: new Map(roster.map((id) => [id, `model of ${id}`])),
    owners: createOwners({ members: roster, chunks, salt: '1.1' }),
    random: createRandom('exchange'),
    ...change,
  }
  const exchange = new Exchange(config)
  const seen: ExchangeEffect[] = []
  const next = (): ExchangeEffect[] => {
    const effects = exchange.next()
    seen.push(...effects)
    return effects
  }
  const end = (fetched: Fetched): void => {
    busy.delete(fetched.fetch.from)
    if (fetched.fetch.what === 'pieces') pieces.add(fetched.fetch.digest, fetched.arrived)
    exchange.fetched(fetched)
  }
  /** Until nothing is asked any more: each fetch ends as `answer` says, truly by default. */
  const run = (answer: (fetch: Fetched['fetch']) => Partial<Fetched> | undefined = () => undefined): void => {
    for (let effects = next(); effects.length > 0; effects = next()) {
      for (const effect of effects) {
        if (effect.type === 'check') exchange.checked([])
        if (effect.type === 'judge') exchange.judged(effect.chunk)
        if (effect.type !== 'fetch') continue
        const { fetch } = effect
        const arrived = 'chunks' in fetch ? fetch.chunks : []
        end({ fetch, arrived, ...answer(fetch) })
      }
    }
  }
  const fetches = () => seen.flatMap((effect) => (effect.type === 'fetch' ? [effect.fetch] : []))
  return { exchange, config, seen, next, run, end, fetches, busy }
}

describe('an exchange', () => {
  it('averages its own chunks, takes the others’, verifies them and puts the result together', () => {
    const { exchange, config, run, seen } = exchangeOf()
    run()
    const reduced = seen.flatMap((effect) => (effect.type === 'reduce' ? [effect.chunk] : []))
    assert.deepEqual(reduced, config.owners.chunksOf('p00'))
    assert.equal(seen.filter(({ type }) => type === 'check').length, 1)
    assert.equal(seen.filter(({ type }) => type === 'judge').length, 2)
    assert.equal(seen.at(-1)?.type, 'assemble')
    assert.ok(exchange.isDone)
    for (let chunk = 0; chunk < 20; chunk++) {
      assert.equal(exchange.sourceOf(chunk), config.owners.candidates(chunk)[0])
    }
  })

  it('asks each member for one thing at a time, and few members at once', () => {
    const { next, busy } = exchangeOf({ roster: peerNames(30), chunks: 60 })
    assert.equal(next().length, limits.mergePullsMax)
    assert.equal(busy.size, limits.mergePullsMax)
    assert.equal(next().length, 0)
  })

  it('asks for everything again where the rule is not linear: no sketch can check it', () => {
    const { run, seen, fetches } = exchangeOf({ sketches: false })
    run()
    assert.equal(fetches().filter(({ what }) => what === 'sketch').length, 0)
    assert.equal(seen.filter(({ type }) => type === 'check').length, 0)
    // 20 chunks over five members: four are its own.
    assert.equal(seen.filter(({ type }) => type === 'judge').length, 16)
    assert.equal(seen.at(-1)?.type, 'assemble')
  })

  it('pauses with a member that failed until the next tick', () => {
    const { exchange, run, fetches } = exchangeOf()
    const toP01 = () => fetches().filter(({ from }) => from === 'p01').length
    run(({ from }) => (from === 'p01' ? { arrived: [], problem: 'unreachable' } : undefined))
    assert.equal(toP01(), 1)
    exchange.tick()
    run(({ from }) => (from === 'p01' ? { arrived: [], problem: 'unreachable' } : undefined))
    assert.equal(toP01(), 2)
  })

  it('gives a member up after some failures without anything, and at once for a lie', () => {
    const silent = exchangeOf()
    for (let i = 0; i < limits.mergeFetchTriesMax; i++) {
      assert.equal(silent.exchange.lost.size, 0)
      silent.run(({ from }) => (from === 'p01' ? { arrived: [], problem: 'unreachable' } : undefined))
      silent.exchange.tick()
    }
    assert.deepEqual([...silent.exchange.lost], ['p01'])
    const lying = exchangeOf()
    lying.run(({ from }) => (from === 'p01' ? { arrived: [], problem: 'false' } : undefined))
    assert.deepEqual([...lying.exchange.lost], ['p01'])
  })

  it('has patience with a slow member as long as something comes', () => {
    const { exchange, run } = exchangeOf({ chunks: 80 })
    for (let i = 0; i < 8 * limits.mergeFetchTriesMax; i++) {
      run((fetch) =>
        fetch.from === 'p01' && fetch.what === 'pieces'
          ? { arrived: fetch.chunks.slice(0, 1), problem: 'unreachable' }
          : undefined,
      )
      exchange.tick()
    }
    assert.equal(exchange.lost.size, 0)
    assert.ok(exchange.isDone)
  })

  it('asks a stand-in for the averages of an owner that gives none, and stands in itself when it is its turn', () => {
    const { exchange, config, run } = exchangeOf()
    for (let i = 0; i < 4; i++) {
      run((fetch) =>
        fetch.from === 'p01' && fetch.what === 'reduced' ? { arrived: [], problem: 'none' } : undefined,
      )
      exchange.tick()
    }
    assert.ok(exchange.isDone)
    for (const chunk of config.owners.chunksOf('p01')) {
      const source = exchange.sourceOf(chunk)!
      assert.ok(config.owners.candidates(chunk).slice(1, 3).includes(source), `chunk ${chunk}: ${source}`)
    }
    assert.equal(exchange.lost.size, 0)
  })

  it('is left to oneself, when all who may be asked for an average have failed and it takes too long', () => {
    const roster = peerNames(10)
    const { exchange, config, run, fetches } = exchangeOf({ roster, chunks: 40 })
    const makersOf = (chunk: number) => config.owners.candidates(chunk).slice(0, 3)
    const chunks = Array.from({ length: 40 }, (_, chunk) => chunk)
    const liars = makersOf(chunks.find((chunk) => !makersOf(chunk).includes(config.self))!)
    const refuse = () => {
      run(({ from, what }) =>
        what === 'reduced' && liars.includes(from) ? { arrived: [], problem: 'none' } : undefined,
      )
      exchange.tick()
    }
    const theirs = chunks.filter((chunk) => makersOf(chunk).every((id) => liars.includes(id)))
    // However often they are asked: only when time is up is it worth so many pieces.
    for (let i = 0; i < 8; i++) refuse()
    assert.deepEqual(
      theirs.map((chunk) => exchange.sourceOf(chunk)),
      theirs.map(() => undefined),
    )
    exchange.hurry()
    for (let i = 0; i < 2; i++) refuse()
    for (const chunk of theirs) assert.equal(exchange.sourceOf(chunk), config.self)
    assert.ok(exchange.isDone)
    assert.equal(exchange.lost.size, 0)
    // From the liars too, each piece once.
    const pieces = fetches().flatMap((fetch) =>
      fetch.what === 'pieces' && fetch.from === liars[0] ? fetch.chunks : [],
    )
    assert.ok(theirs.every((chunk) => pieces.includes(chunk)))
    assert.equal(new Set(pieces).size, pieces.length)
  })

  it('does not wait for the end of a question after averages: another is asked after a few looks', () => {
    const { exchange, config, next, end, seen } = exchangeOf()
    /** All but the averages that `p01` owns: those it is asked for in vain, without an end. */
    const work = (): void => {
      for (let effects = next(); effects.length > 0; effects = next()) {
        for (const effect of effects) {
          if (effect.type !== 'fetch') continue
          const { fetch } = effect
          if (fetch.from === 'p01' && fetch.what === 'reduced') continue
          end({ fetch, arrived: 'chunks' in fetch ? fetch.chunks : [] })
        }
      }
    }
    const arrived = () => config.owners.chunksOf('p01').filter((chunk) => exchange.sourceOf(chunk))
    work()
    exchange.tick()
    work()
    assert.deepEqual(arrived(), [])
    exchange.tick()
    work()
    // Its witnesses stand in, who have its pieces of these: this peer among them.
    assert.deepEqual(arrived(), config.owners.chunksOf('p01'))
    const toP01 = seen.filter((effect) => effect.type === 'fetch' && effect.fetch.from === 'p01')
    assert.equal(toP01.length, 2)
  })

  it('does not count averages over another roster', () => {
    const { exchange, end } = exchangeOf()
    end({ fetch: { what: 'reduced', from: 'p01', roster: 'other', chunks: [0] }, arrived: [0] })
    assert.equal(exchange.sourceOf(0), undefined)
  })

  it('audits chunks that the sketches do not fit, once each, and waits for the judgement', () => {
    const { exchange, config, next, end } = exchangeOf()
    let judged: number[] = []
    const bad = config.owners.chunksOf('p02')
    for (let effects = next(); effects.length > 0; effects = next()) {
      for (const effect of effects) {
        if (effect.type === 'check') exchange.checked(bad)
        if (effect.type === 'judge') judged.push(effect.chunk)
        if (effect.type !== 'fetch') continue
        end({ fetch: effect.fetch, arrived: 'chunks' in effect.fetch ? effect.fetch.chunks : [] })
      }
    }
    assert.equal(judged.length, new Set(judged).size)
    assert.ok(bad.every((chunk) => judged.includes(chunk)))
    assert.equal(exchange.isDone, false)
    for (const chunk of judged) exchange.judged(chunk)
    judged = []
    assert.deepEqual(next(), [{ type: 'assemble' }])
  })

  it('has a member’s own piece of every chunk that it averaged vouched for, by a witness or by itself', () => {
    const { config, run, fetches } = exchangeOf()
    // Nobody vouches for anything.
    run((fetch) => (fetch.what === 'sketch' ? { arrived: [] } : undefined))
    for (const owner of config.roster.slice(1)) {
      const asked = new Set(
        fetches().flatMap((fetch) => (fetch.what === 'pieces' && fetch.from === owner ? fetch.chunks : [])),
      )
      for (const chunk of config.owners.chunksOf(owner)) assert.ok(asked.has(chunk), `${owner} ${chunk}`)
    }
  })

  it('blames those who owe something when time is up, and nobody else', () => {
    const { exchange, next, end } = exchangeOf()
    for (const effect of next()) {
      if (effect.type !== 'fetch' || effect.fetch.from === 'p03' || !('chunks' in effect.fetch)) continue
      end({ fetch: effect.fetch, arrived: effect.fetch.chunks })
    }
    assert.deepEqual(exchange.owing(), ['p03'])
  })
})
