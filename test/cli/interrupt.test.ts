import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { commands } from '../../node/cli/commands.js'
import { moduleArguments } from '../module-process.js'
import type { Stopped } from './interrupted.js'

const script = moduleArguments(new URL('./interrupted.js', import.meta.url))

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
    const { stdout } = await promisify(execFile)(process.execPath, [...script, JSON.stringify(args)], {
      timeout: 60_000,
    })
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
