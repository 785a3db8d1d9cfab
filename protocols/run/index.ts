export {
  canonicalJson,
  decodeRunConfiguration,
  encodeRunConfiguration,
  parseRunConfiguration,
  runIdOf,
  totalRounds,
  type RunConfiguration,
} from './configuration.js'
