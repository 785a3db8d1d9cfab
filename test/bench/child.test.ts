import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startChild } from '../../scripts/bench/child.js'

const start = (script: string) =>
  startChild(['-e', script], { signal: new AbortController().signal, cwd: process.cwd() })

describe('a child of the bench', () => {
  it('is heard between lines that are no events', async () => {
    const lines = ['Debugger attached.', '7', 'null', '{"type":"result","round":3}']
    const child = start(lines.map((text) => `console.log(${JSON.stringify(text)})`).join(';'))
    assert.deepEqual(await child.event('result'), { type: 'result', round: 3 })
    await child.kill()
  })
  it('that ends without the event is quoted, whatever it said', async () => {
    const child = start('console.log("no such option")')
    await assert.rejects(child.event('result'), /without the event result: no such option/)
  })
})
