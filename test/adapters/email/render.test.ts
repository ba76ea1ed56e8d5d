/** Mails: links, languages, looks, and names that try to be more than names (T1, T56, T57). */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { builtInTranslations } from '../../../src/adapters/email/built-in.ts'
import { lettersOn } from '../../../src/adapters/email/frame.ts'
import { escapeHtml } from '../../../src/adapters/email/mustache.ts'
import { mailRenderer } from '../../../src/adapters/email/render.ts'
import {
  isConfirming,
  mailPurpose,
  mailTemplates,
  type AddressedMail,
  type MailTemplate,
} from '../../../src/domain/mail/mail.ts'
import type { MailTranslation } from '../../../src/domain/mail/mail-template.ts'
import { defaultTenantSettings, type Tenant, type TenantSettings } from '../../../src/domain/tenant/tenant.ts'
import { tokenOf } from '../../support/records.ts'

const secret = 'A-secret_of_43'
const createdAt = '2026-01-01T00:00:00.000Z'
const withLink = mailTemplates.filter((template) => mailPurpose[template] !== undefined)
const withoutLink = mailTemplates.filter((template) => mailPurpose[template] === undefined)

function render(
  order: Partial<AddressedMail>,
  settings: Partial<TenantSettings> = {},
  token: string | null = secret,
  overrides: MailTranslation[] = [],
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
  return mailRenderer('https://patron.test').render({
    entry: { id: 'entry', createdAt },
    order: addressed,
    tenant,
    secret: token ?? undefined,
    overrides,
  })
}

function words(template: MailTemplate, language: string): MailTranslation {
  const found = builtInTranslations(template).find((translation) => translation.language === language)
  if (!found) throw new Error(`no ${template} in ${language}`)
  return found
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
      /^https:\/\/patron\.test\/account\/acme\/(opt-in|reset-password|change-email|confirm-email|confirm-account|undo-email-change|delete)\?token=A-secret_of_43$/,
    )
    expect(token).toBe(secret)
    expect(text).toContain(`\n\n${link}\n\n`)
    expect(html).toContain(`href="${link}"`)
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
    ['de_DE', 'fr', 'en_US', 'de'],
    ['de-AT', undefined, 'en_US', 'de'],
    ['FR', 'de', 'en_US', 'fr'],
    ['xx', 'de', 'fr_FR', 'de'],
    ['xx', undefined, 'fr_FR', 'fr'],
    [undefined, 'fr', 'de', 'fr'],
    [undefined, undefined, 'de', 'de'],
    [undefined, 'it', 'it', 'en'],
    ['__proto__', undefined, 'constructor', 'en'],
    ['d\u0000e', undefined, 'fr', 'fr'],
  ])(
    'are in the language of the reader %s, else of the site %s, else of the tenant %s: %s',
    (language, ofSite, fallback, expected) => {
      const settings: Partial<TenantSettings> = {
        defaults: { ...defaultTenantSettings.defaults, language: fallback },
        siteSettings: ofSite === undefined ? {} : { main: { language: ofSite } },
      }
      const { html, subject } = render(
        { site: 'main', recipient: language === undefined ? {} : { language } },
        settings,
      )
      expect(html).toContain(`<html lang="${expected}">`)
      expect(subject).toBe(words('password-reset', expected).subject)
    },
  )

  it.each([
    [{ site: 'fr' }, 'https://fr.example/reset?token='],
    [{ site: 'fr', recipient: { site: 'main' } }, 'https://fr.example/reset?token='],
    [{ recipient: { site: 'fr' } }, 'https://fr.example/reset?token='],
    [{ site: 'unknown', recipient: { site: 'fr' } }, 'https://fr.example/reset?token='],
    [{ site: 'main', recipient: { site: 'fr' } }, 'https://shop.example/reset?token='],
    [{ site: 'it' }, 'https://shop.example/reset?token='],
    [{ site: 'constructor' }, 'https://shop.example/reset?token='],
    [{}, 'https://shop.example/reset?token='],
  ])('link to the page of the site where that has one: %j', (order, prefix) => {
    const { link } = render(order, {
      sites: ['main', 'fr', 'it'],
      links: { passwordReset: 'https://shop.example/reset' },
      siteSettings: { fr: { links: { passwordReset: 'https://fr.example/reset' } }, it: { links: {} } },
    })
    expect(link).toBe(`${prefix}${secret}`)
  })

  it.each([
    [59, 'en', '1 minute'],
    [2700, 'en', '45 minutes'],
    [3599.99, 'en', '1 hour'],
    [5400, 'de', '1 Stunde'],
    [86_400, 'fr', '24 heures'],
    [259_200, 'de', '3 Tage'],
  ])('say how long the link works: %d seconds, %s', (seconds, language, expected) => {
    const token = tokenOf('password_reset', { expiresAt: Date.parse(createdAt) + seconds * 1000 })
    const { text, html } = render({ token, recipient: { language } })
    for (const part of [text, html]) expect(part.replaceAll('\u00a0', ' ')).toContain(` ${expected}`)
  })
})

