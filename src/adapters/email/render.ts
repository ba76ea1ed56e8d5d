/**
 * Renders mail orders as text and HTML, from the tenant's own words or the built-in ones. Whatever a customer has written
 * about themselves is shown as plain words or not at all: it never becomes a link, markup, a header or a line of its own.
 */
import { isConfirming, mailPurpose, type MailRecipient } from '../../domain/mail/mail.ts'
import { chooseTranslation, siteOf, wishedLanguages } from '../../domain/mail/mail-template.ts'
import type { MailRenderer } from '../../flows/ports/index.ts'
import { builtInTranslations } from './built-in.ts'
import { framed, withButtons } from './frame.ts'
import { linkTo } from './links.ts'
import { occasionOf } from './occasion.ts'
import { fill, type View } from './mustache.ts'
import { checkWords } from './words-check.ts'

const nameLengthMax = 80
/** With their lengths in minutes, and how many there have to be. */
const units = [
  ['day', 1440, 2],
  ['hour', 60, 1],
  ['minute', 1, 1],
] as const

/** `publicUrl` without a slash at its end. */
export function mailRenderer(publicUrl: string): MailRenderer {
  return {
    render({ entry, order, tenant, secret, disowningSecret, overrides }) {
      const { sender, brand } = tenant.settings
      const { template, recipient, to } = order
      const site = siteOf(tenant, order.site, recipient.site)
      const purpose = mailPurpose[template]
      const link =
        purpose && secret !== undefined ? linkTo(publicUrl, tenant, site, purpose, secret) : undefined
      const words = chooseTranslation(
        [...wishedLanguages(tenant, recipient.language, site), 'en'],
        [...overrides, ...builtInTranslations(template)],
      )
      if (!words) throw new Error(`There are no words for the mail ${template}.`)
      const { language } = words
      const lifetime = order.token && order.token.expiresAt - Date.parse(entry.createdAt)
      const shop = singleLine(brand.name ?? sender.name)
      const view: View = {
        ...readerVariables(recipient),
        email: to,
        shop,
        link,
        validFor: lifetime === undefined ? undefined : spelledOut(lifetime / 1000, language),
      }
      const subject = singleLine(fill(words.subject, view, 'text'))
      const content = fill(withButtons(words.html, brand), view, 'html')
      const notMe =
        disowningSecret === undefined
          ? undefined
          : linkTo(publicUrl, tenant, site, 'disowning', disowningSecret)
      const occasion = isConfirming(template)
        ? occasionOf(language, { at: Date.parse(entry.createdAt), place: order.place, notMe })
        : { text: '', html: '' }
      return {
        id: entry.id,
        tenant: tenant.key,
        template,
        to,
        from: { name: singleLine(sender.name), email: sender.email },
        subject,
        text: fill(words.text, view, 'text') + occasion.text,
        html: framed({ language, title: subject, shop, brand, content: content + occasion.html }),
        ...(link === undefined || secret === undefined ? {} : { token: secret, link }),
        createdAt: entry.createdAt,
      }
    },
    check: checkWords,
    builtIn: builtInTranslations,
  }
}

/** Of a name that is left out, no part is shown either. */
function readerVariables({ firstName = '', lastName = '' }: MailRecipient): View {
  const name = presentableName(`${firstName} ${lastName}`)
  return name === undefined ? {} : { name, firstName: singleLine(firstName), lastName: singleLine(lastName) }
}

/** A name that mail programs could turn into a link is left out: a sign-up must not be a way to send links. */
function presentableName(text: string): string | undefined {
  const name = singleLine(text)
  const linkLike = /[/\\@:<>]|www\.|[\p{L}\p{N}][.\u3002\uff0e\uff61]\p{L}{2,}/iu.test(name)
  return name === '' || name.length > nameLengthMax || linkLike ? undefined : name
}

/** Control, format and line-breaking characters become spaces: neither headers nor lines can be begun. */
function singleLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
}

/** In the largest unit that says it well: "45 minutes", "24 hours", "3 days". */
function spelledOut(seconds: number, language: string): string {
  const minutes = Math.max(1, Math.ceil(seconds / 60))
  const [unit, length] = units.find(([, length, least]) => minutes >= length * least) ?? units[2]
  const format = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' })
  return format.format(Math.floor(minutes / length))
}
