/**
 * E-mail addresses: which spellings are accepted, and the key under which all spellings of one mailbox are one.
 * Accepts `local@domain` only: no display names, comments, groups, quoted local parts or source routes, because a mail
 * server may read those differently from us. Mail always goes to the stored spelling, never to the key.
 */

const maximumLength = 254
const localPart = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u
const domainLabel = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/
/** What means something else to a parser of URLs, or what it would drop. */
const urlSyntax = /[\x00-\x20#%/:?@[\\\]]/
/** A host whose last label is a number is an IPv4 address, in whatever notation. */
const numericHost = /(^|\.)(\d+|0x[\da-f]*)$/
const space = /[\p{Zs}\t]/u

/** What a person typed, as it is stored: without the spaces around it, and composed. */
export function tidyEmail(typed: string): string {
  let [start, end] = [0, typed.length]
  while (start < end && space.test(typed.charAt(start))) start += 1
  while (end > start && space.test(typed.charAt(end - 1))) end -= 1
  return typed.slice(start, end).normalize('NFC')
}

/** True when mail can be sent to this string as it stands and it names exactly one mailbox. */
export function isEmailAddress(text: string): boolean {
  if (text.length > maximumLength || text !== text.normalize('NFC')) return false
  const at = text.indexOf('@')
  if (at < 1 || at !== text.lastIndexOf('@')) return false
  const [local, domain] = [text.slice(0, at), domainName(text.slice(at + 1))]
  if (local.length > 64 || !localPart.test(local) || domain === undefined) return false
  return (
    domain.includes('.') &&
    local.length + 1 + domain.length <= maximumLength &&
    domain.split('.').every((label) => label.length <= 63 && domainLabel.test(label))
  )
}

/** Whether a text can be looked up as an address: its domain, if it has one, can be the name of a host. */
export function namesHost(typed: string): boolean {
  const [, domain] = parts(tidyEmail(typed))
  return domain === '' || domainName(domain) !== undefined
}

/**
 * The spelling that decides about "same mailbox", wherever addresses are compared, counted and found. Of the domain it is
 * the ASCII name. In the local part letter case is ignored and compatibility forms are not folded (a full-width or
 * look-alike letter stays another address, and so does the dotless i): letter by letter, because the lower case of a whole
 * text depends on its place in a word; composed once more, because some letters compose only in lower case.
 */
export function emailKey(email: string): string {
  const [local, domain] = parts(tidyEmail(email))
  if (domain === '') return lowerCase(local)
  return `${lowerCase(local)}@${domainName(domain) ?? lowerCase(domain)}`
}

/** How an account has its login e-mail: as it was typed, and the key that makes it one of a kind. */
export function loginEmail(email: string): { email: string; emailKey: string } {
  return { email, emailKey: emailKey(email) }
}

/** International domains by their ASCII names, which every mail server knows; the part before the @ stays. */
export function asciiDomain(email: string): string {
  const [local, domain] = parts(email)
  if (/^[\x00-\x7f]*$/.test(domain)) return email
  return `${local}@${domainName(domain) ?? domain}`
}

/** Whether two spellings name the same mailbox. */
export function sameEmail(left: string, right: string): boolean {
  return emailKey(left) === emailKey(right)
}

/** Before and behind the last @; all of a text without one is local. */
function parts(email: string): [local: string, domain: string] {
  const at = email.lastIndexOf('@')
  return at < 0 ? [email, ''] : [email.slice(0, at), email.slice(at + 1)]
}

/** The A-label form in lower case (UTS 46), or nothing for what the platform's parser of URLs takes for no host name. */
function domainName(domain: string): string | undefined {
  if (urlSyntax.test(domain)) return undefined
  const host = URL.parse(`http://${domain}`)?.hostname
  return host === undefined || numericHost.test(host) ? undefined : host
}

function lowerCase(text: string): string {
  const letters = [...text].map((letter) => letter.toLowerCase())
  return letters.join('').normalize('NFC')
}
