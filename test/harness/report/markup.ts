/** Text that is HTML already. Everything else is escaped when it is put into a page. */
export interface Markup {
  readonly html: string
}

type Part = Markup | string | number | readonly Part[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for an element or a quoted attribute. Control characters, which no HTML may hold, become U+FFFD. */
export const escapeText = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)

/** Tag of a template: what is put in is escaped, unless it is markup; lists are joined. */
export const markup = (texts: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  html: texts.map((text, index) => text + (index < parts.length ? htmlOf(parts[index]!) : '')).join(''),
})

/** Only for text that this folder made itself: nothing of a record may be in it. */
export const trusted = (html: string): Markup => ({ html })

export const nothing: Markup = trusted('')

const htmlOf = (part: Part): string => {
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part))
  return 'html' in part ? part.html : part.map(htmlOf).join('')
}
