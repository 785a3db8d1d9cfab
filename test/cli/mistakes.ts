import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { moduleArguments } from '../module-process.js'
import type { Outcome } from './batch.js'

/** A command that must fail, and how. */
export interface Mistake<Fixtures> {
  readonly title: string
  /** `--json` is added. A blank separates two arguments. */
  readonly command: string | ((fixtures: Fixtures) => string)
  readonly exitCode: number
  readonly code: string
  /** Each must be in the message. */
  readonly says: readonly (string | RegExp)[]
}

const batch = moduleArguments(new URL('./batch.js', import.meta.url))

/**
 * Runs the mistakes, all in one process but each in an empty folder of its own, and checks what every failure has to
 * do: say what is safe, say the same on stderr and in the last line of stdout, and leave nothing behind.
 * @param prepare makes what the commands need, in an empty folder.
 */
export const describeMistakes = <Fixtures>(
  title: string,
  mistakes: readonly Mistake<Fixtures>[],
  prepare: (folder: string) => Promise<Fixtures>,
): void => {
  describe(title, () => {
    let folder: string
    let outcomes: readonly Outcome[]
    const folderOf = (index: number): string => join(folder, `case-${index}`)

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'murmur-cli-'))
      const fixtures = await prepare(folder)
      const commands = mistakes.map(({ command }, index) => {
        const text = typeof command === 'string' ? command : command(fixtures)
        return { folder: folderOf(index), args: [...text.split(' '), '--json'] }
      })
      for (const command of commands) await mkdir(command.folder)
      const file = join(folder, 'commands.json')
      await writeFile(file, JSON.stringify(commands))
      const { stdout } = await promisify(execFile)(process.execPath, [...batch, file], {
        timeout: 60_000,
      })
      outcomes = JSON.parse(stdout) as Outcome[]
    })
    after(() => rm(folder, { recursive: true, force: true }))

    mistakes.forEach(({ title, exitCode, code, says }, index) => {
      it(title, async () => {
        const { stdout, stderr, ...outcome } = outcomes[index]!
        const message = /^murmur: ([^]*)\n$/m.exec(stderr)?.[1] ?? ''
        for (const part of [...says, /nothing (was|is|has)/i]) {
          const said = typeof part === 'string' ? message.includes(part) : part.test(message)
          assert.ok(said, `does not say ${String(part)}: ${stderr}`)
        }
        assert.equal(outcome.exitCode, exitCode, stderr)
        const lines = stdout.trimEnd().split('\n')
        assert.deepEqual(JSON.parse(lines.at(-1)!), { type: 'error', code, message, exitCode })
        assert.deepEqual(await readdir(folderOf(index)), [], 'something was left behind')
      })
    })
  })
}
