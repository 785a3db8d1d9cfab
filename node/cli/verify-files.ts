import type { Certificate } from '../../protocols/final-merge/index.js'
import { loadCertificate, loadModel, type SavedModel } from '../store/index.js'
import { beforeStart } from './before-start.js'
import { CliError } from './exit-codes.js'
import { quoted } from './quoted.js'

/** The two files, by their paths. */
export interface Pair {
  readonly model: string
  readonly certificate: string
}

/**
 * Reads a model and its certificate, and says where one stands in the place of the other.
 * @throws CliError USAGE then; StoreError as loadCertificate and loadModel
 */
export const readPair = async (
  paths: Pair,
): Promise<{ readonly model: SavedModel; readonly certificate: Certificate }> => {
  try {
    const certificate = await beforeStart(() => loadCertificate(paths.certificate), 'the certificate')
    return { certificate, model: await beforeStart(() => loadModel(paths.model), 'the model') }
  } catch (error) {
    throw (await mixedUp(paths)) ?? error
  }
}

/** As the file behind `--statistics`. @throws CliError USAGE where it is a model; StoreError as loadCertificate */
export const readStatisticsCertificate = async (path: string): Promise<Certificate> => {
  try {
    return await beforeStart(() => loadCertificate(path), 'the certificate of the statistics')
  } catch (error) {
    if ((await kindOf(path)) !== 'model') throw error
    throw misplaced(path, 'a model, and behind --statistics goes the statistics.certificate.json beside it')
  }
}

const mixedUp = async ({ model, certificate }: Pair): Promise<CliError | undefined> => {
  const [first, second] = [await kindOf(model), await kindOf(certificate)]
  if (first === 'certificate' && second === 'model') {
    return new CliError(
      'USAGE',
      `${model} is the certificate and ${certificate} the model: they stand the wrong way round. Nothing was checked; ` +
        `the model comes first: npx murmur verify ${quoted(certificate)} ${quoted(model)}`,
    )
  }
  if (first === 'certificate') return misplaced(model, 'a certificate, and the model comes first')
  if (second !== 'model') return undefined
  return misplaced(certificate, 'a model, and its certificate comes second')
}

const misplaced = (path: string, what: string): CliError =>
  new CliError(
    'USAGE',
    `${path} is ${what}. Nothing was checked; each peer saved a .safetensors file with the .certificate.json file of its merge.`,
  )

/** What a file is, if it can be read as that. */
const kindOf = async (path: string): Promise<'model' | 'certificate' | undefined> => {
  const is = (load: (path: string) => Promise<unknown>): Promise<boolean> =>
    load(path).then(
      () => true,
      () => false,
    )
  if (await is(loadCertificate)) return 'certificate'
  return (await is(loadModel)) ? 'model' : undefined
}
