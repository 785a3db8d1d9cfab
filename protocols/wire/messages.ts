// @ts-nocheck -- generated from messages.proto by protons, which leaves parameters unused
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Head {
  version: number
  round: number
  samples: number
  digest: Uint8Array<ArrayBuffer>
  degree: number
  finished: boolean
  loss?: number
  accuracy?: number
}

export namespace Head {
  let _codec: Codec<Head>

  export const codec = (): Codec<Head> => {
    if (_codec == null) {
      _codec = message<Head>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.version)
        }

        if ((obj.round != null && obj.round !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.round)
        }

        if ((obj.samples != null && obj.samples !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.samples)
        }

        if ((obj.digest != null && obj.digest.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.digest)
        }

        if ((obj.degree != null && obj.degree !== 0)) {
          w.uint32(40)
          w.uint32(obj.degree)
        }

        if ((obj.finished != null && obj.finished !== false)) {
          w.uint32(48)
          w.bool(obj.finished)
        }

        if (obj.loss != null) {
          w.uint32(57)
          w.double(obj.loss)
        }

        if (obj.accuracy != null) {
          w.uint32(65)
          w.double(obj.accuracy)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          version: 0,
          round: 0,
          samples: 0,
          digest: uint8ArrayAlloc(0),
          degree: 0,
          finished: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.version = reader.uint64Number()
              break
            }
            case 2: {
              obj.round = reader.uint64Number()
              break
            }
            case 3: {
              obj.samples = reader.uint64Number()
              break
            }
            case 4: {
              obj.digest = reader.bytes()
              break
            }
            case 5: {
              obj.degree = reader.uint32()
              break
            }
            case 6: {
              obj.finished = reader.bool()
              break
            }
            case 7: {
              obj.loss = reader.double()
              break
            }
            case 8: {
              obj.accuracy = reader.double()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.version`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.round`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.samples`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.digest`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.degree`,
                value: reader.uint32()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.finished`,
                value: reader.bool()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.loss`,
                value: reader.double()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.accuracy`,
                value: reader.double()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface HeadVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface HeadRoundFieldEvent {
    field: '$.round'
    value: number
  }

  export interface HeadSamplesFieldEvent {
    field: '$.samples'
    value: number
  }

  export interface HeadDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HeadDegreeFieldEvent {
    field: '$.degree'
    value: number
  }

  export interface HeadFinishedFieldEvent {
    field: '$.finished'
    value: boolean
  }

  export interface HeadLossFieldEvent {
    field: '$.loss'
    value: number
  }

  export interface HeadAccuracyFieldEvent {
    field: '$.accuracy'
    value: number
  }

  export function encode (obj: Partial<Head>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Head.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Head>): Head {
    return decodeMessage(buf, Head.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Head>): Generator<HeadVersionFieldEvent | HeadRoundFieldEvent | HeadSamplesFieldEvent | HeadDigestFieldEvent | HeadDegreeFieldEvent | HeadFinishedFieldEvent | HeadLossFieldEvent | HeadAccuracyFieldEvent> {
    return streamMessage(buf, Head.codec(), opts)
  }
}

export interface Presence {
  name: string
  addresses: string[]
  leaving: boolean
}

export namespace Presence {
  let _codec: Codec<Presence>

  export const codec = (): Codec<Presence> => {
    if (_codec == null) {
      _codec = message<Presence>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(10)
          w.string(obj.name)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(18)
            w.string(value)
          }
        }

        if ((obj.leaving != null && obj.leaving !== false)) {
          w.uint32(24)
          w.bool(obj.leaving)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          name: '',
          addresses: [],
          leaving: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.name = reader.string()
              break
            }
            case 2: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.string())
              break
            }
            case 3: {
              obj.leaving = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          addresses: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 2: {
              if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              yield {
                field: `${prefix}.addresses[]`,
                index: obj.addresses,
                value: reader.string()
              }

              obj.addresses++

              break
            }
            case 3: {
              yield {
                field: `${prefix}.leaving`,
                value: reader.bool()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface PresenceNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface PresenceAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: string
  }

  export interface PresenceLeavingFieldEvent {
    field: '$.leaving'
    value: boolean
  }

  export function encode (obj: Partial<Presence>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Presence.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Presence>): Presence {
    return decodeMessage(buf, Presence.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Presence>): Generator<PresenceNameFieldEvent | PresenceAddressesFieldEvent | PresenceLeavingFieldEvent> {
    return streamMessage(buf, Presence.codec(), opts)
  }
}

export interface HeadsFrame {
  head?: Head
  presence?: Presence
}

export namespace HeadsFrame {
  let _codec: Codec<HeadsFrame>

  export const codec = (): Codec<HeadsFrame> => {
    if (_codec == null) {
      _codec = message<HeadsFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.presence != null) {
          obj.head = undefined
        }

        if (obj.head != null) {
          obj.presence = undefined
        }

        if (obj.head != null) {
          w.uint32(10)
          Head.codec().encode(obj.head, w)
        }

        if (obj.presence != null) {
          w.uint32(18)
          Presence.codec().encode(obj.presence, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.head = Head.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.head
              })
              break
            }
            case 2: {
              obj.presence = Presence.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.presence
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.presence != null) {
          delete obj.head
        }

        if (obj.head != null) {
          delete obj.presence
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Head.codec().stream(reader, reader.uint32(), `${prefix}.head`, {
                limits: opts.limits?.head
              })

              break
            }
            case 2: {
              yield * Presence.codec().stream(reader, reader.uint32(), `${prefix}.presence`, {
                limits: opts.limits?.presence
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface HeadsFrameHeadVersionFieldEvent {
    field: '$.head.version'
    value: number
  }

  export interface HeadsFrameHeadRoundFieldEvent {
    field: '$.head.round'
    value: number
  }

  export interface HeadsFrameHeadSamplesFieldEvent {
    field: '$.head.samples'
    value: number
  }

  export interface HeadsFrameHeadDigestFieldEvent {
    field: '$.head.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HeadsFrameHeadDegreeFieldEvent {
    field: '$.head.degree'
    value: number
  }

  export interface HeadsFrameHeadFinishedFieldEvent {
    field: '$.head.finished'
    value: boolean
  }

  export interface HeadsFrameHeadLossFieldEvent {
    field: '$.head.loss'
    value: number
  }

  export interface HeadsFrameHeadAccuracyFieldEvent {
    field: '$.head.accuracy'
    value: number
  }

  export interface HeadsFramePresenceNameFieldEvent {
    field: '$.presence.name'
    value: string
  }

  export interface HeadsFramePresenceAddressesFieldEvent {
    field: '$.presence.addresses[]'
    index: number
    value: string
  }

  export interface HeadsFramePresenceLeavingFieldEvent {
    field: '$.presence.leaving'
    value: boolean
  }

  export function encode (obj: Partial<HeadsFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, HeadsFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HeadsFrame>): HeadsFrame {
    return decodeMessage(buf, HeadsFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HeadsFrame>): Generator<HeadsFrameHeadVersionFieldEvent | HeadsFrameHeadRoundFieldEvent | HeadsFrameHeadSamplesFieldEvent | HeadsFrameHeadDigestFieldEvent | HeadsFrameHeadDegreeFieldEvent | HeadsFrameHeadFinishedFieldEvent | HeadsFrameHeadLossFieldEvent | HeadsFrameHeadAccuracyFieldEvent | HeadsFramePresenceNameFieldEvent | HeadsFramePresenceAddressesFieldEvent | HeadsFramePresenceLeavingFieldEvent> {
    return streamMessage(buf, HeadsFrame.codec(), opts)
  }
}

export interface MergeCall {
  mergeId: string
  members: string[]
  caller: string
  signature: Uint8Array<ArrayBuffer>
}

export namespace MergeCall {
  let _codec: Codec<MergeCall>

  export const codec = (): Codec<MergeCall> => {
    if (_codec == null) {
      _codec = message<MergeCall>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mergeId != null && obj.mergeId !== '')) {
          w.uint32(10)
          w.string(obj.mergeId)
        }

        if (obj.members != null && obj.members.length > 0) {
          for (const value of obj.members) {
            w.uint32(18)
            w.string(value)
          }
        }

        if ((obj.caller != null && obj.caller !== '')) {
          w.uint32(26)
          w.string(obj.caller)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mergeId: '',
          members: [],
          caller: '',
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mergeId = reader.string()
              break
            }
            case 2: {
              if (opts.limits?.members != null && obj.members.length === opts.limits.members) {
                throw new MaxLengthError('Decode error - repeated field "members" had too many elements')
              }

              obj.members.push(reader.string())
              break
            }
            case 3: {
              obj.caller = reader.string()
              break
            }
            case 4: {
              obj.signature = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          members: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.mergeId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              if (opts.limits?.members != null && obj.members === opts.limits.members) {
                throw new MaxLengthError('Streaming decode error - repeated field "members" had too many elements')
              }

              yield {
                field: `${prefix}.members[]`,
                index: obj.members,
                value: reader.string()
              }

              obj.members++

              break
            }
            case 3: {
              yield {
                field: `${prefix}.caller`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface MergeCallMergeIdFieldEvent {
    field: '$.mergeId'
    value: string
  }

  export interface MergeCallMembersFieldEvent {
    field: '$.members[]'
    index: number
    value: string
  }

  export interface MergeCallCallerFieldEvent {
    field: '$.caller'
    value: string
  }

  export interface MergeCallSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<MergeCall>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MergeCall.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeCall>): MergeCall {
    return decodeMessage(buf, MergeCall.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeCall>): Generator<MergeCallMergeIdFieldEvent | MergeCallMembersFieldEvent | MergeCallCallerFieldEvent | MergeCallSignatureFieldEvent> {
    return streamMessage(buf, MergeCall.codec(), opts)
  }
}

export interface MergeCommitment {
  mergeId: string
  digest: Uint8Array<ArrayBuffer>
  samples: number
}

export namespace MergeCommitment {
  let _codec: Codec<MergeCommitment>

  export const codec = (): Codec<MergeCommitment> => {
    if (_codec == null) {
      _codec = message<MergeCommitment>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mergeId != null && obj.mergeId !== '')) {
          w.uint32(10)
          w.string(obj.mergeId)
        }

        if ((obj.digest != null && obj.digest.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.digest)
        }

        if ((obj.samples != null && obj.samples !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.samples)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mergeId: '',
          digest: uint8ArrayAlloc(0),
          samples: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mergeId = reader.string()
              break
            }
            case 2: {
              obj.digest = reader.bytes()
              break
            }
            case 3: {
              obj.samples = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.mergeId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.digest`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.samples`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface MergeCommitmentMergeIdFieldEvent {
    field: '$.mergeId'
    value: string
  }

  export interface MergeCommitmentDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeCommitmentSamplesFieldEvent {
    field: '$.samples'
    value: number
  }

  export function encode (obj: Partial<MergeCommitment>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MergeCommitment.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeCommitment>): MergeCommitment {
    return decodeMessage(buf, MergeCommitment.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeCommitment>): Generator<MergeCommitmentMergeIdFieldEvent | MergeCommitmentDigestFieldEvent | MergeCommitmentSamplesFieldEvent> {
    return streamMessage(buf, MergeCommitment.codec(), opts)
  }
}

export interface MergeHoldings {
  mergeId: string
  attempt: number
  have: string[]
}

export namespace MergeHoldings {
  let _codec: Codec<MergeHoldings>

  export const codec = (): Codec<MergeHoldings> => {
    if (_codec == null) {
      _codec = message<MergeHoldings>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mergeId != null && obj.mergeId !== '')) {
          w.uint32(10)
          w.string(obj.mergeId)
        }

        if ((obj.attempt != null && obj.attempt !== 0)) {
          w.uint32(16)
          w.uint32(obj.attempt)
        }

        if (obj.have != null && obj.have.length > 0) {
          for (const value of obj.have) {
            w.uint32(26)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mergeId: '',
          attempt: 0,
          have: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mergeId = reader.string()
              break
            }
            case 2: {
              obj.attempt = reader.uint32()
              break
            }
            case 3: {
              if (opts.limits?.have != null && obj.have.length === opts.limits.have) {
                throw new MaxLengthError('Decode error - repeated field "have" had too many elements')
              }

              obj.have.push(reader.string())
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          have: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.mergeId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.attempt`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              if (opts.limits?.have != null && obj.have === opts.limits.have) {
                throw new MaxLengthError('Streaming decode error - repeated field "have" had too many elements')
              }

              yield {
                field: `${prefix}.have[]`,
                index: obj.have,
                value: reader.string()
              }

              obj.have++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface MergeHoldingsMergeIdFieldEvent {
    field: '$.mergeId'
    value: string
  }

  export interface MergeHoldingsAttemptFieldEvent {
    field: '$.attempt'
    value: number
  }

  export interface MergeHoldingsHaveFieldEvent {
    field: '$.have[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<MergeHoldings>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MergeHoldings.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeHoldings>): MergeHoldings {
    return decodeMessage(buf, MergeHoldings.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeHoldings>): Generator<MergeHoldingsMergeIdFieldEvent | MergeHoldingsAttemptFieldEvent | MergeHoldingsHaveFieldEvent> {
    return streamMessage(buf, MergeHoldings.codec(), opts)
  }
}

export interface RosterEntry {
  member: number
  digest: Uint8Array<ArrayBuffer>
  samples: number
}

export namespace RosterEntry {
  let _codec: Codec<RosterEntry>

  export const codec = (): Codec<RosterEntry> => {
    if (_codec == null) {
      _codec = message<RosterEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.member != null && obj.member !== 0)) {
          w.uint32(8)
          w.uint32(obj.member)
        }

        if ((obj.digest != null && obj.digest.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.digest)
        }

        if ((obj.samples != null && obj.samples !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.samples)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          member: 0,
          digest: uint8ArrayAlloc(0),
          samples: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.member = reader.uint32()
              break
            }
            case 2: {
              obj.digest = reader.bytes()
              break
            }
            case 3: {
              obj.samples = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.member`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.digest`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.samples`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface RosterEntryMemberFieldEvent {
    field: '$.member'
    value: number
  }

  export interface RosterEntryDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RosterEntrySamplesFieldEvent {
    field: '$.samples'
    value: number
  }

  export function encode (obj: Partial<RosterEntry>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RosterEntry.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RosterEntry>): RosterEntry {
    return decodeMessage(buf, RosterEntry.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RosterEntry>): Generator<RosterEntryMemberFieldEvent | RosterEntryDigestFieldEvent | RosterEntrySamplesFieldEvent> {
    return streamMessage(buf, RosterEntry.codec(), opts)
  }
}

export interface MergeRoster {
  mergeId: string
  call: Uint8Array<ArrayBuffer>
  attempt: number
  entries: RosterEntry[]
}

export namespace MergeRoster {
  let _codec: Codec<MergeRoster>

  export const codec = (): Codec<MergeRoster> => {
    if (_codec == null) {
      _codec = message<MergeRoster>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mergeId != null && obj.mergeId !== '')) {
          w.uint32(10)
          w.string(obj.mergeId)
        }

        if ((obj.call != null && obj.call.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.call)
        }

        if ((obj.attempt != null && obj.attempt !== 0)) {
          w.uint32(24)
          w.uint32(obj.attempt)
        }

        if (obj.entries != null && obj.entries.length > 0) {
          for (const value of obj.entries) {
            w.uint32(34)
            RosterEntry.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mergeId: '',
          call: uint8ArrayAlloc(0),
          attempt: 0,
          entries: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mergeId = reader.string()
              break
            }
            case 2: {
              obj.call = reader.bytes()
              break
            }
            case 3: {
              obj.attempt = reader.uint32()
              break
            }
            case 4: {
              if (opts.limits?.entries != null && obj.entries.length === opts.limits.entries) {
                throw new MaxLengthError('Decode error - repeated field "entries" had too many elements')
              }

              obj.entries.push(RosterEntry.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.entries$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          entries: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.mergeId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.call`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.attempt`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              if (opts.limits?.entries != null && obj.entries === opts.limits.entries) {
                throw new MaxLengthError('Streaming decode error - repeated field "entries" had too many elements')
              }

              for (const evt of RosterEntry.codec().stream(reader, reader.uint32(), `${prefix}.entries[]`, {
                limits: opts.limits?.entries$
              })) {
                yield {
                  ...evt,
                  index: obj.entries
                }
              }

              obj.entries++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface MergeRosterMergeIdFieldEvent {
    field: '$.mergeId'
    value: string
  }

  export interface MergeRosterCallFieldEvent {
    field: '$.call'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeRosterAttemptFieldEvent {
    field: '$.attempt'
    value: number
  }

  export interface MergeRosterEntriesMemberFieldEvent {
    field: '$.entries[].member'
    value: number
    index: number
  }

  export interface MergeRosterEntriesDigestFieldEvent {
    field: '$.entries[].digest'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface MergeRosterEntriesSamplesFieldEvent {
    field: '$.entries[].samples'
    value: number
    index: number
  }

  export function encode (obj: Partial<MergeRoster>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MergeRoster.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeRoster>): MergeRoster {
    return decodeMessage(buf, MergeRoster.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeRoster>): Generator<MergeRosterMergeIdFieldEvent | MergeRosterCallFieldEvent | MergeRosterAttemptFieldEvent | MergeRosterEntriesMemberFieldEvent | MergeRosterEntriesDigestFieldEvent | MergeRosterEntriesSamplesFieldEvent> {
    return streamMessage(buf, MergeRoster.codec(), opts)
  }
}

export interface MergeReady {
  mergeId: string
  call: Uint8Array<ArrayBuffer>
  attempt: number
  roster: Uint8Array<ArrayBuffer>
  digest: Uint8Array<ArrayBuffer>
}

export namespace MergeReady {
  let _codec: Codec<MergeReady>

  export const codec = (): Codec<MergeReady> => {
    if (_codec == null) {
      _codec = message<MergeReady>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mergeId != null && obj.mergeId !== '')) {
          w.uint32(10)
          w.string(obj.mergeId)
        }

        if ((obj.call != null && obj.call.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.call)
        }

        if ((obj.attempt != null && obj.attempt !== 0)) {
          w.uint32(24)
          w.uint32(obj.attempt)
        }

        if ((obj.roster != null && obj.roster.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.roster)
        }

        if ((obj.digest != null && obj.digest.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.digest)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mergeId: '',
          call: uint8ArrayAlloc(0),
          attempt: 0,
          roster: uint8ArrayAlloc(0),
          digest: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mergeId = reader.string()
              break
            }
            case 2: {
              obj.call = reader.bytes()
              break
            }
            case 3: {
              obj.attempt = reader.uint32()
              break
            }
            case 4: {
              obj.roster = reader.bytes()
              break
            }
            case 5: {
              obj.digest = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.mergeId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.call`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.attempt`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.roster`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.digest`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface MergeReadyMergeIdFieldEvent {
    field: '$.mergeId'
    value: string
  }

  export interface MergeReadyCallFieldEvent {
    field: '$.call'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeReadyAttemptFieldEvent {
    field: '$.attempt'
    value: number
  }

  export interface MergeReadyRosterFieldEvent {
    field: '$.roster'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeReadyDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<MergeReady>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MergeReady.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeReady>): MergeReady {
    return decodeMessage(buf, MergeReady.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeReady>): Generator<MergeReadyMergeIdFieldEvent | MergeReadyCallFieldEvent | MergeReadyAttemptFieldEvent | MergeReadyRosterFieldEvent | MergeReadyDigestFieldEvent> {
    return streamMessage(buf, MergeReady.codec(), opts)
  }
}

export interface MergeResult {
  mergeId: string
  attempt: number
  roster: Uint8Array<ArrayBuffer>
  digest: Uint8Array<ArrayBuffer>
  call: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
}

export namespace MergeResult {
  let _codec: Codec<MergeResult>

  export const codec = (): Codec<MergeResult> => {
    if (_codec == null) {
      _codec = message<MergeResult>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mergeId != null && obj.mergeId !== '')) {
          w.uint32(10)
          w.string(obj.mergeId)
        }

        if ((obj.attempt != null && obj.attempt !== 0)) {
          w.uint32(16)
          w.uint32(obj.attempt)
        }

        if ((obj.roster != null && obj.roster.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.roster)
        }

        if ((obj.digest != null && obj.digest.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.digest)
        }

        if ((obj.call != null && obj.call.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.call)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mergeId: '',
          attempt: 0,
          roster: uint8ArrayAlloc(0),
          digest: uint8ArrayAlloc(0),
          call: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mergeId = reader.string()
              break
            }
            case 2: {
              obj.attempt = reader.uint32()
              break
            }
            case 3: {
              obj.roster = reader.bytes()
              break
            }
            case 4: {
              obj.digest = reader.bytes()
              break
            }
            case 5: {
              obj.call = reader.bytes()
              break
            }
            case 6: {
              obj.signature = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.mergeId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.attempt`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.roster`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.digest`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.call`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface MergeResultMergeIdFieldEvent {
    field: '$.mergeId'
    value: string
  }

  export interface MergeResultAttemptFieldEvent {
    field: '$.attempt'
    value: number
  }

  export interface MergeResultRosterFieldEvent {
    field: '$.roster'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeResultDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeResultCallFieldEvent {
    field: '$.call'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeResultSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<MergeResult>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MergeResult.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeResult>): MergeResult {
    return decodeMessage(buf, MergeResult.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeResult>): Generator<MergeResultMergeIdFieldEvent | MergeResultAttemptFieldEvent | MergeResultRosterFieldEvent | MergeResultDigestFieldEvent | MergeResultCallFieldEvent | MergeResultSignatureFieldEvent> {
    return streamMessage(buf, MergeResult.codec(), opts)
  }
}

export interface MergeAsk {
  mergeId: string
}

export namespace MergeAsk {
  let _codec: Codec<MergeAsk>

  export const codec = (): Codec<MergeAsk> => {
    if (_codec == null) {
      _codec = message<MergeAsk>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mergeId != null && obj.mergeId !== '')) {
          w.uint32(10)
          w.string(obj.mergeId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mergeId: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mergeId = reader.string()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.mergeId`,
                value: reader.string()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface MergeAskMergeIdFieldEvent {
    field: '$.mergeId'
    value: string
  }

  export function encode (obj: Partial<MergeAsk>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MergeAsk.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeAsk>): MergeAsk {
    return decodeMessage(buf, MergeAsk.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeAsk>): Generator<MergeAskMergeIdFieldEvent> {
    return streamMessage(buf, MergeAsk.codec(), opts)
  }
}

export interface MergeFrame {
  call?: MergeCall
  commitment?: MergeCommitment
  holdings?: MergeHoldings
  result?: MergeResult
  roster?: MergeRoster
  ready?: MergeReady
  ask?: MergeAsk
  more: Uint8Array<ArrayBuffer>[]
}

export namespace MergeFrame {
  let _codec: Codec<MergeFrame>

  export const codec = (): Codec<MergeFrame> => {
    if (_codec == null) {
      _codec = message<MergeFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.ask != null) {
          obj.ready = undefined
          obj.roster = undefined
          obj.result = undefined
          obj.holdings = undefined
          obj.commitment = undefined
          obj.call = undefined
        }

        if (obj.ready != null) {
          obj.ask = undefined
          obj.roster = undefined
          obj.result = undefined
          obj.holdings = undefined
          obj.commitment = undefined
          obj.call = undefined
        }

        if (obj.roster != null) {
          obj.ask = undefined
          obj.ready = undefined
          obj.result = undefined
          obj.holdings = undefined
          obj.commitment = undefined
          obj.call = undefined
        }

        if (obj.result != null) {
          obj.ask = undefined
          obj.ready = undefined
          obj.roster = undefined
          obj.holdings = undefined
          obj.commitment = undefined
          obj.call = undefined
        }

        if (obj.holdings != null) {
          obj.ask = undefined
          obj.ready = undefined
          obj.roster = undefined
          obj.result = undefined
          obj.commitment = undefined
          obj.call = undefined
        }

        if (obj.commitment != null) {
          obj.ask = undefined
          obj.ready = undefined
          obj.roster = undefined
          obj.result = undefined
          obj.holdings = undefined
          obj.call = undefined
        }

        if (obj.call != null) {
          obj.ask = undefined
          obj.ready = undefined
          obj.roster = undefined
          obj.result = undefined
          obj.holdings = undefined
          obj.commitment = undefined
        }

        if (obj.call != null) {
          w.uint32(10)
          MergeCall.codec().encode(obj.call, w)
        }

        if (obj.commitment != null) {
          w.uint32(18)
          MergeCommitment.codec().encode(obj.commitment, w)
        }

        if (obj.holdings != null) {
          w.uint32(26)
          MergeHoldings.codec().encode(obj.holdings, w)
        }

        if (obj.result != null) {
          w.uint32(34)
          MergeResult.codec().encode(obj.result, w)
        }

        if (obj.roster != null) {
          w.uint32(42)
          MergeRoster.codec().encode(obj.roster, w)
        }

        if (obj.ready != null) {
          w.uint32(50)
          MergeReady.codec().encode(obj.ready, w)
        }

        if (obj.ask != null) {
          w.uint32(58)
          MergeAsk.codec().encode(obj.ask, w)
        }

        if (obj.more != null && obj.more.length > 0) {
          for (const value of obj.more) {
            w.uint32(66)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          more: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.call = MergeCall.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.call
              })
              break
            }
            case 2: {
              obj.commitment = MergeCommitment.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.commitment
              })
              break
            }
            case 3: {
              obj.holdings = MergeHoldings.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.holdings
              })
              break
            }
            case 4: {
              obj.result = MergeResult.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.result
              })
              break
            }
            case 5: {
              obj.roster = MergeRoster.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.roster
              })
              break
            }
            case 6: {
              obj.ready = MergeReady.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ready
              })
              break
            }
            case 7: {
              obj.ask = MergeAsk.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ask
              })
              break
            }
            case 8: {
              if (opts.limits?.more != null && obj.more.length === opts.limits.more) {
                throw new MaxLengthError('Decode error - repeated field "more" had too many elements')
              }

              obj.more.push(reader.bytes())
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.ask != null) {
          delete obj.ready
          delete obj.roster
          delete obj.result
          delete obj.holdings
          delete obj.commitment
          delete obj.call
        }

        if (obj.ready != null) {
          delete obj.ask
          delete obj.roster
          delete obj.result
          delete obj.holdings
          delete obj.commitment
          delete obj.call
        }

        if (obj.roster != null) {
          delete obj.ask
          delete obj.ready
          delete obj.result
          delete obj.holdings
          delete obj.commitment
          delete obj.call
        }

        if (obj.result != null) {
          delete obj.ask
          delete obj.ready
          delete obj.roster
          delete obj.holdings
          delete obj.commitment
          delete obj.call
        }

        if (obj.holdings != null) {
          delete obj.ask
          delete obj.ready
          delete obj.roster
          delete obj.result
          delete obj.commitment
          delete obj.call
        }

        if (obj.commitment != null) {
          delete obj.ask
          delete obj.ready
          delete obj.roster
          delete obj.result
          delete obj.holdings
          delete obj.call
        }

        if (obj.call != null) {
          delete obj.ask
          delete obj.ready
          delete obj.roster
          delete obj.result
          delete obj.holdings
          delete obj.commitment
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          more: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * MergeCall.codec().stream(reader, reader.uint32(), `${prefix}.call`, {
                limits: opts.limits?.call
              })

              break
            }
            case 2: {
              yield * MergeCommitment.codec().stream(reader, reader.uint32(), `${prefix}.commitment`, {
                limits: opts.limits?.commitment
              })

              break
            }
            case 3: {
              yield * MergeHoldings.codec().stream(reader, reader.uint32(), `${prefix}.holdings`, {
                limits: opts.limits?.holdings
              })

              break
            }
            case 4: {
              yield * MergeResult.codec().stream(reader, reader.uint32(), `${prefix}.result`, {
                limits: opts.limits?.result
              })

              break
            }
            case 5: {
              yield * MergeRoster.codec().stream(reader, reader.uint32(), `${prefix}.roster`, {
                limits: opts.limits?.roster
              })

              break
            }
            case 6: {
              yield * MergeReady.codec().stream(reader, reader.uint32(), `${prefix}.ready`, {
                limits: opts.limits?.ready
              })

              break
            }
            case 7: {
              yield * MergeAsk.codec().stream(reader, reader.uint32(), `${prefix}.ask`, {
                limits: opts.limits?.ask
              })

              break
            }
            case 8: {
              if (opts.limits?.more != null && obj.more === opts.limits.more) {
                throw new MaxLengthError('Streaming decode error - repeated field "more" had too many elements')
              }

              yield {
                field: `${prefix}.more[]`,
                index: obj.more,
                value: reader.bytes()
              }

              obj.more++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface MergeFrameCallMergeIdFieldEvent {
    field: '$.call.mergeId'
    value: string
  }

  export interface MergeFrameCallMembersFieldEvent {
    field: '$.call.members[]'
    index: number
    value: string
  }

  export interface MergeFrameCallCallerFieldEvent {
    field: '$.call.caller'
    value: string
  }

  export interface MergeFrameCallSignatureFieldEvent {
    field: '$.call.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeFrameCommitmentMergeIdFieldEvent {
    field: '$.commitment.mergeId'
    value: string
  }

  export interface MergeFrameCommitmentDigestFieldEvent {
    field: '$.commitment.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeFrameCommitmentSamplesFieldEvent {
    field: '$.commitment.samples'
    value: number
  }

  export interface MergeFrameHoldingsMergeIdFieldEvent {
    field: '$.holdings.mergeId'
    value: string
  }

  export interface MergeFrameHoldingsAttemptFieldEvent {
    field: '$.holdings.attempt'
    value: number
  }

  export interface MergeFrameHoldingsHaveFieldEvent {
    field: '$.holdings.have[]'
    index: number
    value: string
  }

  export interface MergeFrameResultMergeIdFieldEvent {
    field: '$.result.mergeId'
    value: string
  }

  export interface MergeFrameResultAttemptFieldEvent {
    field: '$.result.attempt'
    value: number
  }

  export interface MergeFrameResultRosterFieldEvent {
    field: '$.result.roster'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeFrameResultDigestFieldEvent {
    field: '$.result.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeFrameResultCallFieldEvent {
    field: '$.result.call'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeFrameResultSignatureFieldEvent {
    field: '$.result.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeFrameRosterMergeIdFieldEvent {
    field: '$.roster.mergeId'
    value: string
  }

  export interface MergeFrameRosterCallFieldEvent {
    field: '$.roster.call'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeFrameRosterAttemptFieldEvent {
    field: '$.roster.attempt'
    value: number
  }

  export interface MergeFrameRosterEntriesMemberFieldEvent {
    field: '$.roster.entries[].member'
    value: number
    index: number
  }

  export interface MergeFrameRosterEntriesDigestFieldEvent {
    field: '$.roster.entries[].digest'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface MergeFrameRosterEntriesSamplesFieldEvent {
    field: '$.roster.entries[].samples'
    value: number
    index: number
  }

  export interface MergeFrameReadyMergeIdFieldEvent {
    field: '$.ready.mergeId'
    value: string
  }

  export interface MergeFrameReadyCallFieldEvent {
    field: '$.ready.call'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeFrameReadyAttemptFieldEvent {
    field: '$.ready.attempt'
    value: number
  }

  export interface MergeFrameReadyRosterFieldEvent {
    field: '$.ready.roster'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeFrameReadyDigestFieldEvent {
    field: '$.ready.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MergeFrameAskMergeIdFieldEvent {
    field: '$.ask.mergeId'
    value: string
  }

  export interface MergeFrameMoreFieldEvent {
    field: '$.more[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<MergeFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MergeFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeFrame>): MergeFrame {
    return decodeMessage(buf, MergeFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MergeFrame>): Generator<MergeFrameCallMergeIdFieldEvent | MergeFrameCallMembersFieldEvent | MergeFrameCallCallerFieldEvent | MergeFrameCallSignatureFieldEvent | MergeFrameCommitmentMergeIdFieldEvent | MergeFrameCommitmentDigestFieldEvent | MergeFrameCommitmentSamplesFieldEvent | MergeFrameHoldingsMergeIdFieldEvent | MergeFrameHoldingsAttemptFieldEvent | MergeFrameHoldingsHaveFieldEvent | MergeFrameResultMergeIdFieldEvent | MergeFrameResultAttemptFieldEvent | MergeFrameResultRosterFieldEvent | MergeFrameResultDigestFieldEvent | MergeFrameResultCallFieldEvent | MergeFrameResultSignatureFieldEvent | MergeFrameRosterMergeIdFieldEvent | MergeFrameRosterCallFieldEvent | MergeFrameRosterAttemptFieldEvent | MergeFrameRosterEntriesMemberFieldEvent | MergeFrameRosterEntriesDigestFieldEvent | MergeFrameRosterEntriesSamplesFieldEvent | MergeFrameReadyMergeIdFieldEvent | MergeFrameReadyCallFieldEvent | MergeFrameReadyAttemptFieldEvent | MergeFrameReadyRosterFieldEvent | MergeFrameReadyDigestFieldEvent | MergeFrameAskMergeIdFieldEvent | MergeFrameMoreFieldEvent> {
    return streamMessage(buf, MergeFrame.codec(), opts)
  }
}

export interface CodecOffer {
  name: string
  version: number
  held?: number
}

export namespace CodecOffer {
  let _codec: Codec<CodecOffer>

  export const codec = (): Codec<CodecOffer> => {
    if (_codec == null) {
      _codec = message<CodecOffer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(10)
          w.string(obj.name)
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(16)
          w.uint32(obj.version)
        }

        if (obj.held != null) {
          w.uint32(24)
          w.uint64Number(obj.held)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          name: '',
          version: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.name = reader.string()
              break
            }
            case 2: {
              obj.version = reader.uint32()
              break
            }
            case 3: {
              obj.held = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.version`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.held`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface CodecOfferNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface CodecOfferVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface CodecOfferHeldFieldEvent {
    field: '$.held'
    value: number
  }

  export function encode (obj: Partial<CodecOffer>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, CodecOffer.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CodecOffer>): CodecOffer {
    return decodeMessage(buf, CodecOffer.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CodecOffer>): Generator<CodecOfferNameFieldEvent | CodecOfferVersionFieldEvent | CodecOfferHeldFieldEvent> {
    return streamMessage(buf, CodecOffer.codec(), opts)
  }
}

export interface NewestRequest {
  newerThan: number
  accepts: CodecOffer[]
  ahead: number
}

export namespace NewestRequest {
  let _codec: Codec<NewestRequest>

  export const codec = (): Codec<NewestRequest> => {
    if (_codec == null) {
      _codec = message<NewestRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.newerThan != null && obj.newerThan !== 0)) {
          w.uint32(8)
          w.sint64Number(obj.newerThan)
        }

        if (obj.accepts != null && obj.accepts.length > 0) {
          for (const value of obj.accepts) {
            w.uint32(18)
            CodecOffer.codec().encode(value, w)
          }
        }

        if ((obj.ahead != null && obj.ahead !== 0)) {
          w.uint32(24)
          w.uint32(obj.ahead)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          newerThan: 0,
          accepts: [],
          ahead: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.newerThan = reader.sint64Number()
              break
            }
            case 2: {
              if (opts.limits?.accepts != null && obj.accepts.length === opts.limits.accepts) {
                throw new MaxLengthError('Decode error - repeated field "accepts" had too many elements')
              }

              obj.accepts.push(CodecOffer.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.accepts$
              }))
              break
            }
            case 3: {
              obj.ahead = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          accepts: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.newerThan`,
                value: reader.sint64Number()
              }
              break
            }
            case 2: {
              if (opts.limits?.accepts != null && obj.accepts === opts.limits.accepts) {
                throw new MaxLengthError('Streaming decode error - repeated field "accepts" had too many elements')
              }

              for (const evt of CodecOffer.codec().stream(reader, reader.uint32(), `${prefix}.accepts[]`, {
                limits: opts.limits?.accepts$
              })) {
                yield {
                  ...evt,
                  index: obj.accepts
                }
              }

              obj.accepts++

              break
            }
            case 3: {
              yield {
                field: `${prefix}.ahead`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface NewestRequestNewerThanFieldEvent {
    field: '$.newerThan'
    value: number
  }

  export interface NewestRequestAcceptsNameFieldEvent {
    field: '$.accepts[].name'
    value: string
    index: number
  }

  export interface NewestRequestAcceptsVersionFieldEvent {
    field: '$.accepts[].version'
    value: number
    index: number
  }

  export interface NewestRequestAcceptsHeldFieldEvent {
    field: '$.accepts[].held'
    value: number
    index: number
  }

  export interface NewestRequestAheadFieldEvent {
    field: '$.ahead'
    value: number
  }

  export function encode (obj: Partial<NewestRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, NewestRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NewestRequest>): NewestRequest {
    return decodeMessage(buf, NewestRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NewestRequest>): Generator<NewestRequestNewerThanFieldEvent | NewestRequestAcceptsNameFieldEvent | NewestRequestAcceptsVersionFieldEvent | NewestRequestAcceptsHeldFieldEvent | NewestRequestAheadFieldEvent> {
    return streamMessage(buf, NewestRequest.codec(), opts)
  }
}

export interface ExactRequest {
  digest: Uint8Array<ArrayBuffer>
  ahead: number
}

export namespace ExactRequest {
  let _codec: Codec<ExactRequest>

  export const codec = (): Codec<ExactRequest> => {
    if (_codec == null) {
      _codec = message<ExactRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.digest != null && obj.digest.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.digest)
        }

        if ((obj.ahead != null && obj.ahead !== 0)) {
          w.uint32(16)
          w.uint32(obj.ahead)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          digest: uint8ArrayAlloc(0),
          ahead: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.digest = reader.bytes()
              break
            }
            case 2: {
              obj.ahead = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.digest`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.ahead`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ExactRequestDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ExactRequestAheadFieldEvent {
    field: '$.ahead'
    value: number
  }

  export function encode (obj: Partial<ExactRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ExactRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ExactRequest>): ExactRequest {
    return decodeMessage(buf, ExactRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ExactRequest>): Generator<ExactRequestDigestFieldEvent | ExactRequestAheadFieldEvent> {
    return streamMessage(buf, ExactRequest.codec(), opts)
  }
}

export interface ChunkRequest {
  digest: Uint8Array<ArrayBuffer>
  index: number
}

export namespace ChunkRequest {
  let _codec: Codec<ChunkRequest>

  export const codec = (): Codec<ChunkRequest> => {
    if (_codec == null) {
      _codec = message<ChunkRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.digest != null && obj.digest.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.digest)
        }

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(16)
          w.uint32(obj.index)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          digest: uint8ArrayAlloc(0),
          index: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.digest = reader.bytes()
              break
            }
            case 2: {
              obj.index = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.digest`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.index`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ChunkRequestDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ChunkRequestIndexFieldEvent {
    field: '$.index'
    value: number
  }

  export function encode (obj: Partial<ChunkRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ChunkRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ChunkRequest>): ChunkRequest {
    return decodeMessage(buf, ChunkRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ChunkRequest>): Generator<ChunkRequestDigestFieldEvent | ChunkRequestIndexFieldEvent> {
    return streamMessage(buf, ChunkRequest.codec(), opts)
  }
}

export interface SnapshotRequestFrame {
  newest?: NewestRequest
  exact?: ExactRequest
  chunk?: ChunkRequest
}

export namespace SnapshotRequestFrame {
  let _codec: Codec<SnapshotRequestFrame>

  export const codec = (): Codec<SnapshotRequestFrame> => {
    if (_codec == null) {
      _codec = message<SnapshotRequestFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.chunk != null) {
          obj.exact = undefined
          obj.newest = undefined
        }

        if (obj.exact != null) {
          obj.chunk = undefined
          obj.newest = undefined
        }

        if (obj.newest != null) {
          obj.chunk = undefined
          obj.exact = undefined
        }

        if (obj.newest != null) {
          w.uint32(10)
          NewestRequest.codec().encode(obj.newest, w)
        }

        if (obj.exact != null) {
          w.uint32(18)
          ExactRequest.codec().encode(obj.exact, w)
        }

        if (obj.chunk != null) {
          w.uint32(26)
          ChunkRequest.codec().encode(obj.chunk, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.newest = NewestRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.newest
              })
              break
            }
            case 2: {
              obj.exact = ExactRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.exact
              })
              break
            }
            case 3: {
              obj.chunk = ChunkRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.chunk
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.chunk != null) {
          delete obj.exact
          delete obj.newest
        }

        if (obj.exact != null) {
          delete obj.chunk
          delete obj.newest
        }

        if (obj.newest != null) {
          delete obj.chunk
          delete obj.exact
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * NewestRequest.codec().stream(reader, reader.uint32(), `${prefix}.newest`, {
                limits: opts.limits?.newest
              })

              break
            }
            case 2: {
              yield * ExactRequest.codec().stream(reader, reader.uint32(), `${prefix}.exact`, {
                limits: opts.limits?.exact
              })

              break
            }
            case 3: {
              yield * ChunkRequest.codec().stream(reader, reader.uint32(), `${prefix}.chunk`, {
                limits: opts.limits?.chunk
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface SnapshotRequestFrameNewestNewerThanFieldEvent {
    field: '$.newest.newerThan'
    value: number
  }

  export interface SnapshotRequestFrameNewestAcceptsNameFieldEvent {
    field: '$.newest.accepts[].name'
    value: string
    index: number
  }

  export interface SnapshotRequestFrameNewestAcceptsVersionFieldEvent {
    field: '$.newest.accepts[].version'
    value: number
    index: number
  }

  export interface SnapshotRequestFrameNewestAcceptsHeldFieldEvent {
    field: '$.newest.accepts[].held'
    value: number
    index: number
  }

  export interface SnapshotRequestFrameNewestAheadFieldEvent {
    field: '$.newest.ahead'
    value: number
  }

  export interface SnapshotRequestFrameExactDigestFieldEvent {
    field: '$.exact.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SnapshotRequestFrameExactAheadFieldEvent {
    field: '$.exact.ahead'
    value: number
  }

  export interface SnapshotRequestFrameChunkDigestFieldEvent {
    field: '$.chunk.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SnapshotRequestFrameChunkIndexFieldEvent {
    field: '$.chunk.index'
    value: number
  }

  export function encode (obj: Partial<SnapshotRequestFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SnapshotRequestFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SnapshotRequestFrame>): SnapshotRequestFrame {
    return decodeMessage(buf, SnapshotRequestFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SnapshotRequestFrame>): Generator<SnapshotRequestFrameNewestNewerThanFieldEvent | SnapshotRequestFrameNewestAcceptsNameFieldEvent | SnapshotRequestFrameNewestAcceptsVersionFieldEvent | SnapshotRequestFrameNewestAcceptsHeldFieldEvent | SnapshotRequestFrameNewestAheadFieldEvent | SnapshotRequestFrameExactDigestFieldEvent | SnapshotRequestFrameExactAheadFieldEvent | SnapshotRequestFrameChunkDigestFieldEvent | SnapshotRequestFrameChunkIndexFieldEvent> {
    return streamMessage(buf, SnapshotRequestFrame.codec(), opts)
  }
}

export interface Manifest {
  head?: Head
  layout: Uint8Array<ArrayBuffer>
  bytes: number
  leaves: Uint8Array<ArrayBuffer>
  following: number
}

export namespace Manifest {
  let _codec: Codec<Manifest>

  export const codec = (): Codec<Manifest> => {
    if (_codec == null) {
      _codec = message<Manifest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.head != null) {
          w.uint32(10)
          Head.codec().encode(obj.head, w)
        }

        if ((obj.layout != null && obj.layout.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.layout)
        }

        if ((obj.bytes != null && obj.bytes !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.bytes)
        }

        if ((obj.leaves != null && obj.leaves.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.leaves)
        }

        if ((obj.following != null && obj.following !== 0)) {
          w.uint32(40)
          w.uint32(obj.following)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          layout: uint8ArrayAlloc(0),
          bytes: 0,
          leaves: uint8ArrayAlloc(0),
          following: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.head = Head.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.head
              })
              break
            }
            case 2: {
              obj.layout = reader.bytes()
              break
            }
            case 3: {
              obj.bytes = reader.uint64Number()
              break
            }
            case 4: {
              obj.leaves = reader.bytes()
              break
            }
            case 5: {
              obj.following = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Head.codec().stream(reader, reader.uint32(), `${prefix}.head`, {
                limits: opts.limits?.head
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.layout`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.bytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.leaves`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.following`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ManifestHeadVersionFieldEvent {
    field: '$.head.version'
    value: number
  }

  export interface ManifestHeadRoundFieldEvent {
    field: '$.head.round'
    value: number
  }

  export interface ManifestHeadSamplesFieldEvent {
    field: '$.head.samples'
    value: number
  }

  export interface ManifestHeadDigestFieldEvent {
    field: '$.head.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ManifestHeadDegreeFieldEvent {
    field: '$.head.degree'
    value: number
  }

  export interface ManifestHeadFinishedFieldEvent {
    field: '$.head.finished'
    value: boolean
  }

  export interface ManifestHeadLossFieldEvent {
    field: '$.head.loss'
    value: number
  }

  export interface ManifestHeadAccuracyFieldEvent {
    field: '$.head.accuracy'
    value: number
  }

  export interface ManifestLayoutFieldEvent {
    field: '$.layout'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ManifestBytesFieldEvent {
    field: '$.bytes'
    value: number
  }

  export interface ManifestLeavesFieldEvent {
    field: '$.leaves'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ManifestFollowingFieldEvent {
    field: '$.following'
    value: number
  }

  export function encode (obj: Partial<Manifest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Manifest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Manifest>): Manifest {
    return decodeMessage(buf, Manifest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Manifest>): Generator<ManifestHeadVersionFieldEvent | ManifestHeadRoundFieldEvent | ManifestHeadSamplesFieldEvent | ManifestHeadDigestFieldEvent | ManifestHeadDegreeFieldEvent | ManifestHeadFinishedFieldEvent | ManifestHeadLossFieldEvent | ManifestHeadAccuracyFieldEvent | ManifestLayoutFieldEvent | ManifestBytesFieldEvent | ManifestLeavesFieldEvent | ManifestFollowingFieldEvent> {
    return streamMessage(buf, Manifest.codec(), opts)
  }
}

export interface Chunk {
  index: number
  data: Uint8Array<ArrayBuffer>
}

export namespace Chunk {
  let _codec: Codec<Chunk>

  export const codec = (): Codec<Chunk> => {
    if (_codec == null) {
      _codec = message<Chunk>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(8)
          w.uint32(obj.index)
        }

        if ((obj.data != null && obj.data.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.data)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          index: 0,
          data: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.index = reader.uint32()
              break
            }
            case 2: {
              obj.data = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.index`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.data`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ChunkIndexFieldEvent {
    field: '$.index'
    value: number
  }

  export interface ChunkDataFieldEvent {
    field: '$.data'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Chunk>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Chunk.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Chunk>): Chunk {
    return decodeMessage(buf, Chunk.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Chunk>): Generator<ChunkIndexFieldEvent | ChunkDataFieldEvent> {
    return streamMessage(buf, Chunk.codec(), opts)
  }
}

export interface None {}

export namespace None {
  let _codec: Codec<None>

  export const codec = (): Codec<None> => {
    if (_codec == null) {
      _codec = message<None>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export function encode (obj: Partial<None>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, None.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<None>): None {
    return decodeMessage(buf, None.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<None>): Generator<{}> {
    return streamMessage(buf, None.codec(), opts)
  }
}

export interface Refused {
  code: string
  message: string
}

export namespace Refused {
  let _codec: Codec<Refused>

  export const codec = (): Codec<Refused> => {
    if (_codec == null) {
      _codec = message<Refused>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.code != null && obj.code !== '')) {
          w.uint32(10)
          w.string(obj.code)
        }

        if ((obj.message != null && obj.message !== '')) {
          w.uint32(18)
          w.string(obj.message)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          code: '',
          message: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.code = reader.string()
              break
            }
            case 2: {
              obj.message = reader.string()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.code`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.message`,
                value: reader.string()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface RefusedCodeFieldEvent {
    field: '$.code'
    value: string
  }

  export interface RefusedMessageFieldEvent {
    field: '$.message'
    value: string
  }

  export function encode (obj: Partial<Refused>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Refused.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Refused>): Refused {
    return decodeMessage(buf, Refused.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Refused>): Generator<RefusedCodeFieldEvent | RefusedMessageFieldEvent> {
    return streamMessage(buf, Refused.codec(), opts)
  }
}

export interface EncodedManifest {
  head?: Head
  layout: Uint8Array<ArrayBuffer>
  codec: string
  version: number
  bytes: number
  leaves: Uint8Array<ArrayBuffer>
  waitedMs: number
  following: number
}

export namespace EncodedManifest {
  let _codec: Codec<EncodedManifest>

  export const codec = (): Codec<EncodedManifest> => {
    if (_codec == null) {
      _codec = message<EncodedManifest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.head != null) {
          w.uint32(10)
          Head.codec().encode(obj.head, w)
        }

        if ((obj.layout != null && obj.layout.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.layout)
        }

        if ((obj.codec != null && obj.codec !== '')) {
          w.uint32(26)
          w.string(obj.codec)
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(32)
          w.uint32(obj.version)
        }

        if ((obj.bytes != null && obj.bytes !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.bytes)
        }

        if ((obj.leaves != null && obj.leaves.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.leaves)
        }

        if ((obj.waitedMs != null && obj.waitedMs !== 0)) {
          w.uint32(57)
          w.double(obj.waitedMs)
        }

        if ((obj.following != null && obj.following !== 0)) {
          w.uint32(64)
          w.uint32(obj.following)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          layout: uint8ArrayAlloc(0),
          codec: '',
          version: 0,
          bytes: 0,
          leaves: uint8ArrayAlloc(0),
          waitedMs: 0,
          following: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.head = Head.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.head
              })
              break
            }
            case 2: {
              obj.layout = reader.bytes()
              break
            }
            case 3: {
              obj.codec = reader.string()
              break
            }
            case 4: {
              obj.version = reader.uint32()
              break
            }
            case 5: {
              obj.bytes = reader.uint64Number()
              break
            }
            case 6: {
              obj.leaves = reader.bytes()
              break
            }
            case 7: {
              obj.waitedMs = reader.double()
              break
            }
            case 8: {
              obj.following = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Head.codec().stream(reader, reader.uint32(), `${prefix}.head`, {
                limits: opts.limits?.head
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.layout`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.codec`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.version`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.bytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.leaves`,
                value: reader.bytes()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.waitedMs`,
                value: reader.double()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.following`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface EncodedManifestHeadVersionFieldEvent {
    field: '$.head.version'
    value: number
  }

  export interface EncodedManifestHeadRoundFieldEvent {
    field: '$.head.round'
    value: number
  }

  export interface EncodedManifestHeadSamplesFieldEvent {
    field: '$.head.samples'
    value: number
  }

  export interface EncodedManifestHeadDigestFieldEvent {
    field: '$.head.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface EncodedManifestHeadDegreeFieldEvent {
    field: '$.head.degree'
    value: number
  }

  export interface EncodedManifestHeadFinishedFieldEvent {
    field: '$.head.finished'
    value: boolean
  }

  export interface EncodedManifestHeadLossFieldEvent {
    field: '$.head.loss'
    value: number
  }

  export interface EncodedManifestHeadAccuracyFieldEvent {
    field: '$.head.accuracy'
    value: number
  }

  export interface EncodedManifestLayoutFieldEvent {
    field: '$.layout'
    value: Uint8Array<ArrayBuffer>
  }

  export interface EncodedManifestCodecFieldEvent {
    field: '$.codec'
    value: string
  }

  export interface EncodedManifestVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface EncodedManifestBytesFieldEvent {
    field: '$.bytes'
    value: number
  }

  export interface EncodedManifestLeavesFieldEvent {
    field: '$.leaves'
    value: Uint8Array<ArrayBuffer>
  }

  export interface EncodedManifestWaitedMsFieldEvent {
    field: '$.waitedMs'
    value: number
  }

  export interface EncodedManifestFollowingFieldEvent {
    field: '$.following'
    value: number
  }

  export function encode (obj: Partial<EncodedManifest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, EncodedManifest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EncodedManifest>): EncodedManifest {
    return decodeMessage(buf, EncodedManifest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EncodedManifest>): Generator<EncodedManifestHeadVersionFieldEvent | EncodedManifestHeadRoundFieldEvent | EncodedManifestHeadSamplesFieldEvent | EncodedManifestHeadDigestFieldEvent | EncodedManifestHeadDegreeFieldEvent | EncodedManifestHeadFinishedFieldEvent | EncodedManifestHeadLossFieldEvent | EncodedManifestHeadAccuracyFieldEvent | EncodedManifestLayoutFieldEvent | EncodedManifestCodecFieldEvent | EncodedManifestVersionFieldEvent | EncodedManifestBytesFieldEvent | EncodedManifestLeavesFieldEvent | EncodedManifestWaitedMsFieldEvent | EncodedManifestFollowingFieldEvent> {
    return streamMessage(buf, EncodedManifest.codec(), opts)
  }
}

export interface SnapshotReplyFrame {
  manifest?: Manifest
  chunk?: Chunk
  none?: None
  refused?: Refused
  encoded?: EncodedManifest
}

export namespace SnapshotReplyFrame {
  let _codec: Codec<SnapshotReplyFrame>

  export const codec = (): Codec<SnapshotReplyFrame> => {
    if (_codec == null) {
      _codec = message<SnapshotReplyFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.encoded != null) {
          obj.refused = undefined
          obj.none = undefined
          obj.chunk = undefined
          obj.manifest = undefined
        }

        if (obj.refused != null) {
          obj.encoded = undefined
          obj.none = undefined
          obj.chunk = undefined
          obj.manifest = undefined
        }

        if (obj.none != null) {
          obj.encoded = undefined
          obj.refused = undefined
          obj.chunk = undefined
          obj.manifest = undefined
        }

        if (obj.chunk != null) {
          obj.encoded = undefined
          obj.refused = undefined
          obj.none = undefined
          obj.manifest = undefined
        }

        if (obj.manifest != null) {
          obj.encoded = undefined
          obj.refused = undefined
          obj.none = undefined
          obj.chunk = undefined
        }

        if (obj.manifest != null) {
          w.uint32(10)
          Manifest.codec().encode(obj.manifest, w)
        }

        if (obj.chunk != null) {
          w.uint32(18)
          Chunk.codec().encode(obj.chunk, w)
        }

        if (obj.none != null) {
          w.uint32(26)
          None.codec().encode(obj.none, w)
        }

        if (obj.refused != null) {
          w.uint32(34)
          Refused.codec().encode(obj.refused, w)
        }

        if (obj.encoded != null) {
          w.uint32(42)
          EncodedManifest.codec().encode(obj.encoded, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.manifest = Manifest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.manifest
              })
              break
            }
            case 2: {
              obj.chunk = Chunk.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.chunk
              })
              break
            }
            case 3: {
              obj.none = None.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.none
              })
              break
            }
            case 4: {
              obj.refused = Refused.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refused
              })
              break
            }
            case 5: {
              obj.encoded = EncodedManifest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.encoded
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.encoded != null) {
          delete obj.refused
          delete obj.none
          delete obj.chunk
          delete obj.manifest
        }

        if (obj.refused != null) {
          delete obj.encoded
          delete obj.none
          delete obj.chunk
          delete obj.manifest
        }

        if (obj.none != null) {
          delete obj.encoded
          delete obj.refused
          delete obj.chunk
          delete obj.manifest
        }

        if (obj.chunk != null) {
          delete obj.encoded
          delete obj.refused
          delete obj.none
          delete obj.manifest
        }

        if (obj.manifest != null) {
          delete obj.encoded
          delete obj.refused
          delete obj.none
          delete obj.chunk
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Manifest.codec().stream(reader, reader.uint32(), `${prefix}.manifest`, {
                limits: opts.limits?.manifest
              })

              break
            }
            case 2: {
              yield * Chunk.codec().stream(reader, reader.uint32(), `${prefix}.chunk`, {
                limits: opts.limits?.chunk
              })

              break
            }
            case 3: {
              yield * None.codec().stream(reader, reader.uint32(), `${prefix}.none`, {
                limits: opts.limits?.none
              })

              break
            }
            case 4: {
              yield * Refused.codec().stream(reader, reader.uint32(), `${prefix}.refused`, {
                limits: opts.limits?.refused
              })

              break
            }
            case 5: {
              yield * EncodedManifest.codec().stream(reader, reader.uint32(), `${prefix}.encoded`, {
                limits: opts.limits?.encoded
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface SnapshotReplyFrameManifestHeadVersionFieldEvent {
    field: '$.manifest.head.version'
    value: number
  }

  export interface SnapshotReplyFrameManifestHeadRoundFieldEvent {
    field: '$.manifest.head.round'
    value: number
  }

  export interface SnapshotReplyFrameManifestHeadSamplesFieldEvent {
    field: '$.manifest.head.samples'
    value: number
  }

  export interface SnapshotReplyFrameManifestHeadDigestFieldEvent {
    field: '$.manifest.head.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SnapshotReplyFrameManifestHeadDegreeFieldEvent {
    field: '$.manifest.head.degree'
    value: number
  }

  export interface SnapshotReplyFrameManifestHeadFinishedFieldEvent {
    field: '$.manifest.head.finished'
    value: boolean
  }

  export interface SnapshotReplyFrameManifestHeadLossFieldEvent {
    field: '$.manifest.head.loss'
    value: number
  }

  export interface SnapshotReplyFrameManifestHeadAccuracyFieldEvent {
    field: '$.manifest.head.accuracy'
    value: number
  }

  export interface SnapshotReplyFrameManifestLayoutFieldEvent {
    field: '$.manifest.layout'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SnapshotReplyFrameManifestBytesFieldEvent {
    field: '$.manifest.bytes'
    value: number
  }

  export interface SnapshotReplyFrameManifestLeavesFieldEvent {
    field: '$.manifest.leaves'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SnapshotReplyFrameManifestFollowingFieldEvent {
    field: '$.manifest.following'
    value: number
  }

  export interface SnapshotReplyFrameChunkIndexFieldEvent {
    field: '$.chunk.index'
    value: number
  }

  export interface SnapshotReplyFrameChunkDataFieldEvent {
    field: '$.chunk.data'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SnapshotReplyFrameRefusedCodeFieldEvent {
    field: '$.refused.code'
    value: string
  }

  export interface SnapshotReplyFrameRefusedMessageFieldEvent {
    field: '$.refused.message'
    value: string
  }

  export interface SnapshotReplyFrameEncodedHeadVersionFieldEvent {
    field: '$.encoded.head.version'
    value: number
  }

  export interface SnapshotReplyFrameEncodedHeadRoundFieldEvent {
    field: '$.encoded.head.round'
    value: number
  }

  export interface SnapshotReplyFrameEncodedHeadSamplesFieldEvent {
    field: '$.encoded.head.samples'
    value: number
  }

  export interface SnapshotReplyFrameEncodedHeadDigestFieldEvent {
    field: '$.encoded.head.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SnapshotReplyFrameEncodedHeadDegreeFieldEvent {
    field: '$.encoded.head.degree'
    value: number
  }

  export interface SnapshotReplyFrameEncodedHeadFinishedFieldEvent {
    field: '$.encoded.head.finished'
    value: boolean
  }

  export interface SnapshotReplyFrameEncodedHeadLossFieldEvent {
    field: '$.encoded.head.loss'
    value: number
  }

  export interface SnapshotReplyFrameEncodedHeadAccuracyFieldEvent {
    field: '$.encoded.head.accuracy'
    value: number
  }

  export interface SnapshotReplyFrameEncodedLayoutFieldEvent {
    field: '$.encoded.layout'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SnapshotReplyFrameEncodedCodecFieldEvent {
    field: '$.encoded.codec'
    value: string
  }

  export interface SnapshotReplyFrameEncodedVersionFieldEvent {
    field: '$.encoded.version'
    value: number
  }

  export interface SnapshotReplyFrameEncodedBytesFieldEvent {
    field: '$.encoded.bytes'
    value: number
  }

  export interface SnapshotReplyFrameEncodedLeavesFieldEvent {
    field: '$.encoded.leaves'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SnapshotReplyFrameEncodedWaitedMsFieldEvent {
    field: '$.encoded.waitedMs'
    value: number
  }

  export interface SnapshotReplyFrameEncodedFollowingFieldEvent {
    field: '$.encoded.following'
    value: number
  }

  export function encode (obj: Partial<SnapshotReplyFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SnapshotReplyFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SnapshotReplyFrame>): SnapshotReplyFrame {
    return decodeMessage(buf, SnapshotReplyFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SnapshotReplyFrame>): Generator<SnapshotReplyFrameManifestHeadVersionFieldEvent | SnapshotReplyFrameManifestHeadRoundFieldEvent | SnapshotReplyFrameManifestHeadSamplesFieldEvent | SnapshotReplyFrameManifestHeadDigestFieldEvent | SnapshotReplyFrameManifestHeadDegreeFieldEvent | SnapshotReplyFrameManifestHeadFinishedFieldEvent | SnapshotReplyFrameManifestHeadLossFieldEvent | SnapshotReplyFrameManifestHeadAccuracyFieldEvent | SnapshotReplyFrameManifestLayoutFieldEvent | SnapshotReplyFrameManifestBytesFieldEvent | SnapshotReplyFrameManifestLeavesFieldEvent | SnapshotReplyFrameManifestFollowingFieldEvent | SnapshotReplyFrameChunkIndexFieldEvent | SnapshotReplyFrameChunkDataFieldEvent | SnapshotReplyFrameRefusedCodeFieldEvent | SnapshotReplyFrameRefusedMessageFieldEvent | SnapshotReplyFrameEncodedHeadVersionFieldEvent | SnapshotReplyFrameEncodedHeadRoundFieldEvent | SnapshotReplyFrameEncodedHeadSamplesFieldEvent | SnapshotReplyFrameEncodedHeadDigestFieldEvent | SnapshotReplyFrameEncodedHeadDegreeFieldEvent | SnapshotReplyFrameEncodedHeadFinishedFieldEvent | SnapshotReplyFrameEncodedHeadLossFieldEvent | SnapshotReplyFrameEncodedHeadAccuracyFieldEvent | SnapshotReplyFrameEncodedLayoutFieldEvent | SnapshotReplyFrameEncodedCodecFieldEvent | SnapshotReplyFrameEncodedVersionFieldEvent | SnapshotReplyFrameEncodedBytesFieldEvent | SnapshotReplyFrameEncodedLeavesFieldEvent | SnapshotReplyFrameEncodedWaitedMsFieldEvent | SnapshotReplyFrameEncodedFollowingFieldEvent> {
    return streamMessage(buf, SnapshotReplyFrame.codec(), opts)
  }
}

export interface LeavesRequest {
  digest: Uint8Array<ArrayBuffer>
}

export namespace LeavesRequest {
  let _codec: Codec<LeavesRequest>

  export const codec = (): Codec<LeavesRequest> => {
    if (_codec == null) {
      _codec = message<LeavesRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.digest != null && obj.digest.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.digest)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          digest: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.digest = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.digest`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface LeavesRequestDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<LeavesRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, LeavesRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeavesRequest>): LeavesRequest {
    return decodeMessage(buf, LeavesRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeavesRequest>): Generator<LeavesRequestDigestFieldEvent> {
    return streamMessage(buf, LeavesRequest.codec(), opts)
  }
}

export interface PieceRequest {
  digest: Uint8Array<ArrayBuffer>
  indexes: number[]
}

export namespace PieceRequest {
  let _codec: Codec<PieceRequest>

  export const codec = (): Codec<PieceRequest> => {
    if (_codec == null) {
      _codec = message<PieceRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.digest != null && obj.digest.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.digest)
        }

        if (obj.indexes != null && obj.indexes.length > 0) {
          for (const value of obj.indexes) {
            w.uint32(16)
            w.uint32(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          digest: uint8ArrayAlloc(0),
          indexes: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.digest = reader.bytes()
              break
            }
            case 2: {
              if (opts.limits?.indexes != null && obj.indexes.length === opts.limits.indexes) {
                throw new MaxLengthError('Decode error - repeated field "indexes" had too many elements')
              }

              obj.indexes.push(reader.uint32())
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          indexes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.digest`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              if (opts.limits?.indexes != null && obj.indexes === opts.limits.indexes) {
                throw new MaxLengthError('Streaming decode error - repeated field "indexes" had too many elements')
              }

              yield {
                field: `${prefix}.indexes[]`,
                index: obj.indexes,
                value: reader.uint32()
              }

              obj.indexes++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface PieceRequestDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PieceRequestIndexesFieldEvent {
    field: '$.indexes[]'
    index: number
    value: number
  }

  export function encode (obj: Partial<PieceRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PieceRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PieceRequest>): PieceRequest {
    return decodeMessage(buf, PieceRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PieceRequest>): Generator<PieceRequestDigestFieldEvent | PieceRequestIndexesFieldEvent> {
    return streamMessage(buf, PieceRequest.codec(), opts)
  }
}

export interface AverageRequest {
  roster: Uint8Array<ArrayBuffer>
  indexes: number[]
}

export namespace AverageRequest {
  let _codec: Codec<AverageRequest>

  export const codec = (): Codec<AverageRequest> => {
    if (_codec == null) {
      _codec = message<AverageRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.roster != null && obj.roster.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.roster)
        }

        if (obj.indexes != null && obj.indexes.length > 0) {
          for (const value of obj.indexes) {
            w.uint32(16)
            w.uint32(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          roster: uint8ArrayAlloc(0),
          indexes: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.roster = reader.bytes()
              break
            }
            case 2: {
              if (opts.limits?.indexes != null && obj.indexes.length === opts.limits.indexes) {
                throw new MaxLengthError('Decode error - repeated field "indexes" had too many elements')
              }

              obj.indexes.push(reader.uint32())
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          indexes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.roster`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              if (opts.limits?.indexes != null && obj.indexes === opts.limits.indexes) {
                throw new MaxLengthError('Streaming decode error - repeated field "indexes" had too many elements')
              }

              yield {
                field: `${prefix}.indexes[]`,
                index: obj.indexes,
                value: reader.uint32()
              }

              obj.indexes++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface AverageRequestRosterFieldEvent {
    field: '$.roster'
    value: Uint8Array<ArrayBuffer>
  }

  export interface AverageRequestIndexesFieldEvent {
    field: '$.indexes[]'
    index: number
    value: number
  }

  export function encode (obj: Partial<AverageRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, AverageRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AverageRequest>): AverageRequest {
    return decodeMessage(buf, AverageRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AverageRequest>): Generator<AverageRequestRosterFieldEvent | AverageRequestIndexesFieldEvent> {
    return streamMessage(buf, AverageRequest.codec(), opts)
  }
}

export interface SketchRequest {
  digest: Uint8Array<ArrayBuffer>
  seed: number
}

export namespace SketchRequest {
  let _codec: Codec<SketchRequest>

  export const codec = (): Codec<SketchRequest> => {
    if (_codec == null) {
      _codec = message<SketchRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.digest != null && obj.digest.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.digest)
        }

        if ((obj.seed != null && obj.seed !== 0)) {
          w.uint32(16)
          w.uint32(obj.seed)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          digest: uint8ArrayAlloc(0),
          seed: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.digest = reader.bytes()
              break
            }
            case 2: {
              obj.seed = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.digest`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.seed`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface SketchRequestDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SketchRequestSeedFieldEvent {
    field: '$.seed'
    value: number
  }

  export function encode (obj: Partial<SketchRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SketchRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SketchRequest>): SketchRequest {
    return decodeMessage(buf, SketchRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SketchRequest>): Generator<SketchRequestDigestFieldEvent | SketchRequestSeedFieldEvent> {
    return streamMessage(buf, SketchRequest.codec(), opts)
  }
}

export interface SumRequest {
  mergeId: string
  newerThan: number
}

export namespace SumRequest {
  let _codec: Codec<SumRequest>

  export const codec = (): Codec<SumRequest> => {
    if (_codec == null) {
      _codec = message<SumRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mergeId != null && obj.mergeId !== '')) {
          w.uint32(10)
          w.string(obj.mergeId)
        }

        if ((obj.newerThan != null && obj.newerThan !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.newerThan)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mergeId: '',
          newerThan: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mergeId = reader.string()
              break
            }
            case 2: {
              obj.newerThan = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.mergeId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.newerThan`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface SumRequestMergeIdFieldEvent {
    field: '$.mergeId'
    value: string
  }

  export interface SumRequestNewerThanFieldEvent {
    field: '$.newerThan'
    value: number
  }

  export function encode (obj: Partial<SumRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SumRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SumRequest>): SumRequest {
    return decodeMessage(buf, SumRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SumRequest>): Generator<SumRequestMergeIdFieldEvent | SumRequestNewerThanFieldEvent> {
    return streamMessage(buf, SumRequest.codec(), opts)
  }
}

export interface TestimonyRequest {
  roster: Uint8Array<ArrayBuffer>
  seed: number
}

export namespace TestimonyRequest {
  let _codec: Codec<TestimonyRequest>

  export const codec = (): Codec<TestimonyRequest> => {
    if (_codec == null) {
      _codec = message<TestimonyRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.roster != null && obj.roster.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.roster)
        }

        if ((obj.seed != null && obj.seed !== 0)) {
          w.uint32(16)
          w.uint32(obj.seed)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          roster: uint8ArrayAlloc(0),
          seed: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.roster = reader.bytes()
              break
            }
            case 2: {
              obj.seed = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.roster`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.seed`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface TestimonyRequestRosterFieldEvent {
    field: '$.roster'
    value: Uint8Array<ArrayBuffer>
  }

  export interface TestimonyRequestSeedFieldEvent {
    field: '$.seed'
    value: number
  }

  export function encode (obj: Partial<TestimonyRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, TestimonyRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TestimonyRequest>): TestimonyRequest {
    return decodeMessage(buf, TestimonyRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TestimonyRequest>): Generator<TestimonyRequestRosterFieldEvent | TestimonyRequestSeedFieldEvent> {
    return streamMessage(buf, TestimonyRequest.codec(), opts)
  }
}

export interface ShardRequestFrame {
  testimony?: TestimonyRequest
  leaves?: LeavesRequest
  piece?: PieceRequest
  average?: AverageRequest
  sketch?: SketchRequest
  sum?: SumRequest
}

export namespace ShardRequestFrame {
  let _codec: Codec<ShardRequestFrame>

  export const codec = (): Codec<ShardRequestFrame> => {
    if (_codec == null) {
      _codec = message<ShardRequestFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.sum != null) {
          obj.sketch = undefined
          obj.average = undefined
          obj.piece = undefined
          obj.leaves = undefined
          obj.testimony = undefined
        }

        if (obj.sketch != null) {
          obj.sum = undefined
          obj.average = undefined
          obj.piece = undefined
          obj.leaves = undefined
          obj.testimony = undefined
        }

        if (obj.average != null) {
          obj.sum = undefined
          obj.sketch = undefined
          obj.piece = undefined
          obj.leaves = undefined
          obj.testimony = undefined
        }

        if (obj.piece != null) {
          obj.sum = undefined
          obj.sketch = undefined
          obj.average = undefined
          obj.leaves = undefined
          obj.testimony = undefined
        }

        if (obj.leaves != null) {
          obj.sum = undefined
          obj.sketch = undefined
          obj.average = undefined
          obj.piece = undefined
          obj.testimony = undefined
        }

        if (obj.testimony != null) {
          obj.sum = undefined
          obj.sketch = undefined
          obj.average = undefined
          obj.piece = undefined
          obj.leaves = undefined
        }

        if (obj.testimony != null) {
          w.uint32(58)
          TestimonyRequest.codec().encode(obj.testimony, w)
        }

        if (obj.leaves != null) {
          w.uint32(10)
          LeavesRequest.codec().encode(obj.leaves, w)
        }

        if (obj.piece != null) {
          w.uint32(18)
          PieceRequest.codec().encode(obj.piece, w)
        }

        if (obj.average != null) {
          w.uint32(26)
          AverageRequest.codec().encode(obj.average, w)
        }

        if (obj.sketch != null) {
          w.uint32(34)
          SketchRequest.codec().encode(obj.sketch, w)
        }

        if (obj.sum != null) {
          w.uint32(42)
          SumRequest.codec().encode(obj.sum, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 7: {
              obj.testimony = TestimonyRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.testimony
              })
              break
            }
            case 1: {
              obj.leaves = LeavesRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.leaves
              })
              break
            }
            case 2: {
              obj.piece = PieceRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.piece
              })
              break
            }
            case 3: {
              obj.average = AverageRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.average
              })
              break
            }
            case 4: {
              obj.sketch = SketchRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.sketch
              })
              break
            }
            case 5: {
              obj.sum = SumRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.sum
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.sum != null) {
          delete obj.sketch
          delete obj.average
          delete obj.piece
          delete obj.leaves
          delete obj.testimony
        }

        if (obj.sketch != null) {
          delete obj.sum
          delete obj.average
          delete obj.piece
          delete obj.leaves
          delete obj.testimony
        }

        if (obj.average != null) {
          delete obj.sum
          delete obj.sketch
          delete obj.piece
          delete obj.leaves
          delete obj.testimony
        }

        if (obj.piece != null) {
          delete obj.sum
          delete obj.sketch
          delete obj.average
          delete obj.leaves
          delete obj.testimony
        }

        if (obj.leaves != null) {
          delete obj.sum
          delete obj.sketch
          delete obj.average
          delete obj.piece
          delete obj.testimony
        }

        if (obj.testimony != null) {
          delete obj.sum
          delete obj.sketch
          delete obj.average
          delete obj.piece
          delete obj.leaves
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 7: {
              yield * TestimonyRequest.codec().stream(reader, reader.uint32(), `${prefix}.testimony`, {
                limits: opts.limits?.testimony
              })

              break
            }
            case 1: {
              yield * LeavesRequest.codec().stream(reader, reader.uint32(), `${prefix}.leaves`, {
                limits: opts.limits?.leaves
              })

              break
            }
            case 2: {
              yield * PieceRequest.codec().stream(reader, reader.uint32(), `${prefix}.piece`, {
                limits: opts.limits?.piece
              })

              break
            }
            case 3: {
              yield * AverageRequest.codec().stream(reader, reader.uint32(), `${prefix}.average`, {
                limits: opts.limits?.average
              })

              break
            }
            case 4: {
              yield * SketchRequest.codec().stream(reader, reader.uint32(), `${prefix}.sketch`, {
                limits: opts.limits?.sketch
              })

              break
            }
            case 5: {
              yield * SumRequest.codec().stream(reader, reader.uint32(), `${prefix}.sum`, {
                limits: opts.limits?.sum
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ShardRequestFrameTestimonyRosterFieldEvent {
    field: '$.testimony.roster'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ShardRequestFrameTestimonySeedFieldEvent {
    field: '$.testimony.seed'
    value: number
  }

  export interface ShardRequestFrameLeavesDigestFieldEvent {
    field: '$.leaves.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ShardRequestFramePieceDigestFieldEvent {
    field: '$.piece.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ShardRequestFramePieceIndexesFieldEvent {
    field: '$.piece.indexes[]'
    index: number
    value: number
  }

  export interface ShardRequestFrameAverageRosterFieldEvent {
    field: '$.average.roster'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ShardRequestFrameAverageIndexesFieldEvent {
    field: '$.average.indexes[]'
    index: number
    value: number
  }

  export interface ShardRequestFrameSketchDigestFieldEvent {
    field: '$.sketch.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ShardRequestFrameSketchSeedFieldEvent {
    field: '$.sketch.seed'
    value: number
  }

  export interface ShardRequestFrameSumMergeIdFieldEvent {
    field: '$.sum.mergeId'
    value: string
  }

  export interface ShardRequestFrameSumNewerThanFieldEvent {
    field: '$.sum.newerThan'
    value: number
  }

  export function encode (obj: Partial<ShardRequestFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ShardRequestFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ShardRequestFrame>): ShardRequestFrame {
    return decodeMessage(buf, ShardRequestFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ShardRequestFrame>): Generator<ShardRequestFrameTestimonyRosterFieldEvent | ShardRequestFrameTestimonySeedFieldEvent | ShardRequestFrameLeavesDigestFieldEvent | ShardRequestFramePieceDigestFieldEvent | ShardRequestFramePieceIndexesFieldEvent | ShardRequestFrameAverageRosterFieldEvent | ShardRequestFrameAverageIndexesFieldEvent | ShardRequestFrameSketchDigestFieldEvent | ShardRequestFrameSketchSeedFieldEvent | ShardRequestFrameSumMergeIdFieldEvent | ShardRequestFrameSumNewerThanFieldEvent> {
    return streamMessage(buf, ShardRequestFrame.codec(), opts)
  }
}

export interface Leaves {
  leaves: Uint8Array<ArrayBuffer>
  summary: Uint8Array<ArrayBuffer>
}

export namespace Leaves {
  let _codec: Codec<Leaves>

  export const codec = (): Codec<Leaves> => {
    if (_codec == null) {
      _codec = message<Leaves>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.leaves != null && obj.leaves.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.leaves)
        }

        if ((obj.summary != null && obj.summary.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.summary)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          leaves: uint8ArrayAlloc(0),
          summary: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.leaves = reader.bytes()
              break
            }
            case 2: {
              obj.summary = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.leaves`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.summary`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface LeavesLeavesFieldEvent {
    field: '$.leaves'
    value: Uint8Array<ArrayBuffer>
  }

  export interface LeavesSummaryFieldEvent {
    field: '$.summary'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Leaves>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Leaves.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Leaves>): Leaves {
    return decodeMessage(buf, Leaves.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Leaves>): Generator<LeavesLeavesFieldEvent | LeavesSummaryFieldEvent> {
    return streamMessage(buf, Leaves.codec(), opts)
  }
}

export interface Sketch {
  values: Uint8Array<ArrayBuffer>
}

export namespace Sketch {
  let _codec: Codec<Sketch>

  export const codec = (): Codec<Sketch> => {
    if (_codec == null) {
      _codec = message<Sketch>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.values != null && obj.values.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.values)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          values: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.values = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.values`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface SketchValuesFieldEvent {
    field: '$.values'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Sketch>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Sketch.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Sketch>): Sketch {
    return decodeMessage(buf, Sketch.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Sketch>): Generator<SketchValuesFieldEvent> {
    return streamMessage(buf, Sketch.codec(), opts)
  }
}

export interface RunningSum {
  session: string
  segment: number
  after: number
  version: number
  weight: number
  epoch: number
  layout: Uint8Array<ArrayBuffer>
  bytes: number
  leaves: Uint8Array<ArrayBuffer>
}

export namespace RunningSum {
  let _codec: Codec<RunningSum>

  export const codec = (): Codec<RunningSum> => {
    if (_codec == null) {
      _codec = message<RunningSum>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.session != null && obj.session !== '')) {
          w.uint32(10)
          w.string(obj.session)
        }

        if ((obj.segment != null && obj.segment !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.segment)
        }

        if ((obj.after != null && obj.after !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.after)
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.version)
        }

        if ((obj.weight != null && obj.weight !== 0)) {
          w.uint32(41)
          w.double(obj.weight)
        }

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(48)
          w.uint64Number(obj.epoch)
        }

        if ((obj.layout != null && obj.layout.byteLength > 0)) {
          w.uint32(58)
          w.bytes(obj.layout)
        }

        if ((obj.bytes != null && obj.bytes !== 0)) {
          w.uint32(64)
          w.uint64Number(obj.bytes)
        }

        if ((obj.leaves != null && obj.leaves.byteLength > 0)) {
          w.uint32(74)
          w.bytes(obj.leaves)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          session: '',
          segment: 0,
          after: 0,
          version: 0,
          weight: 0,
          epoch: 0,
          layout: uint8ArrayAlloc(0),
          bytes: 0,
          leaves: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.session = reader.string()
              break
            }
            case 2: {
              obj.segment = reader.uint64Number()
              break
            }
            case 3: {
              obj.after = reader.uint64Number()
              break
            }
            case 4: {
              obj.version = reader.uint64Number()
              break
            }
            case 5: {
              obj.weight = reader.double()
              break
            }
            case 6: {
              obj.epoch = reader.uint64Number()
              break
            }
            case 7: {
              obj.layout = reader.bytes()
              break
            }
            case 8: {
              obj.bytes = reader.uint64Number()
              break
            }
            case 9: {
              obj.leaves = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.session`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.segment`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.after`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.version`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.weight`,
                value: reader.double()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint64Number()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.layout`,
                value: reader.bytes()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.bytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.leaves`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface RunningSumSessionFieldEvent {
    field: '$.session'
    value: string
  }

  export interface RunningSumSegmentFieldEvent {
    field: '$.segment'
    value: number
  }

  export interface RunningSumAfterFieldEvent {
    field: '$.after'
    value: number
  }

  export interface RunningSumVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface RunningSumWeightFieldEvent {
    field: '$.weight'
    value: number
  }

  export interface RunningSumEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface RunningSumLayoutFieldEvent {
    field: '$.layout'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RunningSumBytesFieldEvent {
    field: '$.bytes'
    value: number
  }

  export interface RunningSumLeavesFieldEvent {
    field: '$.leaves'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<RunningSum>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RunningSum.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RunningSum>): RunningSum {
    return decodeMessage(buf, RunningSum.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RunningSum>): Generator<RunningSumSessionFieldEvent | RunningSumSegmentFieldEvent | RunningSumAfterFieldEvent | RunningSumVersionFieldEvent | RunningSumWeightFieldEvent | RunningSumEpochFieldEvent | RunningSumLayoutFieldEvent | RunningSumBytesFieldEvent | RunningSumLeavesFieldEvent> {
    return streamMessage(buf, RunningSum.codec(), opts)
  }
}

export interface ShardReplyFrame {
  leaves?: Leaves
  chunk?: Chunk
  none?: None
  refused?: Refused
  sketch?: Sketch
  sum?: RunningSum
}

export namespace ShardReplyFrame {
  let _codec: Codec<ShardReplyFrame>

  export const codec = (): Codec<ShardReplyFrame> => {
    if (_codec == null) {
      _codec = message<ShardReplyFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.sum != null) {
          obj.sketch = undefined
          obj.refused = undefined
          obj.none = undefined
          obj.chunk = undefined
          obj.leaves = undefined
        }

        if (obj.sketch != null) {
          obj.sum = undefined
          obj.refused = undefined
          obj.none = undefined
          obj.chunk = undefined
          obj.leaves = undefined
        }

        if (obj.refused != null) {
          obj.sum = undefined
          obj.sketch = undefined
          obj.none = undefined
          obj.chunk = undefined
          obj.leaves = undefined
        }

        if (obj.none != null) {
          obj.sum = undefined
          obj.sketch = undefined
          obj.refused = undefined
          obj.chunk = undefined
          obj.leaves = undefined
        }

        if (obj.chunk != null) {
          obj.sum = undefined
          obj.sketch = undefined
          obj.refused = undefined
          obj.none = undefined
          obj.leaves = undefined
        }

        if (obj.leaves != null) {
          obj.sum = undefined
          obj.sketch = undefined
          obj.refused = undefined
          obj.none = undefined
          obj.chunk = undefined
        }

        if (obj.leaves != null) {
          w.uint32(10)
          Leaves.codec().encode(obj.leaves, w)
        }

        if (obj.chunk != null) {
          w.uint32(18)
          Chunk.codec().encode(obj.chunk, w)
        }

        if (obj.none != null) {
          w.uint32(26)
          None.codec().encode(obj.none, w)
        }

        if (obj.refused != null) {
          w.uint32(34)
          Refused.codec().encode(obj.refused, w)
        }

        if (obj.sketch != null) {
          w.uint32(42)
          Sketch.codec().encode(obj.sketch, w)
        }

        if (obj.sum != null) {
          w.uint32(50)
          RunningSum.codec().encode(obj.sum, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.leaves = Leaves.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.leaves
              })
              break
            }
            case 2: {
              obj.chunk = Chunk.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.chunk
              })
              break
            }
            case 3: {
              obj.none = None.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.none
              })
              break
            }
            case 4: {
              obj.refused = Refused.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refused
              })
              break
            }
            case 5: {
              obj.sketch = Sketch.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.sketch
              })
              break
            }
            case 6: {
              obj.sum = RunningSum.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.sum
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.sum != null) {
          delete obj.sketch
          delete obj.refused
          delete obj.none
          delete obj.chunk
          delete obj.leaves
        }

        if (obj.sketch != null) {
          delete obj.sum
          delete obj.refused
          delete obj.none
          delete obj.chunk
          delete obj.leaves
        }

        if (obj.refused != null) {
          delete obj.sum
          delete obj.sketch
          delete obj.none
          delete obj.chunk
          delete obj.leaves
        }

        if (obj.none != null) {
          delete obj.sum
          delete obj.sketch
          delete obj.refused
          delete obj.chunk
          delete obj.leaves
        }

        if (obj.chunk != null) {
          delete obj.sum
          delete obj.sketch
          delete obj.refused
          delete obj.none
          delete obj.leaves
        }

        if (obj.leaves != null) {
          delete obj.sum
          delete obj.sketch
          delete obj.refused
          delete obj.none
          delete obj.chunk
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Leaves.codec().stream(reader, reader.uint32(), `${prefix}.leaves`, {
                limits: opts.limits?.leaves
              })

              break
            }
            case 2: {
              yield * Chunk.codec().stream(reader, reader.uint32(), `${prefix}.chunk`, {
                limits: opts.limits?.chunk
              })

              break
            }
            case 3: {
              yield * None.codec().stream(reader, reader.uint32(), `${prefix}.none`, {
                limits: opts.limits?.none
              })

              break
            }
            case 4: {
              yield * Refused.codec().stream(reader, reader.uint32(), `${prefix}.refused`, {
                limits: opts.limits?.refused
              })

              break
            }
            case 5: {
              yield * Sketch.codec().stream(reader, reader.uint32(), `${prefix}.sketch`, {
                limits: opts.limits?.sketch
              })

              break
            }
            case 6: {
              yield * RunningSum.codec().stream(reader, reader.uint32(), `${prefix}.sum`, {
                limits: opts.limits?.sum
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ShardReplyFrameLeavesLeavesFieldEvent {
    field: '$.leaves.leaves'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ShardReplyFrameLeavesSummaryFieldEvent {
    field: '$.leaves.summary'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ShardReplyFrameChunkIndexFieldEvent {
    field: '$.chunk.index'
    value: number
  }

  export interface ShardReplyFrameChunkDataFieldEvent {
    field: '$.chunk.data'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ShardReplyFrameRefusedCodeFieldEvent {
    field: '$.refused.code'
    value: string
  }

  export interface ShardReplyFrameRefusedMessageFieldEvent {
    field: '$.refused.message'
    value: string
  }

  export interface ShardReplyFrameSketchValuesFieldEvent {
    field: '$.sketch.values'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ShardReplyFrameSumSessionFieldEvent {
    field: '$.sum.session'
    value: string
  }

  export interface ShardReplyFrameSumSegmentFieldEvent {
    field: '$.sum.segment'
    value: number
  }

  export interface ShardReplyFrameSumAfterFieldEvent {
    field: '$.sum.after'
    value: number
  }

  export interface ShardReplyFrameSumVersionFieldEvent {
    field: '$.sum.version'
    value: number
  }

  export interface ShardReplyFrameSumWeightFieldEvent {
    field: '$.sum.weight'
    value: number
  }

  export interface ShardReplyFrameSumEpochFieldEvent {
    field: '$.sum.epoch'
    value: number
  }

  export interface ShardReplyFrameSumLayoutFieldEvent {
    field: '$.sum.layout'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ShardReplyFrameSumBytesFieldEvent {
    field: '$.sum.bytes'
    value: number
  }

  export interface ShardReplyFrameSumLeavesFieldEvent {
    field: '$.sum.leaves'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ShardReplyFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ShardReplyFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ShardReplyFrame>): ShardReplyFrame {
    return decodeMessage(buf, ShardReplyFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ShardReplyFrame>): Generator<ShardReplyFrameLeavesLeavesFieldEvent | ShardReplyFrameLeavesSummaryFieldEvent | ShardReplyFrameChunkIndexFieldEvent | ShardReplyFrameChunkDataFieldEvent | ShardReplyFrameRefusedCodeFieldEvent | ShardReplyFrameRefusedMessageFieldEvent | ShardReplyFrameSketchValuesFieldEvent | ShardReplyFrameSumSessionFieldEvent | ShardReplyFrameSumSegmentFieldEvent | ShardReplyFrameSumAfterFieldEvent | ShardReplyFrameSumVersionFieldEvent | ShardReplyFrameSumWeightFieldEvent | ShardReplyFrameSumEpochFieldEvent | ShardReplyFrameSumLayoutFieldEvent | ShardReplyFrameSumBytesFieldEvent | ShardReplyFrameSumLeavesFieldEvent> {
    return streamMessage(buf, ShardReplyFrame.codec(), opts)
  }
}

export interface PushSumCall {
  mergeId: string
  members: string[]
}

export namespace PushSumCall {
  let _codec: Codec<PushSumCall>

  export const codec = (): Codec<PushSumCall> => {
    if (_codec == null) {
      _codec = message<PushSumCall>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mergeId != null && obj.mergeId !== '')) {
          w.uint32(10)
          w.string(obj.mergeId)
        }

        if (obj.members != null && obj.members.length > 0) {
          for (const value of obj.members) {
            w.uint32(18)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mergeId: '',
          members: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mergeId = reader.string()
              break
            }
            case 2: {
              if (opts.limits?.members != null && obj.members.length === opts.limits.members) {
                throw new MaxLengthError('Decode error - repeated field "members" had too many elements')
              }

              obj.members.push(reader.string())
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          members: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.mergeId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              if (opts.limits?.members != null && obj.members === opts.limits.members) {
                throw new MaxLengthError('Streaming decode error - repeated field "members" had too many elements')
              }

              yield {
                field: `${prefix}.members[]`,
                index: obj.members,
                value: reader.string()
              }

              obj.members++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface PushSumCallMergeIdFieldEvent {
    field: '$.mergeId'
    value: string
  }

  export interface PushSumCallMembersFieldEvent {
    field: '$.members[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<PushSumCall>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PushSumCall.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PushSumCall>): PushSumCall {
    return decodeMessage(buf, PushSumCall.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PushSumCall>): Generator<PushSumCallMergeIdFieldEvent | PushSumCallMembersFieldEvent> {
    return streamMessage(buf, PushSumCall.codec(), opts)
  }
}

export interface PushSumContribution {
  member: string
  share: number
  kept: number
}

export namespace PushSumContribution {
  let _codec: Codec<PushSumContribution>

  export const codec = (): Codec<PushSumContribution> => {
    if (_codec == null) {
      _codec = message<PushSumContribution>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.member != null && obj.member !== '')) {
          w.uint32(10)
          w.string(obj.member)
        }

        if ((obj.share != null && obj.share !== 0)) {
          w.uint32(17)
          w.double(obj.share)
        }

        if ((obj.kept != null && obj.kept !== 0)) {
          w.uint32(25)
          w.double(obj.kept)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          member: '',
          share: 0,
          kept: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.member = reader.string()
              break
            }
            case 2: {
              obj.share = reader.double()
              break
            }
            case 3: {
              obj.kept = reader.double()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.member`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.share`,
                value: reader.double()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.kept`,
                value: reader.double()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface PushSumContributionMemberFieldEvent {
    field: '$.member'
    value: string
  }

  export interface PushSumContributionShareFieldEvent {
    field: '$.share'
    value: number
  }

  export interface PushSumContributionKeptFieldEvent {
    field: '$.kept'
    value: number
  }

  export function encode (obj: Partial<PushSumContribution>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PushSumContribution.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PushSumContribution>): PushSumContribution {
    return decodeMessage(buf, PushSumContribution.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PushSumContribution>): Generator<PushSumContributionMemberFieldEvent | PushSumContributionShareFieldEvent | PushSumContributionKeptFieldEvent> {
    return streamMessage(buf, PushSumContribution.codec(), opts)
  }
}

export interface PushSumEdge {
  peer: string
  offers: number
  taken?: number
}

export namespace PushSumEdge {
  let _codec: Codec<PushSumEdge>

  export const codec = (): Codec<PushSumEdge> => {
    if (_codec == null) {
      _codec = message<PushSumEdge>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.peer != null && obj.peer !== '')) {
          w.uint32(10)
          w.string(obj.peer)
        }

        if ((obj.offers != null && obj.offers !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.offers)
        }

        if (obj.taken != null) {
          w.uint32(24)
          w.uint64Number(obj.taken)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          peer: '',
          offers: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.peer = reader.string()
              break
            }
            case 2: {
              obj.offers = reader.uint64Number()
              break
            }
            case 3: {
              obj.taken = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.peer`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.offers`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.taken`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface PushSumEdgePeerFieldEvent {
    field: '$.peer'
    value: string
  }

  export interface PushSumEdgeOffersFieldEvent {
    field: '$.offers'
    value: number
  }

  export interface PushSumEdgeTakenFieldEvent {
    field: '$.taken'
    value: number
  }

  export function encode (obj: Partial<PushSumEdge>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PushSumEdge.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PushSumEdge>): PushSumEdge {
    return decodeMessage(buf, PushSumEdge.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PushSumEdge>): Generator<PushSumEdgePeerFieldEvent | PushSumEdgeOffersFieldEvent | PushSumEdgeTakenFieldEvent> {
    return streamMessage(buf, PushSumEdge.codec(), opts)
  }
}

export interface PushSumState {
  mergeId: string
  session: string
  gone: string[]
  epoch: number
  view: Uint8Array<ArrayBuffer>
  contributions: PushSumContribution[]
  low: number[]
  high: number[]
  done: boolean
  edges: PushSumEdge[]
}

export namespace PushSumState {
  let _codec: Codec<PushSumState>

  export const codec = (): Codec<PushSumState> => {
    if (_codec == null) {
      _codec = message<PushSumState>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mergeId != null && obj.mergeId !== '')) {
          w.uint32(10)
          w.string(obj.mergeId)
        }

        if ((obj.session != null && obj.session !== '')) {
          w.uint32(18)
          w.string(obj.session)
        }

        if (obj.gone != null && obj.gone.length > 0) {
          for (const value of obj.gone) {
            w.uint32(26)
            w.string(value)
          }
        }

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.epoch)
        }

        if ((obj.view != null && obj.view.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.view)
        }

        if (obj.contributions != null && obj.contributions.length > 0) {
          for (const value of obj.contributions) {
            w.uint32(50)
            PushSumContribution.codec().encode(value, w)
          }
        }

        if (obj.low != null && obj.low.length > 0) {
          for (const value of obj.low) {
            w.uint32(57)
            w.double(value)
          }
        }

        if (obj.high != null && obj.high.length > 0) {
          for (const value of obj.high) {
            w.uint32(65)
            w.double(value)
          }
        }

        if ((obj.done != null && obj.done !== false)) {
          w.uint32(72)
          w.bool(obj.done)
        }

        if (obj.edges != null && obj.edges.length > 0) {
          for (const value of obj.edges) {
            w.uint32(82)
            PushSumEdge.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mergeId: '',
          session: '',
          gone: [],
          epoch: 0,
          view: uint8ArrayAlloc(0),
          contributions: [],
          low: [],
          high: [],
          done: false,
          edges: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mergeId = reader.string()
              break
            }
            case 2: {
              obj.session = reader.string()
              break
            }
            case 3: {
              if (opts.limits?.gone != null && obj.gone.length === opts.limits.gone) {
                throw new MaxLengthError('Decode error - repeated field "gone" had too many elements')
              }

              obj.gone.push(reader.string())
              break
            }
            case 4: {
              obj.epoch = reader.uint64Number()
              break
            }
            case 5: {
              obj.view = reader.bytes()
              break
            }
            case 6: {
              if (opts.limits?.contributions != null && obj.contributions.length === opts.limits.contributions) {
                throw new MaxLengthError('Decode error - repeated field "contributions" had too many elements')
              }

              obj.contributions.push(PushSumContribution.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.contributions$
              }))
              break
            }
            case 7: {
              if (opts.limits?.low != null && obj.low.length === opts.limits.low) {
                throw new MaxLengthError('Decode error - repeated field "low" had too many elements')
              }

              obj.low.push(reader.double())
              break
            }
            case 8: {
              if (opts.limits?.high != null && obj.high.length === opts.limits.high) {
                throw new MaxLengthError('Decode error - repeated field "high" had too many elements')
              }

              obj.high.push(reader.double())
              break
            }
            case 9: {
              obj.done = reader.bool()
              break
            }
            case 10: {
              if (opts.limits?.edges != null && obj.edges.length === opts.limits.edges) {
                throw new MaxLengthError('Decode error - repeated field "edges" had too many elements')
              }

              obj.edges.push(PushSumEdge.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.edges$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          gone: 0,
          contributions: 0,
          low: 0,
          high: 0,
          edges: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.mergeId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.session`,
                value: reader.string()
              }
              break
            }
            case 3: {
              if (opts.limits?.gone != null && obj.gone === opts.limits.gone) {
                throw new MaxLengthError('Streaming decode error - repeated field "gone" had too many elements')
              }

              yield {
                field: `${prefix}.gone[]`,
                index: obj.gone,
                value: reader.string()
              }

              obj.gone++

              break
            }
            case 4: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.view`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              if (opts.limits?.contributions != null && obj.contributions === opts.limits.contributions) {
                throw new MaxLengthError('Streaming decode error - repeated field "contributions" had too many elements')
              }

              for (const evt of PushSumContribution.codec().stream(reader, reader.uint32(), `${prefix}.contributions[]`, {
                limits: opts.limits?.contributions$
              })) {
                yield {
                  ...evt,
                  index: obj.contributions
                }
              }

              obj.contributions++

              break
            }
            case 7: {
              if (opts.limits?.low != null && obj.low === opts.limits.low) {
                throw new MaxLengthError('Streaming decode error - repeated field "low" had too many elements')
              }

              yield {
                field: `${prefix}.low[]`,
                index: obj.low,
                value: reader.double()
              }

              obj.low++

              break
            }
            case 8: {
              if (opts.limits?.high != null && obj.high === opts.limits.high) {
                throw new MaxLengthError('Streaming decode error - repeated field "high" had too many elements')
              }

              yield {
                field: `${prefix}.high[]`,
                index: obj.high,
                value: reader.double()
              }

              obj.high++

              break
            }
            case 9: {
              yield {
                field: `${prefix}.done`,
                value: reader.bool()
              }
              break
            }
            case 10: {
              if (opts.limits?.edges != null && obj.edges === opts.limits.edges) {
                throw new MaxLengthError('Streaming decode error - repeated field "edges" had too many elements')
              }

              for (const evt of PushSumEdge.codec().stream(reader, reader.uint32(), `${prefix}.edges[]`, {
                limits: opts.limits?.edges$
              })) {
                yield {
                  ...evt,
                  index: obj.edges
                }
              }

              obj.edges++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface PushSumStateMergeIdFieldEvent {
    field: '$.mergeId'
    value: string
  }

  export interface PushSumStateSessionFieldEvent {
    field: '$.session'
    value: string
  }

  export interface PushSumStateGoneFieldEvent {
    field: '$.gone[]'
    index: number
    value: string
  }

  export interface PushSumStateEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface PushSumStateViewFieldEvent {
    field: '$.view'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PushSumStateContributionsMemberFieldEvent {
    field: '$.contributions[].member'
    value: string
    index: number
  }

  export interface PushSumStateContributionsShareFieldEvent {
    field: '$.contributions[].share'
    value: number
    index: number
  }

  export interface PushSumStateContributionsKeptFieldEvent {
    field: '$.contributions[].kept'
    value: number
    index: number
  }

  export interface PushSumStateLowFieldEvent {
    field: '$.low[]'
    index: number
    value: number
  }

  export interface PushSumStateHighFieldEvent {
    field: '$.high[]'
    index: number
    value: number
  }

  export interface PushSumStateDoneFieldEvent {
    field: '$.done'
    value: boolean
  }

  export interface PushSumStateEdgesPeerFieldEvent {
    field: '$.edges[].peer'
    value: string
    index: number
  }

  export interface PushSumStateEdgesOffersFieldEvent {
    field: '$.edges[].offers'
    value: number
    index: number
  }

  export interface PushSumStateEdgesTakenFieldEvent {
    field: '$.edges[].taken'
    value: number
    index: number
  }

  export function encode (obj: Partial<PushSumState>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PushSumState.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PushSumState>): PushSumState {
    return decodeMessage(buf, PushSumState.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PushSumState>): Generator<PushSumStateMergeIdFieldEvent | PushSumStateSessionFieldEvent | PushSumStateGoneFieldEvent | PushSumStateEpochFieldEvent | PushSumStateViewFieldEvent | PushSumStateContributionsMemberFieldEvent | PushSumStateContributionsShareFieldEvent | PushSumStateContributionsKeptFieldEvent | PushSumStateLowFieldEvent | PushSumStateHighFieldEvent | PushSumStateDoneFieldEvent | PushSumStateEdgesPeerFieldEvent | PushSumStateEdgesOffersFieldEvent | PushSumStateEdgesTakenFieldEvent> {
    return streamMessage(buf, PushSumState.codec(), opts)
  }
}

export interface PushSumFrame {
  call?: PushSumCall
  state?: PushSumState
}

export namespace PushSumFrame {
  let _codec: Codec<PushSumFrame>

  export const codec = (): Codec<PushSumFrame> => {
    if (_codec == null) {
      _codec = message<PushSumFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.state != null) {
          obj.call = undefined
        }

        if (obj.call != null) {
          obj.state = undefined
        }

        if (obj.call != null) {
          w.uint32(10)
          PushSumCall.codec().encode(obj.call, w)
        }

        if (obj.state != null) {
          w.uint32(18)
          PushSumState.codec().encode(obj.state, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.call = PushSumCall.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.call
              })
              break
            }
            case 2: {
              obj.state = PushSumState.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.state
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.state != null) {
          delete obj.call
        }

        if (obj.call != null) {
          delete obj.state
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * PushSumCall.codec().stream(reader, reader.uint32(), `${prefix}.call`, {
                limits: opts.limits?.call
              })

              break
            }
            case 2: {
              yield * PushSumState.codec().stream(reader, reader.uint32(), `${prefix}.state`, {
                limits: opts.limits?.state
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface PushSumFrameCallMergeIdFieldEvent {
    field: '$.call.mergeId'
    value: string
  }

  export interface PushSumFrameCallMembersFieldEvent {
    field: '$.call.members[]'
    index: number
    value: string
  }

  export interface PushSumFrameStateMergeIdFieldEvent {
    field: '$.state.mergeId'
    value: string
  }

  export interface PushSumFrameStateSessionFieldEvent {
    field: '$.state.session'
    value: string
  }

  export interface PushSumFrameStateGoneFieldEvent {
    field: '$.state.gone[]'
    index: number
    value: string
  }

  export interface PushSumFrameStateEpochFieldEvent {
    field: '$.state.epoch'
    value: number
  }

  export interface PushSumFrameStateViewFieldEvent {
    field: '$.state.view'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PushSumFrameStateContributionsMemberFieldEvent {
    field: '$.state.contributions[].member'
    value: string
    index: number
  }

  export interface PushSumFrameStateContributionsShareFieldEvent {
    field: '$.state.contributions[].share'
    value: number
    index: number
  }

  export interface PushSumFrameStateContributionsKeptFieldEvent {
    field: '$.state.contributions[].kept'
    value: number
    index: number
  }

  export interface PushSumFrameStateLowFieldEvent {
    field: '$.state.low[]'
    index: number
    value: number
  }

  export interface PushSumFrameStateHighFieldEvent {
    field: '$.state.high[]'
    index: number
    value: number
  }

  export interface PushSumFrameStateDoneFieldEvent {
    field: '$.state.done'
    value: boolean
  }

  export interface PushSumFrameStateEdgesPeerFieldEvent {
    field: '$.state.edges[].peer'
    value: string
    index: number
  }

  export interface PushSumFrameStateEdgesOffersFieldEvent {
    field: '$.state.edges[].offers'
    value: number
    index: number
  }

  export interface PushSumFrameStateEdgesTakenFieldEvent {
    field: '$.state.edges[].taken'
    value: number
    index: number
  }

  export function encode (obj: Partial<PushSumFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PushSumFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PushSumFrame>): PushSumFrame {
    return decodeMessage(buf, PushSumFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PushSumFrame>): Generator<PushSumFrameCallMergeIdFieldEvent | PushSumFrameCallMembersFieldEvent | PushSumFrameStateMergeIdFieldEvent | PushSumFrameStateSessionFieldEvent | PushSumFrameStateGoneFieldEvent | PushSumFrameStateEpochFieldEvent | PushSumFrameStateViewFieldEvent | PushSumFrameStateContributionsMemberFieldEvent | PushSumFrameStateContributionsShareFieldEvent | PushSumFrameStateContributionsKeptFieldEvent | PushSumFrameStateLowFieldEvent | PushSumFrameStateHighFieldEvent | PushSumFrameStateDoneFieldEvent | PushSumFrameStateEdgesPeerFieldEvent | PushSumFrameStateEdgesOffersFieldEvent | PushSumFrameStateEdgesTakenFieldEvent> {
    return streamMessage(buf, PushSumFrame.codec(), opts)
  }
}

export interface Hello {
  runId?: Uint8Array<ArrayBuffer>
  layout?: Uint8Array<ArrayBuffer>
  presence?: Presence
}

export namespace Hello {
  let _codec: Codec<Hello>

  export const codec = (): Codec<Hello> => {
    if (_codec == null) {
      _codec = message<Hello>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.runId != null) {
          w.uint32(10)
          w.bytes(obj.runId)
        }

        if (obj.layout != null) {
          w.uint32(18)
          w.bytes(obj.layout)
        }

        if (obj.presence != null) {
          w.uint32(26)
          Presence.codec().encode(obj.presence, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.runId = reader.bytes()
              break
            }
            case 2: {
              obj.layout = reader.bytes()
              break
            }
            case 3: {
              obj.presence = Presence.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.presence
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.runId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.layout`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield * Presence.codec().stream(reader, reader.uint32(), `${prefix}.presence`, {
                limits: opts.limits?.presence
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface HelloRunIdFieldEvent {
    field: '$.runId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HelloLayoutFieldEvent {
    field: '$.layout'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HelloPresenceNameFieldEvent {
    field: '$.presence.name'
    value: string
  }

  export interface HelloPresenceAddressesFieldEvent {
    field: '$.presence.addresses[]'
    index: number
    value: string
  }

  export interface HelloPresenceLeavingFieldEvent {
    field: '$.presence.leaving'
    value: boolean
  }

  export function encode (obj: Partial<Hello>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Hello.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Hello {
    return decodeMessage(buf, Hello.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Generator<HelloRunIdFieldEvent | HelloLayoutFieldEvent | HelloPresenceNameFieldEvent | HelloPresenceAddressesFieldEvent | HelloPresenceLeavingFieldEvent> {
    return streamMessage(buf, Hello.codec(), opts)
  }
}

export interface StatusRequest {}

export namespace StatusRequest {
  let _codec: Codec<StatusRequest>

  export const codec = (): Codec<StatusRequest> => {
    if (_codec == null) {
      _codec = message<StatusRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export function encode (obj: Partial<StatusRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, StatusRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StatusRequest>): StatusRequest {
    return decodeMessage(buf, StatusRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StatusRequest>): Generator<{}> {
    return streamMessage(buf, StatusRequest.codec(), opts)
  }
}

export interface CallMergeRequest {}

export namespace CallMergeRequest {
  let _codec: Codec<CallMergeRequest>

  export const codec = (): Codec<CallMergeRequest> => {
    if (_codec == null) {
      _codec = message<CallMergeRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export function encode (obj: Partial<CallMergeRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, CallMergeRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CallMergeRequest>): CallMergeRequest {
    return decodeMessage(buf, CallMergeRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<CallMergeRequest>): Generator<{}> {
    return streamMessage(buf, CallMergeRequest.codec(), opts)
  }
}

export interface RunRequestFrame {
  hello?: Hello
  status?: StatusRequest
  callMerge?: CallMergeRequest
}

export namespace RunRequestFrame {
  let _codec: Codec<RunRequestFrame>

  export const codec = (): Codec<RunRequestFrame> => {
    if (_codec == null) {
      _codec = message<RunRequestFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.callMerge != null) {
          obj.status = undefined
          obj.hello = undefined
        }

        if (obj.status != null) {
          obj.callMerge = undefined
          obj.hello = undefined
        }

        if (obj.hello != null) {
          obj.callMerge = undefined
          obj.status = undefined
        }

        if (obj.hello != null) {
          w.uint32(10)
          Hello.codec().encode(obj.hello, w)
        }

        if (obj.status != null) {
          w.uint32(18)
          StatusRequest.codec().encode(obj.status, w)
        }

        if (obj.callMerge != null) {
          w.uint32(26)
          CallMergeRequest.codec().encode(obj.callMerge, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.hello = Hello.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.hello
              })
              break
            }
            case 2: {
              obj.status = StatusRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.status
              })
              break
            }
            case 3: {
              obj.callMerge = CallMergeRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.callMerge
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.callMerge != null) {
          delete obj.status
          delete obj.hello
        }

        if (obj.status != null) {
          delete obj.callMerge
          delete obj.hello
        }

        if (obj.hello != null) {
          delete obj.callMerge
          delete obj.status
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Hello.codec().stream(reader, reader.uint32(), `${prefix}.hello`, {
                limits: opts.limits?.hello
              })

              break
            }
            case 2: {
              yield * StatusRequest.codec().stream(reader, reader.uint32(), `${prefix}.status`, {
                limits: opts.limits?.status
              })

              break
            }
            case 3: {
              yield * CallMergeRequest.codec().stream(reader, reader.uint32(), `${prefix}.callMerge`, {
                limits: opts.limits?.callMerge
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface RunRequestFrameHelloRunIdFieldEvent {
    field: '$.hello.runId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RunRequestFrameHelloLayoutFieldEvent {
    field: '$.hello.layout'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RunRequestFrameHelloPresenceNameFieldEvent {
    field: '$.hello.presence.name'
    value: string
  }

  export interface RunRequestFrameHelloPresenceAddressesFieldEvent {
    field: '$.hello.presence.addresses[]'
    index: number
    value: string
  }

  export interface RunRequestFrameHelloPresenceLeavingFieldEvent {
    field: '$.hello.presence.leaving'
    value: boolean
  }

  export function encode (obj: Partial<RunRequestFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RunRequestFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RunRequestFrame>): RunRequestFrame {
    return decodeMessage(buf, RunRequestFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RunRequestFrame>): Generator<RunRequestFrameHelloRunIdFieldEvent | RunRequestFrameHelloLayoutFieldEvent | RunRequestFrameHelloPresenceNameFieldEvent | RunRequestFrameHelloPresenceAddressesFieldEvent | RunRequestFrameHelloPresenceLeavingFieldEvent> {
    return streamMessage(buf, RunRequestFrame.codec(), opts)
  }
}

export interface Member {
  id: string
  name: string
  addresses: string[]
}

export namespace Member {
  let _codec: Codec<Member>

  export const codec = (): Codec<Member> => {
    if (_codec == null) {
      _codec = message<Member>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.id != null && obj.id !== '')) {
          w.uint32(10)
          w.string(obj.id)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(18)
          w.string(obj.name)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(26)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: '',
          name: '',
          addresses: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.id = reader.string()
              break
            }
            case 2: {
              obj.name = reader.string()
              break
            }
            case 3: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.string())
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          addresses: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.id`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 3: {
              if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              yield {
                field: `${prefix}.addresses[]`,
                index: obj.addresses,
                value: reader.string()
              }

              obj.addresses++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface MemberIdFieldEvent {
    field: '$.id'
    value: string
  }

  export interface MemberNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface MemberAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<Member>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Member.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Member>): Member {
    return decodeMessage(buf, Member.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Member>): Generator<MemberIdFieldEvent | MemberNameFieldEvent | MemberAddressesFieldEvent> {
    return streamMessage(buf, Member.codec(), opts)
  }
}

export interface Welcome {
  runId: Uint8Array<ArrayBuffer>
  layout: Uint8Array<ArrayBuffer>
  configuration: Uint8Array<ArrayBuffer>
  members: Member[]
}

export namespace Welcome {
  let _codec: Codec<Welcome>

  export const codec = (): Codec<Welcome> => {
    if (_codec == null) {
      _codec = message<Welcome>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.runId != null && obj.runId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.runId)
        }

        if ((obj.layout != null && obj.layout.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.layout)
        }

        if ((obj.configuration != null && obj.configuration.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.configuration)
        }

        if (obj.members != null && obj.members.length > 0) {
          for (const value of obj.members) {
            w.uint32(34)
            Member.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          runId: uint8ArrayAlloc(0),
          layout: uint8ArrayAlloc(0),
          configuration: uint8ArrayAlloc(0),
          members: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.runId = reader.bytes()
              break
            }
            case 2: {
              obj.layout = reader.bytes()
              break
            }
            case 3: {
              obj.configuration = reader.bytes()
              break
            }
            case 4: {
              if (opts.limits?.members != null && obj.members.length === opts.limits.members) {
                throw new MaxLengthError('Decode error - repeated field "members" had too many elements')
              }

              obj.members.push(Member.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.members$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          members: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.runId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.layout`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.configuration`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              if (opts.limits?.members != null && obj.members === opts.limits.members) {
                throw new MaxLengthError('Streaming decode error - repeated field "members" had too many elements')
              }

              for (const evt of Member.codec().stream(reader, reader.uint32(), `${prefix}.members[]`, {
                limits: opts.limits?.members$
              })) {
                yield {
                  ...evt,
                  index: obj.members
                }
              }

              obj.members++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WelcomeRunIdFieldEvent {
    field: '$.runId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WelcomeLayoutFieldEvent {
    field: '$.layout'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WelcomeConfigurationFieldEvent {
    field: '$.configuration'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WelcomeMembersIdFieldEvent {
    field: '$.members[].id'
    value: string
    index: number
  }

  export interface WelcomeMembersNameFieldEvent {
    field: '$.members[].name'
    value: string
    index: number
  }

  export interface WelcomeMembersAddressesFieldEvent {
    field: '$.members[].addresses[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<Welcome>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Welcome.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Welcome>): Welcome {
    return decodeMessage(buf, Welcome.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Welcome>): Generator<WelcomeRunIdFieldEvent | WelcomeLayoutFieldEvent | WelcomeConfigurationFieldEvent | WelcomeMembersIdFieldEvent | WelcomeMembersNameFieldEvent | WelcomeMembersAddressesFieldEvent> {
    return streamMessage(buf, Welcome.codec(), opts)
  }
}

export interface StatusReply {
  status: Uint8Array<ArrayBuffer>
}

export namespace StatusReply {
  let _codec: Codec<StatusReply>

  export const codec = (): Codec<StatusReply> => {
    if (_codec == null) {
      _codec = message<StatusReply>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.status != null && obj.status.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.status)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          status: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.status = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.status`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface StatusReplyStatusFieldEvent {
    field: '$.status'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<StatusReply>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, StatusReply.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StatusReply>): StatusReply {
    return decodeMessage(buf, StatusReply.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StatusReply>): Generator<StatusReplyStatusFieldEvent> {
    return streamMessage(buf, StatusReply.codec(), opts)
  }
}

export interface Accepted {}

export namespace Accepted {
  let _codec: Codec<Accepted>

  export const codec = (): Codec<Accepted> => {
    if (_codec == null) {
      _codec = message<Accepted>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export function encode (obj: Partial<Accepted>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Accepted.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Accepted>): Accepted {
    return decodeMessage(buf, Accepted.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Accepted>): Generator<{}> {
    return streamMessage(buf, Accepted.codec(), opts)
  }
}

export interface RunReplyFrame {
  welcome?: Welcome
  status?: StatusReply
  accepted?: Accepted
  refused?: Refused
}

export namespace RunReplyFrame {
  let _codec: Codec<RunReplyFrame>

  export const codec = (): Codec<RunReplyFrame> => {
    if (_codec == null) {
      _codec = message<RunReplyFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.refused != null) {
          obj.accepted = undefined
          obj.status = undefined
          obj.welcome = undefined
        }

        if (obj.accepted != null) {
          obj.refused = undefined
          obj.status = undefined
          obj.welcome = undefined
        }

        if (obj.status != null) {
          obj.refused = undefined
          obj.accepted = undefined
          obj.welcome = undefined
        }

        if (obj.welcome != null) {
          obj.refused = undefined
          obj.accepted = undefined
          obj.status = undefined
        }

        if (obj.welcome != null) {
          w.uint32(10)
          Welcome.codec().encode(obj.welcome, w)
        }

        if (obj.status != null) {
          w.uint32(18)
          StatusReply.codec().encode(obj.status, w)
        }

        if (obj.accepted != null) {
          w.uint32(26)
          Accepted.codec().encode(obj.accepted, w)
        }

        if (obj.refused != null) {
          w.uint32(34)
          Refused.codec().encode(obj.refused, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.welcome = Welcome.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.welcome
              })
              break
            }
            case 2: {
              obj.status = StatusReply.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.status
              })
              break
            }
            case 3: {
              obj.accepted = Accepted.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.accepted
              })
              break
            }
            case 4: {
              obj.refused = Refused.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refused
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.refused != null) {
          delete obj.accepted
          delete obj.status
          delete obj.welcome
        }

        if (obj.accepted != null) {
          delete obj.refused
          delete obj.status
          delete obj.welcome
        }

        if (obj.status != null) {
          delete obj.refused
          delete obj.accepted
          delete obj.welcome
        }

        if (obj.welcome != null) {
          delete obj.refused
          delete obj.accepted
          delete obj.status
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Welcome.codec().stream(reader, reader.uint32(), `${prefix}.welcome`, {
                limits: opts.limits?.welcome
              })

              break
            }
            case 2: {
              yield * StatusReply.codec().stream(reader, reader.uint32(), `${prefix}.status`, {
                limits: opts.limits?.status
              })

              break
            }
            case 3: {
              yield * Accepted.codec().stream(reader, reader.uint32(), `${prefix}.accepted`, {
                limits: opts.limits?.accepted
              })

              break
            }
            case 4: {
              yield * Refused.codec().stream(reader, reader.uint32(), `${prefix}.refused`, {
                limits: opts.limits?.refused
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface RunReplyFrameWelcomeRunIdFieldEvent {
    field: '$.welcome.runId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RunReplyFrameWelcomeLayoutFieldEvent {
    field: '$.welcome.layout'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RunReplyFrameWelcomeConfigurationFieldEvent {
    field: '$.welcome.configuration'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RunReplyFrameWelcomeMembersIdFieldEvent {
    field: '$.welcome.members[].id'
    value: string
    index: number
  }

  export interface RunReplyFrameWelcomeMembersNameFieldEvent {
    field: '$.welcome.members[].name'
    value: string
    index: number
  }

  export interface RunReplyFrameWelcomeMembersAddressesFieldEvent {
    field: '$.welcome.members[].addresses[]'
    index: number
    value: string
  }

  export interface RunReplyFrameStatusStatusFieldEvent {
    field: '$.status.status'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RunReplyFrameRefusedCodeFieldEvent {
    field: '$.refused.code'
    value: string
  }

  export interface RunReplyFrameRefusedMessageFieldEvent {
    field: '$.refused.message'
    value: string
  }

  export function encode (obj: Partial<RunReplyFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RunReplyFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RunReplyFrame>): RunReplyFrame {
    return decodeMessage(buf, RunReplyFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RunReplyFrame>): Generator<RunReplyFrameWelcomeRunIdFieldEvent | RunReplyFrameWelcomeLayoutFieldEvent | RunReplyFrameWelcomeConfigurationFieldEvent | RunReplyFrameWelcomeMembersIdFieldEvent | RunReplyFrameWelcomeMembersNameFieldEvent | RunReplyFrameWelcomeMembersAddressesFieldEvent | RunReplyFrameStatusStatusFieldEvent | RunReplyFrameRefusedCodeFieldEvent | RunReplyFrameRefusedMessageFieldEvent> {
    return streamMessage(buf, RunReplyFrame.codec(), opts)
  }
}
