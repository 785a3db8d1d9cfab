import { fork, type ChildProcess } from 'node:child_process'
import type { FromWireProcess, Seen, StackName, ToWireProcess } from './messages.js'

const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? './peer-process.ts' : './peer-process.js',
  import.meta.url,
)

/** Two processes of one stack that are connected. */
export interface Pair {
  /** Milliseconds of each of so many fetches. */
  fetch(bytes: number, times: number): Promise<readonly number[]>
  /** What both ends have seen of themselves while the work went on. */
  watched(work: () => Promise<unknown>): Promise<{ readonly sender: Seen; readonly receiver: Seen }>
  stop(): void
}

/** Starts both ends and connects them. */
export const startPair = async (
  stack: StackName,
  { sizes, signal }: { readonly sizes: readonly number[]; readonly signal: AbortSignal },
): Promise<Pair> => {
  const [sender, receiver] = [start(), start()]
  const ask = <Type extends FromWireProcess['type']>(
    child: ChildProcess,
    message: ToWireProcess,
    type: Type,
  ) => answerOf(child, { message, type, signal })
  const stop = () => [sender, receiver].forEach((child) => child.kill())
  try {
    const { address } = await ask(sender, { type: 'serve', stack, sizes }, 'serving')
    await ask(receiver, { type: 'connect', stack, address, sizes }, 'connected')
  } catch (error) {
    stop()
    throw error
  }
  return {
    fetch: async (bytes, times) => (await ask(receiver, { type: 'fetch', bytes, times }, 'fetched')).ms,
    async watched(work) {
      for (const child of [sender, receiver]) await ask(child, { type: 'watch' }, 'watching')
      await work()
      const seen = async (child: ChildProcess) => (await ask(child, { type: 'report' }, 'seen')).seen
      return { receiver: await seen(receiver), sender: await seen(sender) }
    },
    stop,
  }
}

/** `--expose-gc` so that memory is measured from a heap without garbage; nothing that is measured uses it. */
const start = (): ChildProcess =>
  fork(ENTRY, {
    execArgv: [...process.execArgv, '--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })

const answerOf = <Type extends FromWireProcess['type']>(
  child: ChildProcess,
  {
    message,
    type,
    signal,
  }: { readonly message: ToWireProcess; readonly type: Type; readonly signal: AbortSignal },
): Promise<FromWireProcess & { readonly type: Type }> =>
  new Promise((resolve, reject) => {
    const settle = (): void => {
      child.off('message', onMessage)
      child.off('exit', onExit)
      signal.removeEventListener('abort', onAbort)
    }
    const onMessage = (answer: FromWireProcess): void => {
      settle()
      if (answer.type === type) resolve(answer as FromWireProcess & { readonly type: Type })
      else
        reject(
          new Error(answer.type === 'failed' ? answer.message : `${answer.type} came in place of ${type}`),
        )
    }
    const onExit = (): void => {
      settle()
      reject(new Error('a process of the benchmark has ended too early; nothing was measured. Run it again'))
    }
    const onAbort = (): void => {
      settle()
      reject(signal.reason as Error)
    }
    child.on('message', onMessage)
    child.on('exit', onExit)
    signal.addEventListener('abort', onAbort)
    child.send(message)
  })
