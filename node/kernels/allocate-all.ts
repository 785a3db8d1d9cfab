import type { Arena, Block } from './arena.js'

/**
 * A block of each of the sizes, or none of them.
 * @throws KernelError ARENA_FULL, nothing changed
 */
export const allocateAll = (arena: Arena, sizes: readonly number[]): Block[] => {
  const blocks: Block[] = []
  try {
    for (const bytes of sizes) blocks.push(arena.allocate(bytes))
    return blocks
  } catch (error) {
    for (const block of blocks) arena.free(block)
    throw error
  }
}
