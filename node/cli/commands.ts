import type { Command } from 'commander'

/** One command, as it is listed. What declares its options is loaded when it is asked for, and what does it later still. */
export interface CommandEntry {
  readonly name: string
  /** What comes behind the name in the list. */
  readonly usage: string
  /** One line for people. */
  readonly about: string
  /** Loads what adds its arguments, its options and its action. */
  readonly declare: () => Promise<(command: Command) => void>
}

export const ABOUT =
  'Decentralized gossip learning: peers train on their own data and average weights, with no server.'

/** In the order of the help. A new command is its own files and one entry here. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'demo',
    usage: '[options]',
    about: 'start N peers on this machine, train, merge, and save the model',
    declare: async () => (await import('./demo/command.js')).declareDemo,
  },
  {
    name: 'simulate',
    usage: '[options]',
    about:
      'run N peers in one process and in virtual time; options that take lists (a,b,c) make a sweep of all combinations',
    declare: async () => (await import('./simulate/command.js')).declareSimulate,
  },
  {
    name: 'up',
    usage: '[options]',
    about: 'start a run: be its first peer and print the line with which others join',
    declare: async () => (await import('./up-command.js')).declareUp,
  },
  {
    name: 'join',
    usage: '[options] [multiaddr]',
    about: 'join a run: fetch its configuration from a peer and take part',
    declare: async () => (await import('./join-command.js')).declareJoin,
  },
  {
    name: 'id',
    usage: '[options] <folder>',
    about: "the peer id of a folder, as a run's list of callers takes it; made when there is none",
    declare: async () => (await import('./id-command.js')).declareId,
  },
  {
    name: 'merge',
    usage: '[options] <multiaddr>',
    about: 'call for the final merge of a run now; asked from the machine of one of its peers',
    declare: async () => (await import('./merge-command.js')).declareMerge,
  },
  {
    name: 'status',
    usage: '[options] <multiaddr>',
    about: 'what a peer is doing, and who is in its run',
    declare: async () => (await import('./status-command.js')).declareStatus,
  },
  {
    name: 'eval',
    usage: '[options] <model>',
    about: 'accuracy and loss of a saved model on the held-out examples of a data source',
    declare: async () => (await import('./evaluate-command.js')).declareEval,
  },
  {
    name: 'verify',
    usage: '[options] <model> <certificate>',
    about: 'check that the members of a run signed a merged model, and say who they are',
    declare: async () => (await import('./verify-command.js')).declareVerify,
  },
  {
    name: 'topology',
    usage: '[options] [names...]',
    about: 'what a topology costs and how fast it mixes; without a name, the list of all',
    declare: async () => (await import('./topology/command.js')).declareTopology,
  },
  {
    name: 'doctor',
    usage: '[options]',
    about: 'which training backends start on this machine, how fast they are, and which one auto takes',
    declare: async () => (await import('./doctor-command.js')).declareDoctor,
  },
]
