/** `p00`, `p01` … : sorted as they come, for up to 100 members. */
export const membersOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `p${String(i).padStart(2, '0')}`)

/** `peer-00000`, `peer-00001` … : likewise for up to 100,000. */
export const manyMembers = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `peer-${String(i).padStart(5, '0')}`)
