import { Option, type Command } from 'commander'
import { ESTIMATE_EVERY } from '../peer/counterfactual.js'
import { addBackendOption, addJsonOption, type CommonOptions } from './common-options.js'
import { displayName, integer, part, type PartOption, path } from './values.js'

/** Where a peer listens that was not told. */
const LISTEN = { loopback: '/ip4/127.0.0.1/tcp/0', open: '/ip4/0.0.0.0/tcp/0' }

/** Options of a peer that takes part in a run: `up` and `join`. */
export interface MemberOptions extends CommonOptions {
  readonly data: string
  readonly part?: PartOption
  readonly partition: string
  readonly listen?: string
  readonly name?: string
  readonly out?: string
  /** Of the run for `up`, of what this peer asks others for when it joins. */
  readonly codec?: string
  readonly mdns?: boolean
  readonly dataSeed: number
  readonly estimateEvery: number
}

export const addMemberOptions = (command: Command): Command => {
  command
    .requiredOption(
      '--data <SOURCE>',
      'digits (generated), or idx:DIR with MNIST-style files; it never leaves this machine',
    )
    .addOption(new Option('--part <I/N>', 'take only the I-th of N parts of the data').argParser(part))
    .option('--partition <SPEC>', 'how --part cuts: iid, dirichlet:ALPHA or shards:K', 'iid')
    .option('--data-seed <N>', 'of generated data and of --part; the same for all', integer(0, 0xffffffff), 1)
    .option(
      '--listen <ADDR>',
      'multiaddr to listen on; /ip4/0.0.0.0/tcp/4001 opens the peer to the local network (default: ' +
        `${LISTEN.loopback}; a peer that joins one on another machine: ${LISTEN.open})`,
    )
    .option('--name <NAME>', 'what others see (default: peer- and four random letters)', displayName)
    .option('--out <DIR>', 'identity, configuration and models of this peer (default: murmur-NAME)', path)
    .option(
      '--estimate-every <N>',
      'estimate the merged accuracy every N rounds, 0: never; one estimate fetches up to 4 models (20: 5 % of what ' +
        'gossip with 4 neighbours in every round takes) and evaluates once',
      integer(0, 1_000_000),
      ESTIMATE_EVERY,
    )
    .option('--mdns', 'announce and find peers on the local network (default: when --listen is not loopback)')
    .option('--no-mdns', 'keep quiet on the local network')
  addBackendOption(command)
  return addJsonOption(command)
}

const isLoopback = (address: string): boolean =>
  /^\/(ip4\/127\.|ip6\/::1\/|dns[46]?\/localhost\/)/.test(address)

/** Members pull from each other: where one of them is on another machine, the rest must be able to reach this one. */
export const listenAddress = ({ listen }: Pick<MemberOptions, 'listen'>, dial: readonly string[]): string =>
  listen ?? (dial.every(isLoopback) ? LISTEN.loopback : LISTEN.open)

/** Multicast only where the peer can be reached from outside. */
export const wantsMdns = ({ mdns }: Pick<MemberOptions, 'mdns'>, listen: string): boolean =>
  mdns ?? !isLoopback(listen)
