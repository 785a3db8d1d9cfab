/**
 * A local network of this machine's own: network namespaces joined by a bridge that lies in one of its own. Nothing
 * sent in them reaches any interface of the machine. Linux, root (CAP_NET_ADMIN and CAP_SYS_ADMIN) and iproute2.
 */
import { spawn, spawnSync } from 'node:child_process'

/** Addresses of the hosts are 10.77.0.1, 10.77.0.2, …: private, so that mDNS announces them. */
const addressOf = (index) => `10.77.0.${index + 1}`
/** A router that swallows what it should forward, as home routers do with addresses that they do not know. */
const ROUTER = '10.77.0.254'
/** What real hosts also have, before the address that counts: the same on each, and one that others cannot reach. */
const DOCKER = { name: 'docker0', address: '172.17.0.1/16' }
const VPN = { name: 'vpn0', address: '10.88.0.1/24' }

const ip = (...args) => {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr.trim()}`)
}

/**
 * @param count of hosts
 * @param vpn whether the first host also has an address that swallows what others send to it
 * @returns their hosts, each with `address` and `spawn`, and `remove`, which ends what runs in them and takes them away.
 * @throws Error when the machine or the rights do not allow it; nothing is left then.
 */
export const createHosts = (count, { vpn = false } = {}) => {
  const prefix = `murmur-${process.pid}`
  const namespaces = []
  const children = new Set()

  const addNamespace = (name) => {
    ip('netns', 'add', name)
    namespaces.push(name)
    ip('-n', name, 'link', 'set', 'lo', 'up')
    return name
  }
  /** Runs a command in a namespace; `ip netns exec` becomes that command, so the child is the command itself. */
  const spawnIn = (namespace, command, args, options) => {
    const child = spawn('ip', ['netns', 'exec', namespace, command, ...args], options)
    children.add(child)
    child.on('exit', () => children.delete(child))
    return child
  }
  const remove = () => {
    for (const child of children) child.kill('SIGKILL')
    for (const name of namespaces.splice(0)) spawnSync('ip', ['netns', 'del', name])
  }

  try {
    const bridge = addNamespace(`${prefix}-switch`)
    ip('-n', bridge, 'link', 'add', 'br0', 'type', 'bridge')
    ip('-n', bridge, 'link', 'set', 'br0', 'up')
    ip('-n', bridge, 'address', 'add', `${ROUTER}/24`, 'dev', 'br0')
    const hosts = Array.from({ length: count }, (_, index) => {
      const address = addressOf(index)
      const name = addNamespace(`${prefix}-${index + 1}`)
      for (const side of index === 0 && vpn ? [DOCKER, VPN] : [DOCKER]) {
        ip('-n', name, 'link', 'add', side.name, 'type', 'veth', 'peer', 'name', `${side.name}-end`)
        ip('-n', name, 'link', 'set', `${side.name}-end`, 'up')
        ip('-n', name, 'link', 'set', side.name, 'up')
        ip('-n', name, 'address', 'add', side.address, 'dev', side.name)
      }
      const port = `port${index + 1}`
      ip('-n', name, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', port, 'netns', bridge)
      ip('-n', bridge, 'link', 'set', port, 'master', 'br0', 'up')
      ip('-n', name, 'address', 'add', `${address}/24`, 'dev', 'eth0')
      ip('-n', name, 'link', 'set', 'eth0', 'up')
      // Also the way that multicast goes: Linux sends none without a route.
      ip('-n', name, 'route', 'add', 'default', 'via', ROUTER)
      return { address, spawn: (...command) => spawnIn(name, ...command) }
    })
    return { hosts, remove }
  } catch (error) {
    remove()
    throw error
  }
}