const languages = ['en', 'de', 'fr']
const everyMail = mailTemplates.flatMap((template) => languages.map((language) => ({ template, language })))

/** What somebody could have put into a name, and whether it may be shown. */
const hostile: [string, string, string | undefined][] = [
  ['CR LF and a header', 'Ada\r\nBcc', 'Ada Bcc'],
  ['NUL', 'Ada\0Bcc', 'Ada Bcc'],
  ['an anchor', '<a href="https://evil.example">x</a>', undefined],
  ['quotes', '"\'&Ada', '"\'&Ada'],
  ['an event handler', '" onmouseover="alert(1)', '" onmouseover="alert(1)'],
  ['mustache', '{{link}}{{{link}}}', '{{link}}{{{link}}}'],
  ['right to left', '\u202eמרים', 'מרים'],
  ['emoji', 'Ada 👩🏽', 'Ada 👩🏽'],
  ['10 kB', 'ä'.repeat(10_000), undefined],
]

describe.each(everyMail)('the mail $template in $language', ({ template, language }) => {
  const token =
    mailPurpose[template] && tokenOf(mailPurpose[template], { expiresAt: Date.parse(createdAt) + 9e7 })
  const order = { template, ...(token && { token }) }
  const plain = render({ ...order, recipient: { language, firstName: 'Ada' } })

  it('has words of its own, and says all that it has to', () => {
    const own = words(template, language)
    expect(own.language).toBe(language)
    expect(plain.subject).toBe(own.subject.replace('{{shop}}', 'Customer service'))
    const [said = '', occasion] = plain.text.split(/(?<=\nCustomer service\n)/)
    expect(said).toMatch(/^\S.* Ada,\n\n[^]*\nCustomer service\n$/)
    expect(occasion !== undefined).toBe(isConfirming(template))
    expect(plain.html).toContain(`<html lang="${language}">`)
    for (const part of [plain.subject, plain.text, plain.html]) {
      expect(part).not.toMatch(/\{\{|\}\}|undefined|\[object/)
      expect(part).not.toContain('\n\n\n')
    }
  })

  it('has its link as a button and as text, or no link at all', () => {
    const links = [...plain.html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)
    if (!token) return expect([links, plain.link, plain.token]).toEqual([[], undefined, undefined])
    expect(links).toEqual([plain.link])
    expect(plain.html).toContain(`<br>${plain.link}</p>`)
    expect(plain.html).toMatch(/<a class="button" style="[^"]+" href=/)
    expect(plain.text).toContain(`\n\n${plain.link}\n\n`)
  })

  it.each(hostile)('makes nothing of %s in a name', (_what, firstName, shown) => {
    const { subject, text, html, from, to } = render({ ...order, recipient: { language, firstName } })
    expect([subject, from, to]).toEqual([plain.subject, plain.from, plain.to])
    const name = shown === undefined ? '' : ` ${shown}`
    expect(text).toBe(plain.text.replace(' Ada,', () => `${name},`))
    expect(html).toBe(plain.html.replace(' Ada,', () => `${escapeHtml(name)},`))
  })
})

describe('a tenant of its own looks', () => {
  it('shows its name and its colour, with letters that can be read on it', () => {
    const { html, text } = render({}, { brand: { name: 'A & B <i>', color: '#FFD400' } })
    expect(html).toContain('>A &amp; B &lt;i&gt;</strong>')
    expect(html).toContain('background-color:#FFD400;color:#000000')
    expect(text).toMatch(/\nA & B <i>\n$/)
  })

  it('shows its logo, with its name for those who do not see it', () => {
    const { html } = render({}, { brand: { name: 'A "B"', logoUrl: 'https://x.example/?a=1&b="2' } })
    expect(html).toMatch(/<img\s+src="https:\/\/x\.example\/\?a=1&amp;b=&quot;2"\s+alt="A &quot;B&quot;"/)
    expect(html).not.toContain('<strong')
  })

  it('has letters that contrast 4.5 to 1 with any colour', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (number) => {
        const color = `#${number.toString(16).padStart(6, '0')}`
        expect(contrast(color, lettersOn(color))).toBeGreaterThanOrEqual(4.5)
      }),
    )
    expect([lettersOn('#000000'), lettersOn('#ffffff')]).toEqual(['#ffffff', '#000000'])
  })
})

