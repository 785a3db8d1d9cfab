import type { BenchGroup } from './contract.js'
import { mix } from './mix.js'
import { start } from './start.js'

/** In the order in which they run. A new group is one file and one line here. */
export const groups: readonly BenchGroup[] = [mix, start]
