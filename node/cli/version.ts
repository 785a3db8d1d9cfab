import { createRequire } from 'node:module'

/** package.json lies beside the sources, and one level above the built files. */
const require = createRequire(import.meta.url)
const path = import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../package.json'

export const VERSION = (require(path) as { readonly version: string }).version
