/**
 * An unsigned LEB128 varint, as protobuf and the length prefix of a frame use it: seven bits a byte, least significant
 * first, the top bit set on all but the last.
 * @param value a safe integer, not negative.
 */
export const varint = (value: number): number[] => {
  const bytes: number[] = []
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80)
  return [...bytes, value]
}
