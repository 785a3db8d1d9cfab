import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { createInterpreter } from './interpreter.js'
import { parseTranscript, writeTranscript } from './transcript.js'

/** `UPDATE=1 node --import tsx --test test/scenarios/*.test.ts` rewrites the outputs: read the difference before you keep it. */
const update = process.env.UPDATE === '1'
const FOLDER = 'test/scenarios'
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))

describe('the transcripts', () => {
  for (const file of files) {
    it(`say what happens: ${file}`, () => {
      const path = `${FOLDER}/${file}`
      const text = readFileSync(path, 'utf8')
      const transcript = parseTranscript(text)
      assert.ok(transcript.blocks.length >= 2)
      const interpret = createInterpreter()
      const written = writeTranscript(
        transcript,
        transcript.blocks.map(({ command }) => interpret(command)),
      )
      if (update) writeFileSync(path, written)
      else assert.equal(written, text)
    })
  }
})

describe('the interpreter', () => {
  it('refuses commands that it does not know, and those before a world', () => {
    assert.throws(() => createInterpreter()(['dance']), /no command dance/)
    assert.throws(() => createInterpreter()(['state']), /first command must be world/)
    const interpret = createInterpreter()
    interpret(['world', 'seed: 1', 'peers: 2', 'topology: full', 'rounds: 1'])
    assert.throws(() => interpret(['run fast']), /does not know fast/)
  })

  it('reads what it writes', () => {
    const text = '# one\nrun until=1ms\nmore\n----\na\nb\n\n# two\nstate\n----\nc\n\n# end\n'
    const transcript = parseTranscript(text)
    assert.deepEqual(
      transcript.blocks.map(({ command, expected }) => ({ command, expected })),
      [
        { command: ['run until=1ms', 'more'], expected: ['a', 'b'] },
        { command: ['state'], expected: ['c'] },
      ],
    )
    assert.equal(writeTranscript(transcript, [['a', 'b'], ['c']]), text)
    assert.throws(() => parseTranscript('\nrun'), /line 2/)
  })
})
