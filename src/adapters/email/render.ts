/**
 * Renders mail orders as text and HTML. Whatever a customer has written about themselves is shown as plain words or not
 * at all: it never becomes a link, markup, a header or a line of its own. Links start with the tenant's settings or the
 * configured public URL, byte for byte, never with anything from a request.
 */
import { html } from 'hono/html'
import { mailPurpose, type MailRecipient } from '../../domain/mail.ts'
import type { MailedTokenPurpose } from '../../domain/one-time-token.ts'
import type { Tenant } from '../../domain/tenant.ts'
import type { MailRenderer } from '../../flows/ports.ts'
import { textsIn, type TemplateTexts } from './templates.ts'

const nameLengthMax = 80

/** Setting with the tenant's page, and our own page, for each purpose. */
const pages: Record<MailedTokenPurpose, { setting: keyof Tenant['settings']['links']; page: string }> = {
  opt_in: { setting: 'optIn', page: 'opt-in' },
  password_reset: { setting: 'passwordReset', page: 'reset-password' },
  email_change: { setting: 'emailChange', page: 'change-email' },
  deletion: { setting: 'deletion', page: 'delete' },
}

/** `publicUrl` without a slash at its end. */
export function mailRenderer(publicUrl: string): MailRenderer {
  return {
    render(entry, order, tenant, secret) {
      const { sender, defaults } = tenant.settings
      const { language, texts } = textsIn(order.recipient.language, defaults.language)
      const purpose = mailPurpose[order.template]
      const link = purpose && secret ? linkTo(publicUrl, tenant, purpose, secret) : undefined
      const content: Content = {
        language,
        ...texts.templates[order.template],
        greeting: texts.greeting(presentableName(order.recipient)),
        closing: texts.closing,
        signature: singleLine(sender.name),
        ...(link === undefined ? {} : { link }),
      }
      return {
        id: entry.id,
        tenant: tenant.key,
        template: order.template,
        to: order.to,
        from: { name: content.signature, email: sender.email },
        subject: singleLine(content.subject),
        text: asText(content),
        html: asHtml(content),
        ...(link === undefined || secret === undefined ? {} : { token: secret, link }),
        createdAt: entry.createdAt,
      }
    },
  }
}

interface Content extends TemplateTexts {
  language: string
  greeting: string
  closing: string
  signature: string
  link?: string
}

function linkTo(publicUrl: string, tenant: Tenant, purpose: MailedTokenPurpose, secret: string): string {
  const { setting, page } = pages[purpose]
  const prefix = tenant.settings.links[setting] ?? `${publicUrl}/account/${tenant.key}/${page}?token=`
  return withToken(prefix, encodeURIComponent(secret))
}

/** A prefix that ends with `=` is finished but for the token; to any other the token is added as a query parameter. */
function withToken(prefix: string, token: string): string {
  if (prefix.endsWith('=')) return prefix + token
  const hash = prefix.indexOf('#')
  const [base, fragment] = hash < 0 ? [prefix, ''] : [prefix.slice(0, hash), prefix.slice(hash)]
  const separator = /[?&]$/.test(base) ? '' : base.includes('?') ? '&' : '?'
  return `${base}${separator}token=${token}${fragment}`
}

/** A name that mail programs could turn into a link is left out: a sign-up must not be a way to send links. */
function presentableName({ firstName, lastName }: MailRecipient): string | undefined {
  const name = singleLine([firstName, lastName].filter(Boolean).join(' '))
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

function asText({ greeting, body, link, note, closing, signature }: Content): string {
  const paragraphs = [greeting, ...body, link, note, `${closing}\n${signature}`]
  return `${paragraphs.filter((paragraph) => paragraph !== undefined).join('\n\n')}\n`
}

/** In pixels and without variables: mail programs know little else. */
const buttonStyle =
  'display:inline-block;padding:10px 16px;border-radius:6px;background:#1f4fbf;color:#fff;text-decoration:none'

function asHtml({
  language,
  subject,
  greeting,
  body,
  link,
  button,
  note,
  closing,
  signature,
}: Content): string {
  const action =
    link === undefined
      ? ''
      : html`<p>
            <a href="${link}" target="_blank" rel="noreferrer" style="${buttonStyle}">${button ?? link}</a>
          </p>
          <p style="overflow-wrap:anywhere">${link}</p>`
  const page = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="referrer" content="no-referrer" />
        <title>${subject}</title>
      </head>
      <body style="font:16px/1.5 sans-serif;max-width:576px;margin:0 auto;padding:16px">
        <p>${greeting}</p>
        ${body.map((paragraph) => html`<p>${paragraph}</p>`)} ${action}
        ${note === undefined ? '' : html`<p>${note}</p>`}
        <p>${closing}<br />${signature}</p>
      </body>
    </html>`
  return page.toString()
}
