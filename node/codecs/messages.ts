/** What is said to the thread that encodes and decodes, and what it answers. Weights lie on shared memory. */
export type CodingRequest =
  | {
      readonly kind: 'encode'
      readonly spec: string
      readonly version: number
      readonly weights: Float32Array
      /** The version that the reader holds. */
      readonly held: number | undefined
    }
  | {
      readonly kind: 'decode'
      readonly spec: string
      /** Moved to the thread. */
      readonly bytes: Uint8Array<ArrayBuffer>
      readonly length: number
      readonly held: { readonly version: number; readonly weights: Float32Array } | undefined
    }
  | { readonly kind: 'publicCopy'; readonly spec: string }

/** By the kind of the request. */
export interface CodingAnswers {
  readonly encode: Uint8Array<ArrayBuffer>
  readonly decode: Float32Array
  /** Undefined before anybody has read, and for codecs that send each model as it is. */
  readonly publicCopy: Float32Array | undefined
}

export interface ToThread {
  readonly id: number
  readonly request: CodingRequest
}

export type FromThread =
  | { readonly id: number; readonly value: CodingAnswers[keyof CodingAnswers] }
  /** A codec's complaint; anything else ends the thread. */
  | {
      readonly id: number
      readonly complaint: {
        readonly code: string
        readonly message: string
        readonly details: Readonly<Record<string, unknown>>
      }
    }
