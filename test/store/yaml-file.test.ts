import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ConfigError } from '../../protocols/errors.js'
import { readYaml } from '../../node/store/index.js'
import { inTemporaryFolder } from './temporary-folder.js'

/** Writes the text into a file and reads it, up to 16 bytes. */
const reading = (text: string, use: (read: () => Promise<unknown>, path: string) => Promise<void>) =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'menu.yaml')
    await writeFile(path, text)
    await use(() => readYaml(path, { what: 'menu', bytesMax: 16 }), path)
  })

const refuses = (text: string, message: RegExp) =>
  reading(text, (read, path) =>
    assert.rejects(read, (error) => {
      assert.ok(error instanceof ConfigError)
      assert.equal(error.code, 'UNREADABLE')
      assert.deepEqual(error.details, { path })
      assert.ok(error.message.startsWith(`the menu ${path} `), error.message)
      assert.match(error.message, message)
      return true
    }),
  )

describe('a YAML file', () => {
  it('is what it says', () =>
    reading('soup: [1, null]\n', async (read) => assert.deepEqual(await read(), { soup: [1, null] })))
  it('is null when empty', () => reading('', async (read) => assert.equal(await read(), null)))
  it('may have as many bytes as it is allowed, and no more', async () => {
    await reading('a'.repeat(16), async (read) => assert.equal(await read(), 'a'.repeat(16)))
    await refuses('a'.repeat(17), /has more than 16 bytes\. Nothing was started\.$/)
  })
  it('says in one line where it is no YAML', () =>
    refuses('soup: [\n', /^[^\n]* is no YAML: [^\n]*line 2[^\n]*[^:.]\. Nothing was started\.$/))
})
