/** A block of a transcript: what to do, and what it prints. */
export interface Block {
  /** Comments and empty lines before the command, as they are. */
  readonly before: readonly string[]
  /** The command and the lines that belong to it. */
  readonly command: readonly string[]
  readonly expected: readonly string[]
}

export interface Transcript {
  readonly blocks: readonly Block[]
  /** Comments after the last block. */
  readonly after: readonly string[]
}

const SEPARATOR = '----'

/**
 * Reads blocks of a command, `----` and its output up to an empty line; `#` begins a comment outside of them. As the
 * datadriven tests of etcd's raft.
 * @throws Error with the line of a command without `----`.
 */
export const parseTranscript = (text: string): Transcript => {
  const lines = text.replace(/\n$/, '').split('\n')
  const blocks: Block[] = []
  let before: string[] = []
  for (let at = 0; at < lines.length;) {
    const line = lines[at]!
    if (line.trim() === '' || line.startsWith('#')) {
      before.push(line)
      at += 1
      continue
    }
    const separator = lines.indexOf(SEPARATOR, at)
    if (separator < 0) throw new Error(`line ${at + 1}: the command has no ---- after it`)
    const empty = lines.indexOf('', separator)
    const end = empty < 0 ? lines.length : empty
    blocks.push({ before, command: lines.slice(at, separator), expected: lines.slice(separator + 1, end) })
    before = []
    at = end
  }
  return { blocks, after: before }
}

/** The inverse, with other outputs. */
export const writeTranscript = (transcript: Transcript, outputs: readonly (readonly string[])[]): string => {
  const blocks = transcript.blocks.flatMap(({ before, command }, index) => [
    ...before,
    ...command,
    SEPARATOR,
    ...outputs[index]!,
  ])
  return `${[...blocks, ...transcript.after].join('\n')}\n`
}
