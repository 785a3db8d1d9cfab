export * from './layout.js'
export * from './moments.js'
export * from './weights.js'
