/**
 * The template language of mails: mustache with variables and sections, and nothing that leaves its context (no partials,
 * no unescaped values, no other delimiters, no functions). Document: mustache(5).
 */
import Mustache from 'mustache'

/** Texts only, so that a section shows its content or not, and nothing is ever called. */
export type View = Record<string, string | undefined>

export interface Tag {
  name: string
  kind: 'variable' | 'section'
  /** Where it begins in the source. */
  at: number
}

export type ReadTags = { ok: true; tags: Tag[] } | { ok: false; problem: string }

/** Names are shorter. Bounds what the library's own search for the end of a tag may cost. */
const tagLengthMax = 40
const tagForm = /^\s?([#^/]?)\s?([A-Za-z]+)\s?$/

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const writer = new Mustache.Writer()
// It would keep every draft that was ever shown.
Object.assign(writer, { templateCache: undefined })

/** For content and for attributes in quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

/** The source has been read before; an absent variable is empty. */
export function fill(source: string, view: View, format: 'text' | 'html'): string {
  const escape = format === 'html' ? escapeHtml : (text: string) => text
  return writer.render(source, Object.assign(Object.create(null), view), undefined, { escape })
}

/** The tags in order, or the first thing that is wrong with them. */
export function readTags(source: string): ReadTags {
  const tags: Tag[] = []
  for (let at = source.indexOf('{{'); at >= 0; at = source.indexOf('{{', at + 2)) {
    const inner = /^([^{}]*)\}\}(?!\})/.exec(source.slice(at + 2, at + 2 + tagLengthMax))?.[1]
    const [, sign, name] = tagForm.exec(inner ?? '') ?? []
    if (name === undefined)
      return { ok: false, problem: `This is no variable and no section: ${source.slice(at, at + 20)}` }
    if (sign !== '/') tags.push({ name, at, kind: sign === '' ? 'variable' : 'section' })
  }
  try {
    writer.parse(source)
    return { ok: true, tags }
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : 'The sections do not fit.' }
  }
}