describe('words of the tenant’s own', () => {
  const own = {
    language: 'de-at',
    subject: 'Servus{{#firstName}} {{firstName}}{{/firstName}}',
    text: '{{name}} {{email}} {{link}} {{validFor}}',
    html: '<a class="button" href="{{link}}">{{name}}</a>',
  }
  const token = tokenOf('password_reset', { expiresAt: Date.parse(createdAt) + 3_600_000 })

  it('are used for those who read that language, filled in and escaped, in the frame of all mails', () => {
    const recipient = { firstName: 'A"&', lastName: "B'", language: 'de_AT' }
    const mail = render({ token, recipient }, {}, secret, [own])
    expect(mail.subject).toBe('Servus A"&')
    expect(mail.text).toBe(`A"& B' ada@shop.example ${mail.link} 1 Stunde`)
    expect(mail.html).toMatch(/<a class="button" style="[^"]+" href="https:[^"]+">A&quot;&amp; B&#39;<\/a>/)
    expect(mail.html).toContain('<html lang="de-at">')
    expect(mail.html).toContain('Customer service</strong>')
  })

  it.each([
    ['de', 'Setzen Sie Ihr Passwort zurück'],
    ['de-ch', 'Setzen Sie Ihr Passwort zurück'],
    ['en', 'Mine'],
    ['en-gb', 'Mine'],
    ['it', 'Ciao'],
  ])('go before the built-in ones of the same language, and only there: %s', (language, subject) => {
    const others = [
      { ...own, language: 'en', subject: 'Mine' },
      { ...own, language: 'it', subject: 'Ciao' },
    ]
    expect(render({ token, recipient: { language } }, {}, secret, [own, ...others]).subject).toBe(subject)
  })

  it('have a subject of one line, whatever stands in it', () => {
    const subject = '{{firstName}}\u2028Bcc: {{lastName}}'
    const recipient = { firstName: 'A\r\nB', lastName: 'C\0D', language: 'de-at' }
    expect(render({ token, recipient }, {}, secret, [{ ...own, subject }]).subject).toBe('A B Bcc: C D')
  })
})

it('that an address change causes have no button where nothing can be undone', () => {
  const { html: sent, link } = render({ template: 'email-changed' }, {}, null)
  expect([link, sent.match(/<a |href|with this link/g)]).toEqual([undefined, null])
})

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(color: string): number {
  const channels = [color.slice(1, 3), color.slice(3, 5), color.slice(5, 7)].map((digits) => {
    const value = Number.parseInt(digits, 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return [0.2126, 0.7152, 0.0722].reduce((sum, weight, index) => sum + weight * (channels[index] ?? 0), 0)
}
