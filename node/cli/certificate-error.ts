import { MurmurationError } from '../../protocols/errors.js'
import type { CertificateFault } from '../../protocols/final-merge/index.js'

/** A certificate that proves nothing, or not what it is shown for. Its file could be read; see StoreError for others. */
export class CertificateError extends MurmurationError<
  | CertificateFault['code']
  /** Of another run than the model, or than the one asked for. */
  | 'FOREIGN_RUN'
  /** The model is not the one that was signed. */
  | 'DIGEST_MISMATCH'
  /** The model has statistics, and nothing was given that proves them. */
  | 'STATISTICS_UNPROVEN'
  /** The statistics were signed by others than the weights. */
  | 'OTHER_MEMBERS'
> {}

/** What a fault means and what to do. @param path of the certificate */
export const certificateErrorOf = (path: string, fault: CertificateFault): CertificateError => {
  const { code, ...numbers } = fault
  return new CertificateError(
    code,
    `${path} proves nothing: ${meaningOf(fault)}. Nothing was changed; ask other members of the run for their certificate.`,
    { path, ...numbers },
  )
}

const meaningOf = (fault: CertificateFault): string => {
  switch (fault.code) {
    case 'MALFORMED':
      return fault.what
    case 'FOREIGN_KEY':
      return `${fault.id} signed it and is not among the members that it names`
    case 'BAD_SIGNATURE':
      return `the signature of ${fault.id} does not fit, so the certificate was changed since, or that member never signed it`
    case 'NO_QUORUM':
      return `it has ${fault.signed} of the ${fault.needed} signatures that it needs, two thirds of its members`
  }
}
