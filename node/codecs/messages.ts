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
      /** Where the weights go; the thread's alone until it has answered. */
      readonly into: Float32Array
      readonly held: { readonly version: number; readonly weights: Float32Array } | undefined
    }

/** By the kind of the request. */
export interface CodingAnswers {
  readonly encode: Uint8Array<ArrayBuffer>
  readonly decode: undefined
}

/** One at a time: each is answered before the next is sent. */
export type ToThread = CodingRequest

export type FromThread =
  | {
      readonly value: CodingAnswers[keyof CodingAnswers]
      /** Of an encoding that has moved the own model as those know it who follow: that model, on memory of its own. */
      readonly publicCopy?: Float32Array | undefined
    }
  /** A codec's complaint; anything else ends the thread. */
  | {
      readonly complaint: {
        readonly code: string
        readonly message: string
        readonly details: Readonly<Record<string, unknown>>
      }
    }
