#!/usr/bin/env node
import { answerAtOnce } from './at-once.js'

const args = process.argv.slice(2)
const answer = answerAtOnce(args, () => (process.stdout.isTTY ? process.stdout.columns : undefined))
if (answer === undefined) {
  // Before the rest is loaded, which takes up to a second: whoever changes their mind meanwhile is heard.
  const { interruptSignal } = await import('./interrupt.js')
  interruptSignal()
  const { start } = await import('./start.js')
  await start(args)
} else {
  // `| head` has had enough.
  process.stdout.on('error', () => {})
  process.stdout.write(answer)
}
