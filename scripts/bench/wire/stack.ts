/** One way to move models from one process to another. */
export interface Stack {
  /** Sends models by their size in bytes to whoever asks. Returns where. */
  serve(models: ReadonlyMap<number, Float32Array>): Promise<string>
  /** @param sizes bytes of the models that will be asked for. */
  connect(address: string, sizes: readonly number[]): Promise<Fetch>
}

/** Asks for a model and resolves once all of its bytes are here. */
export type Fetch = (bytes: number) => Promise<void>

/** A request of the references: the size in bytes, little-endian. */
export const requestOf = (bytes: number): Buffer => {
  const request = Buffer.alloc(4)
  request.writeUInt32LE(bytes)
  return request
}
