import type { BenchGroup } from './contract.js'
import { mix } from './mix.js'
import { simulateGroup } from './simulate.js'
import { start } from './start.js'
import { train } from './train.js'
import { wire } from './wire.js'

/** In the order in which they run. A new group is one file and one line here. */
export const groups: readonly BenchGroup[] = [mix, wire, train, simulateGroup, start]
