/** Peers of one run on this machine, each started as in a terminal of its own. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { murmur, type Event, type Murmur } from './murmur.js'

const LOOPBACK = '/ip4/127.0.0.1/tcp/0'

/** A peer of its own, as in a terminal of its own. */
export const member = (folder: string, name: string, ...args: readonly string[]): Murmur =>
  murmur(folder, ...args, '--data', 'digits', '--name', name, '--listen', LOOPBACK, '--json')

export const up = (folder: string, settings: object): Murmur => {
  writeFileSync(join(folder, 'run.yaml'), JSON.stringify({ model: 'softmax', localSteps: 1, ...settings }))
  return member(folder, 'ann', 'up', '--run', 'run.yaml', '--part', '1/3')
}

export const addressOf = async (peer: Murmur): Promise<string> =>
  ((await peer.event('listening')).addresses as string[])[0]!

export const idOf = async (peer: Murmur): Promise<string> => (await peer.event('listening')).id as string

export const reached = (peer: Murmur, round: number): Promise<Event> =>
  peer.event('round', (event) => (event.round as number) >= round)
