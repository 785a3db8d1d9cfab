import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { commands } from '../../node/cli/commands.js'
import type { Stopped } from './interrupted.js'

const script = fileURLToPath(new URL('./interrupted.ts', import.meta.url))
const tsx = import.meta.resolve('tsx')

/** What a command needs to be parsed. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  up: '--data digits',
  join: '/ip4/127.0.0.1/tcp/1 --data digits',
  merge: '/ip4/127.0.0.1/tcp/1',
  status: '/ip4/127.0.0.1/tcp/1',
  eval: 'model.safetensors --data digits',
  verify: 'model.safetensors model.certificate.json',
}

describe('Ctrl-C while a command is loaded', () => {
  let ended: readonly Stopped[]
  before(async () => {
    const args = commands.map(({ name }) => [name, ...(ARGUMENTS[name]?.split(' ') ?? [])])
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', tsx, script, JSON.stringify(args)],
      { timeout: 60_000 },
    )
    ended = JSON.parse(stdout) as readonly Stopped[]
  })

  commands.forEach(({ name }, index) => {
    it(`ends ${name} with one line and exit code 130, also where npx passes it on once more`, () => {
      assert.deepEqual(ended[index], {
        exitCode: 130,
        stderr: 'murmur: stopped before anything was started\n',
      })
    })
  })
})
