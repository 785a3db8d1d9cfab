import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Command } from 'commander'
import { answerAtOnce } from '../../node/cli/at-once.js'
import { ABOUT, commands } from '../../node/cli/commands.js'
import { VERSION } from '../../node/cli/version.js'

/** The whole program, as the parser of the command line describes it. */
const program = new Command('murmur').description(ABOUT).version(VERSION)
for (const { name, about, declare } of commands) (await declare())(program.command(name).description(about))

const parsersHelp = (columns: number | undefined): string =>
  program.configureOutput({ getOutHelpWidth: () => columns! }).helpInformation()

describe('what is said before the parser of the command line is loaded', () => {
  for (const columns of [undefined, 200, 100, 80, 61, 30]) {
    it(`is the list of commands as the parser writes it, in ${columns ?? 'no terminal'} columns`, () => {
      for (const word of ['--help', '-h', 'help'])
        assert.equal(
          answerAtOnce([word], () => columns),
          parsersHelp(columns),
        )
    })
  }
  it('is the version', () => {
    for (const word of ['--version', '-V'])
      assert.equal(
        answerAtOnce([word], () => 80),
        `${VERSION}\n`,
      )
  })
  it('is nothing where more is asked, or less', () => {
    for (const args of [[], ['demo'], ['demo', '--help'], ['--help', 'demo'], ['help', 'demo'], ['--hlep']])
      assert.equal(
        answerAtOnce(args, () => assert.fail('it was not needed')),
        undefined,
      )
  })
})
