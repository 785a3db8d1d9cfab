import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../node/cli/main.ts', import.meta.url))

/** Starts `murmur` on a host and keeps what it says; `--json` and a folder of its own are added. */
export const startMurmur = (host, { folder, name, args }) => {
  const options = ['--json', '--name', name, '--out', join(folder, name)]
  const child = host.spawn(process.execPath, ['--import', 'tsx', main, ...args, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const events = []
  let said = ''
  const waiting = new Set()
  const tell = () => waiting.forEach((look) => look())

  createInterface(child.stdout).on('line', (line) => {
    events.push(JSON.parse(line))
    tell()
  })
  child.stderr.on('data', (data) => (said += data))
  let code = null
  // `close`: after everything that was printed has been read.
  child.on('close', (exitCode) => {
    code = exitCode ?? 'killed'
    tell()
  })

  const until = (what, find, timeoutMs) =>
    new Promise((resolve, reject) => {
      const give = (why) => reject(new Error(`${name}: ${why} before ${what}; it said:\n${said}`))
      const timer = setTimeout(() => (waiting.delete(look), give(`${timeoutMs} ms passed`)), timeoutMs)
      const look = () => {
        const found = find()
        if (found === undefined && code === null) return
        clearTimeout(timer)
        waiting.delete(look)
        if (found === undefined) give(`ended with code ${code}`)
        else resolve(found)
      }
      waiting.add(look)
      look()
    })

  return {
    events,
    /** The first event of that type. */
    event: (type, timeoutMs = 60_000) =>
      until(type, () => events.find((event) => event.type === type), timeoutMs),
    exitCode: (timeoutMs = 60_000) => until('its end', () => code ?? undefined, timeoutMs),
    hasEnded: () => code !== null,
    kill: () => child.kill('SIGKILL'),
  }
}
