export {
  canonicalJson,
  decodeRunConfiguration,
  encodeRunConfiguration,
  parseRunConfiguration,
  runIdOf,
  type RunConfiguration,
} from './configuration.js'
