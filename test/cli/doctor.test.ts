import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cacheLine, choiceLine } from '../../node/cli/doctor-words.js'

describe('what doctor says of the cache', () => {
  const path = '/home/ann/.cache/murmuration/backends.json'

  it('is the file, and how to measure again, once something is kept', () => {
    const line = cacheLine({ compared: true, kept: 1, path })
    assert.equal(
      line,
      `What auto measured for one model is kept in ${path}; remove that file to measure again.`,
    )
    assert.match(cacheLine({ compared: false, kept: 3, path }), /for 3 models is kept in/)
  })
  it('is that there is none where auto had nothing to compare', () => {
    const line = cacheLine({ compared: false, kept: 0, path })
    assert.match(line, /keeps nothing/)
    assert.ok(!line.includes(path))
  })
  it('is that it could not be written, and what to do', () => {
    assert.match(cacheLine({ compared: true, kept: 0, path }), /could not be kept in .* XDG_CACHE_HOME/)
  })
})

describe('what doctor says of the choice of a backend', () => {
  const known = ['auto', 'wasm']

  it('is how to choose where nothing is chosen', () => {
    assert.match(choiceLine(undefined, known), /take auto\. --backend NAME .* MURMUR_BACKEND=NAME/)
  })
  it('is what the environment chooses', () => {
    assert.match(choiceLine('wasm', known), /^MURMUR_BACKEND=wasm is set: commands that train take wasm/)
  })
  it('is that commands refuse what the environment says where that is no backend', () => {
    assert.match(choiceLine('wsam', known), /"wsam", which is no backend, .* one of auto, wasm\./)
  })
})
