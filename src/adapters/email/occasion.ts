/**
 * The end of every mail that confirms something, below the tenant's own words as well: when and from which country that was
 * asked for, and the link of a reader who did not ask (contract §7, P1).
 */
import { wordsOf } from './built-in.ts'
import { escapeHtml, fill } from './mustache.ts'

export interface Occasion {
  /** Milliseconds since the epoch. */
  at: number
  /** Two letters of the country. */
  place?: string | undefined
  /** Address of the page by which the reader takes it back. */
  notMe?: string | undefined
}

export function occasionOf(language: string, { at, place, notMe }: Occasion): { text: string; html: string } {
  const { occasion, notMe: label } = wordsOf(language)
  const format = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const
  const madeAt = `${new Intl.DateTimeFormat(language, format).format(at)} (UTC)`
  const said = fill(occasion, { madeAt, madeFrom: countryName(language, place) }, 'text')
  const link = notMe === undefined ? '' : `${label}: ${notMe}\n`
  const anchor = notMe === undefined ? '' : `<br><a href="${escapeHtml(notMe)}">${escapeHtml(label)}</a>`
  return {
    text: `\n${said}\n${link}`,
    html: `<p class="small">${escapeHtml(said)}${anchor}</p>`,
  }
}

/** The platform's codes for "unknown" and for Tor are no countries. */
function countryName(language: string, place: string | undefined): string | undefined {
  if (place === undefined || !/^[A-Z]{2}$/.test(place) || place === 'XX') return undefined
  return new Intl.DisplayNames(language, { type: 'region', fallback: 'none' }).of(place)
}
