/** Whether ids are sorted and none is there twice. */
export const rises = (ids: readonly string[]): boolean =>
  ids.every((id, index) => index === 0 || ids[index - 1]! < id)
