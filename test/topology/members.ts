/** `p00`, `p01` … : sorted as they come, for up to 100 members. */
export const membersOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `p${String(i).padStart(2, '0')}`)
