import type { backend_util } from '@tensorflow/tfjs-core'
import type { Heap } from './heap.js'

export type Shape4D = [number, number, number, number]

/** Writes what protocols/kernels/assembly/linear/geometry.ts reads. @returns its address, good until the heap's room is used again. */
export const writeGeometry = (heap: Heap, info: backend_util.Conv2DInfo): number => {
  const { top, bottom, left, right } = info.padInfo
  heap.write(heap.room, [
    info.batchSize,
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    top,
    bottom,
    left,
    right,
    info.outHeight,
    info.outWidth,
    info.outChannels,
  ])
  return heap.room
}
