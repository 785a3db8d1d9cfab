export { createCoder, type Coder } from './coder.js'
