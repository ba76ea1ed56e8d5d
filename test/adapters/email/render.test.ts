/** Mails: links, languages, and names that try to be more than names (T1, T56, T57). */
import { describe, expect, it } from 'vitest'
import { mailRenderer } from '../../../src/adapters/email/render.ts'
import { textsIn } from '../../../src/adapters/email/templates.ts'
import type { AddressedMail, MailTemplate } from '../../../src/domain/mail.ts'
import { defaultTenantSettings, type Tenant, type TenantSettings } from '../../../src/domain/tenant.ts'

const secret = 'A-secret_of_43'
const withLink: MailTemplate[] = ['opt-in', 'password-reset', 'email-change', 'deletion']
const withoutLink: MailTemplate[] = [
  'password-changed',
  'email-changed',
  'account-added',
  'already-registered',
]

function render(
  order: Partial<AddressedMail>,
  settings: Partial<TenantSettings> = {},
  token: string | undefined = secret,
) {
  const tenant: Tenant = {
    key: 'acme',
    createdAt: '2026-01-01T00:00:00.000Z',
    settings: { ...defaultTenantSettings, ...settings },
  }
  const addressed: AddressedMail = {
    kind: 'addressed',
    template: 'password-reset',
    to: 'ada@shop.example',
    recipient: {},
    ...order,
  }
  const entry = { id: 'entry', tenant: 'acme', order: addressed, createdAt: '2026-01-01T00:00:00.000Z' }
  return mailRenderer('https://patron.test').render(entry, addressed, tenant, token)
}

describe('mails', () => {
  it('carry the id of their order, their recipient, and the sender of the tenant', () => {
    const mail = render({}, { sender: { name: 'Acme\r\nBcc: x@y.z', email: 'shop@acme.example' } })
    expect(mail).toMatchObject({
      id: 'entry',
      tenant: 'acme',
      template: 'password-reset',
      to: 'ada@shop.example',
      from: { name: 'Acme Bcc: x@y.z', email: 'shop@acme.example' },
      createdAt: '2026-01-01T00:00:00.000Z',
    })
  })

  it.each(withLink)('link to our page unless the tenant has one: %s', (template) => {
    const { link, token, text, html } = render({ template })
    expect(link).toMatch(
      /^https:\/\/patron\.test\/account\/acme\/(opt-in|reset-password|change-email|delete)\?token=A-secret_of_43$/,
    )
    expect(token).toBe(secret)
    expect(text).toContain(`\n\n${link}\n\n`)
    expect(html).toContain(`<a href="${link}"`)
  })

  it.each(withoutLink)('that confirm what happened have no link and no token: %s', (template) => {
    const mail = render({ template })
    expect(mail).not.toHaveProperty('link')
    expect(mail).not.toHaveProperty('token')
    expect(mail.text).not.toContain(secret)
    expect(mail.html).not.toContain('<a ')
  })

  it.each([
    ['https://shop.example/reset?token=', 'https://shop.example/reset?token=A-secret_of_43'],
    ['https://shop.example/reset?lang=de&code=', 'https://shop.example/reset?lang=de&code=A-secret_of_43'],
    ['https://shop.example/reset', 'https://shop.example/reset?token=A-secret_of_43'],
    ['https://shop.example/reset?a=b', 'https://shop.example/reset?a=b&token=A-secret_of_43'],
    ['https://shop.example/reset?', 'https://shop.example/reset?token=A-secret_of_43'],
    ['https://shop.example/#/reset?token=', 'https://shop.example/#/reset?token=A-secret_of_43'],
    ['https://shop.example/reset#form', 'https://shop.example/reset?token=A-secret_of_43#form'],
    ['https://SHOP.example/%7Ereset?token=', 'https://SHOP.example/%7Ereset?token=A-secret_of_43'],
  ])("T1: use the tenant's own page byte for byte: %s", (passwordReset, expected) => {
    expect(render({}, { links: { passwordReset } }).link).toBe(expected)
  })

  it('encode the token', () => {
    expect(render({}, {}, 'a&b=c d"<').link).toMatch(/\?token=a%26b%3Dc%20d%22%3C$/)
  })

  it('escape what the tenant has configured', () => {
    const { html } = render({}, { links: { passwordReset: 'https://shop.example/"><script>?a=1&token=' } })
    expect(html).toContain(
      'href="https://shop.example/&quot;&gt;&lt;script&gt;?a=1&amp;token=A-secret_of_43"',
    )
    expect(html).not.toContain('<script')
  })

  it("greet with the reader's name, escaped", () => {
    const { text, html } = render({ recipient: { firstName: "O'Neil & Søn", lastName: 'J.R. "Bob" Müller' } })
    expect(text).toContain(`Hello O'Neil & Søn J.R. "Bob" Müller,\n\n`)
    expect(html).toContain('Hello O&#39;Neil &amp; Søn J.R. &quot;Bob&quot; Müller,')
  })

  it.each([
    '<a href=x>',
    '<script>alert(1)</script>',
    'https://evil.example/win',
    'evil.example',
    'Visit www.evil',
    'a@evil.example',
    'evil。example',
    'evil．example',
    'mailto:x',
    '//evil',
    'x'.repeat(81),
  ])('T57: leave out a name that could become a link: %.40s', (firstName) => {
    const { text, html, subject } = render({ recipient: { firstName } })
    for (const part of [text, html, subject]) expect(part).not.toContain(firstName)
    expect(text).toMatch(/^Hello,\n/)
  })

  it.each(['\r\n', '\n', '\r', '\0', '\u2028', '\u2029', '\u0085', '\u202e'])(
    'T56: have a subject and a greeting of one line, whatever the name is: %j',
    (breaker) => {
      const recipient = { firstName: `Ada${breaker}Bcc`, lastName: `Lovelace${breaker}` }
      const { text, subject, from } = render({ recipient })
      expect(text).toMatch(/^Hello Ada Bcc Lovelace,\n\n/)
      expect(subject + from.name).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/u)
    },
  )

  it.each([
    ['de_DE', 'en_US', 'de'],
    ['de-AT', 'en_US', 'de'],
    ['FR', 'en_US', 'fr'],
    ['xx', 'fr_FR', 'fr'],
    [undefined, 'de', 'de'],
    ['__proto__', 'constructor', 'en'],
  ])('are in the language of the reader, else of the tenant: %s, %s → %s', (language, fallback, expected) => {
    const defaults = { ...defaultTenantSettings.defaults, language: fallback }
    const { html, subject } = render({ recipient: language === undefined ? {} : { language } }, { defaults })
    expect(html).toContain(`<html lang="${expected}">`)
    expect(subject).toBe(textsIn(expected).texts.templates['password-reset'].subject)
  })

  it.each(['en', 'de', 'fr'])('with a link have a button in each language: %s', (language) => {
    const { templates } = textsIn(language).texts
    for (const template of withLink) expect(templates[template].button).toBeTruthy()
    for (const template of withoutLink) expect(templates[template].button).toBeUndefined()
  })
})
