/**
 * Runs the commands that the README shows, as they stand there, so that it cannot promise what does not work.
 * Every ```sh block runs in order, each line as one command; ```sh terminal blocks that follow each other run side by
 * side, each starting when the one before it has said that it can be joined. Other blocks are only shown.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

const TIMEOUT_MS = 15 * 60_000
/** What the first terminal says when the others may start. */
const READY = 'others join with'

const blocks = [...readFileSync('README.md', 'utf8').matchAll(/^```sh( terminal)?\n([\s\S]*?)^```$/gm)].map(
  ([, terminal, text]) => ({ terminal: terminal !== undefined, text }),
)

const run = (text, onReady = () => {}) =>
  new Promise((resolve) => {
    console.log(text.trim().replace(/^/gm, '$ '))
    const child = spawn('bash', ['-euo', 'pipefail', '-c', text], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that nothing it started outlives the timeout.
      detached: true,
    })
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), TIMEOUT_MS)
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        process.stdout.write(data)
        said = (said + data).slice(-10_000)
        if (said.includes(READY)) onReady()
      })
    }
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      onReady()
      if (code !== 0) console.log(`failed (${signal ?? `exit code ${code}`}): ${text.trim()}`)
      resolve(code === 0)
    })
  })

let passed = 0
let failed = 0
const count = (ok) => (ok ? passed++ : failed++)

for (let next = 0; next < blocks.length;) {
  if (!blocks[next].terminal) {
    count(await run(blocks[next++].text))
    continue
  }
  const terminals = []
  while (blocks[next]?.terminal) terminals.push(blocks[next++].text)
  const [first, ...others] = terminals
  let opened
  await new Promise((ready) => (opened = run(first, ready)))
  for (const ok of await Promise.all([opened, ...others.map((text) => run(text))])) count(ok)
}
console.log(`README: ${passed} passed, ${failed} failed`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
