import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StreamMessageEvent, type Stream } from '@libp2p/interface'
import { MurmurationError } from '../../protocols/errors.js'
import { encodeSnapshotReply, varint } from '../../protocols/wire/index.js'
import { createFrameReader, type ChunkSink } from '../../node/network/frame-reader.js'

/** Stands in for a stream: the test says what arrives, and when. */
const createStream = () => {
  const target = new EventTarget()
  let aborted: Error | undefined
  return {
    stream: Object.assign(target, { abort: (error: Error) => (aborted = error) }) as unknown as Stream,
    arrive: (bytes: Uint8Array) => target.dispatchEvent(new StreamMessageEvent(bytes)),
    endWriting: () => target.dispatchEvent(new Event('remoteCloseWrite')),
    aborted: () => aborted,
  }
}
const readerOf = ({ stream }: ReturnType<typeof createStream>, onBytes = (_bytes: number) => {}) =>
  createFrameReader(stream, { frameBytesMax: 300, bufferBytesMax: 1000, onBytes })

const framed = (...frames: readonly Uint8Array[]) =>
  Buffer.concat(frames.flatMap((frame) => [Uint8Array.from(varint(frame.byteLength)), frame]))
const { signal } = new AbortController()
const withCode = (code: string) => (error: unknown) =>
  error instanceof MurmurationError && (error as MurmurationError).code === code

/** Writes down what is done to it. */
const createSink = () => {
  const chunks: { index: number; announced: number; data: Buffer; ended: boolean }[] = []
  const sink: ChunkSink = {
    begin: (index, announced) => void chunks.push({ index, announced, data: Buffer.alloc(0), ended: false }),
    write(piece) {
      const chunk = chunks.at(-1)!
      chunk.data = Buffer.concat([chunk.data, piece])
    },
    end: () => void (chunks.at(-1)!.ended = true),
  }
  return { sink, chunks }
}
const ramp = (length: number) => Buffer.from(Array.from({ length }, (_, i) => i % 251))

describe('reading frames', () => {
  it('gives the same frames wherever the bytes are cut', async () => {
    const frames = [ramp(3), ramp(0), ramp(200), ramp(1)]
    const bytes = framed(...frames)
    for (let cut = 0; cut <= bytes.byteLength; cut++) {
      const source = createStream()
      let counted = 0
      const reader = readerOf(source, (length) => (counted += length))
      source.arrive(bytes.subarray(0, cut))
      const reading = (async () => {
        for (const frame of frames) assert.deepEqual(Buffer.from(await reader.read(signal)), frame)
      })()
      await Promise.resolve()
      source.arrive(bytes.subarray(cut))
      await reading
      assert.equal(counted, 204)
    }
  })
  it('hands a chunk on wherever the bytes are cut, and the next frame whole', async () => {
    const data = ramp(150)
    const none = encodeSnapshotReply({ type: 'none' })
    const bytes = framed(encodeSnapshotReply({ type: 'chunk', index: 5, data }), none)
    for (let cut = 0; cut <= bytes.byteLength; cut++) {
      const source = createStream()
      const reader = readerOf(source)
      const { sink, chunks } = createSink()
      source.arrive(bytes.subarray(0, cut))
      const reading = Promise.all([reader.readChunk(sink, signal)])
      await Promise.resolve()
      source.arrive(bytes.subarray(cut))
      assert.deepEqual(await reading, [null])
      assert.deepEqual(chunks, [{ index: 5, announced: 150, data, ended: true }])
      assert.deepEqual(Buffer.from((await reader.readChunk(sink, signal))!), Buffer.from(none))
    }
  })
  it('gives a chunk whose fields are written in another order as a frame', async () => {
    const source = createStream()
    const { sink, chunks } = createSink()
    // Field 2 of the reply, 6 bytes: field 2 (data, 2 bytes), then field 1 (index 1).
    const swapped = Uint8Array.of(0x12, 6, 0x12, 2, 9, 9, 0x08, 1)
    const reader = readerOf(source)
    source.arrive(framed(swapped))
    assert.deepEqual(Buffer.from((await reader.readChunk(sink, signal))!), Buffer.from(swapped))
    assert.deepEqual(chunks, [])
  })
  it('refuses a frame that is too long before any of it has come', async () => {
    const source = createStream()
    const reader = readerOf(source)
    source.arrive(Uint8Array.from(varint(301)))
    await assert.rejects(reader.read(signal), withCode('FRAME_TOO_LARGE'))
  })
  it('refuses a length that never ends', async () => {
    const source = createStream()
    const reader = readerOf(source)
    source.arrive(new Uint8Array(3).fill(0x80))
    await assert.rejects(reader.read(signal), withCode('FRAME_TOO_LARGE'))
  })
  it('ends a stream that brings more than was asked for', async () => {
    const source = createStream()
    const reader = readerOf(source)
    source.arrive(new Uint8Array(600))
    assert.equal(source.aborted(), undefined)
    source.arrive(new Uint8Array(401))
    await Promise.resolve()
    assert.ok(withCode('FRAME_TOO_LARGE')(source.aborted()))
    await assert.rejects(reader.read(signal), withCode('FRAME_TOO_LARGE'))
  })
  it('says so when the stream ends within a frame, and gives what came whole before that', async () => {
    const source = createStream()
    const reader = readerOf(source)
    source.arrive(framed(ramp(10)))
    source.arrive(Uint8Array.of(100, 1, 2, 3))
    source.endWriting()
    assert.equal((await reader.read(signal)).byteLength, 10)
    await assert.rejects(reader.read(signal), withCode('TRUNCATED'))
  })
  it('stops waiting when it is called off', async () => {
    const source = createStream()
    const controller = new AbortController()
    const reading = readerOf(source).read(controller.signal)
    controller.abort(new Error('enough'))
    await assert.rejects(reading, /enough/)
  })
})
