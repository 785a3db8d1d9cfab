export * from './atomic-write.js'
export { loadCertificate, saveCertificate } from './certificate-file.js'
export { errnoOf, StoreError, type StoreErrorCode, writeFailure } from './errors.js'
export * from './identity.js'
export {
  loadModel,
  saveModel,
  type LoadModelOptions,
  type ModelMetadata,
  type SavedModel,
} from './model-file.js'
export { decodeSafetensors, encodeSafetensors, type StoredWeights } from './safetensors.js'
export { removeFiles } from './remove-files.js'
export { readTextFile, unreadable, type ReadTextOptions } from './text-file.js'
export { readYaml } from './yaml-file.js'
export { openClaimsFile, type ClaimsFile } from './claims-file.js'
