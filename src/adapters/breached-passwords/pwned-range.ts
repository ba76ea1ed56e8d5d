/**
 * Passwords known from breaches, by the range protocol of Have I Been Pwned ("Searching by range", "Introducing
 * padding"): five characters of the SHA-1 leave, the service answers every hash that begins so, and the comparison
 * happens here. Padding hides by its size which range was asked for. Anything that is no range is no answer.
 */
import { encodeHex, encodeUtf8 } from '../../domain/base/binary-text.ts'
import { fail, ok } from '../../domain/base/result.ts'
import type { BreachedPasswords } from '../../flows/ports/index.ts'
import { fetchText, type Fetch, type FetchLimits } from '../fetch/fetch-text.ts'

const prefixLength = 5

/** A padded range has about two thousand lines, 80 KB; the rest is room to grow. */
const defaultLimits: FetchLimits = { timeoutMilliseconds: 1000, sizeMaxBytes: 512 * 1024 }

/** The service refuses callers without a name. */
const headers = { accept: 'text/plain', 'add-padding': 'true', 'user-agent': 'patron' }

export function breachedPasswords(fetch: Fetch, limits = defaultLimits): BreachedPasswords {
  return {
    async includes(url, password) {
      const hash = await sha1(password)
      const text = await fetchText(fetch, url + hash.slice(0, prefixLength), { headers }, limits)
      const range = text === undefined ? undefined : parseRange(text)
      if (!range) return fail({ kind: 'Unavailable', dependency: 'breached passwords' })
      return ok(range.has(hash.slice(prefixLength)))
    },
  }
}

/** The suffixes that were seen; those seen zero times are padding. Undefined unless every line is one of a range. */
function parseRange(text: string): ReadonlySet<string> | undefined {
  const seen = new Set<string>()
  for (const line of text.trimEnd().split('\n')) {
    const [, suffix, count] = /^([0-9A-F]{35}):(\d{1,15})\r?$/i.exec(line) ?? []
    if (suffix === undefined) return undefined
    if (Number(count) > 0) seen.add(suffix.toUpperCase())
  }
  return seen
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', encodeUtf8(text))
  return encodeHex(new Uint8Array(digest)).toUpperCase()
}
