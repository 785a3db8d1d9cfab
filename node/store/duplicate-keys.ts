/**
 * The first key that an object in `json` has twice, or null. JSON.parse keeps the last one silently, so two readers
 * could see two different tensors under one name.
 * @param json text that JSON.parse accepts.
 */
export const firstDuplicateKey = (json: string): string | null => {
  const open: Set<string>[] = []
  for (let i = 0; i < json.length; i++) {
    const character = json[i]
    // An array gets a set too, so that every closing bracket takes one away.
    if (character === '{' || character === '[') open.push(new Set())
    else if (character === '}' || character === ']') open.pop()
    else if (character === '"') {
      const end = endOfString(json, i)
      if (isKey(json, end)) {
        // Parsed, because "a" and "\\u0061" are one key.
        const key = JSON.parse(json.slice(i, end)) as string
        const keys = open.at(-1)
        if (keys?.has(key)) return key
        keys?.add(key)
      }
      i = end - 1
    }
  }
  return null
}

/** Index after the closing quote of the string that opens at `start`. */
const endOfString = (json: string, start: number): number => {
  let i = start + 1
  while (i < json.length && json[i] !== '"') i += json[i] === '\\' ? 2 : 1
  return i + 1
}

const isKey = (json: string, after: number): boolean => {
  let i = after
  while (json[i] === ' ' || json[i] === '\n' || json[i] === '\r' || json[i] === '\t') i++
  return json[i] === ':'
}
