/**
 * E-mail addresses: which spellings are accepted, and the key under which two spellings are one account.
 * Accepts `local@domain` only: no display names, comments, groups, quoted local parts or source routes, because a mail
 * server may read those differently from us. Mail always goes to the stored spelling, never to the key.
 */

const maximumLength = 254
const localPart = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u
const domainLabel = /^[\p{L}\p{N}]([\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?$/u

/** True when mail can be sent to this string as it stands and it names exactly one mailbox. */
export function isEmailAddress(text: string): boolean {
  if (text.length > maximumLength || text !== text.normalize('NFC')) return false
  const at = text.indexOf('@')
  if (at < 1 || at !== text.lastIndexOf('@')) return false
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)]
  if (local.length > 64 || !localPart.test(local)) return false
  return (
    domain.includes('.') && domain.split('.').every((label) => label.length <= 63 && domainLabel.test(label))
  )
}

/**
 * The spelling that decides about "same account": letter case is ignored, compatibility forms are not folded (a
 * full-width or look-alike letter stays another address, and so does the dotless i). Letter by letter, because the lower
 * case of a whole text depends on its place in a word; composed once more, because some letters compose only in lower case.
 */
export function emailKey(email: string): string {
  const letters = [...email.normalize('NFC')].map((letter) => letter.toLowerCase())
  return letters.join('').normalize('NFC')
}

/** How an account has its login e-mail: as it was typed, and the key that makes it one of a kind. */
export function loginEmail(email: string): { email: string; emailKey: string } {
  return { email, emailKey: emailKey(email) }
}

/** International domains by their ASCII names, which every mail server knows; the part before the @ stays. */
export function asciiDomain(email: string): string {
  const at = email.lastIndexOf('@')
  const domain = email.slice(at + 1)
  if (/^[\x00-\x7f]*$/.test(domain)) return email
  return `${email.slice(0, at)}@${URL.parse(`http://${domain}`)?.hostname ?? domain}`
}

/** The spelling that decides about "same mailbox" outside of the service, where domains have their ASCII names. */
export function mailboxKey(email: string): string {
  return emailKey(asciiDomain(email))
}

/** Whether two spellings name the same account. */
export function sameEmail(left: string, right: string): boolean {
  return emailKey(left) === emailKey(right)
}
