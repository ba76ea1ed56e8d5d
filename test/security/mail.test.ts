/**
 * Mails: where their links lead, who gets them, and what strangers can make them say. Everything here has gone the whole
 * way, from the request through the outbox and the queue to the mailbox.
 * T1 forged hosts, T56 header injection, T57 markup and links in names.
 */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import type { MailTemplate } from '../../src/domain/mail/mail.ts'
import type { Mail } from '../../src/flows/ports/index.ts'
import { anonymous, call, mailbox, newCustomer, signUp, uniqueEmail } from '../support/client.ts'
import { newTenant, outboxEmpty } from './service.ts'

const own = 'https://shop.example/account/confirm?step='

/** Double opt-in, so that the mail of a sign-up carries what was signed up with; with a page of its own for the link. */
let greeting: string
beforeAll(
  async () => void (greeting = await newTenant({ optIn: 'double', links: { optIn: `${own}opt-in` } })),
)

describe('the links of mails', () => {
  const forged: [string, Record<string, string>][] = [
    ['Host', { Host: 'evil.example' }],
    ['X-Forwarded-Host', { 'X-Forwarded-Host': 'evil.example' }],
    [
      'X-Forwarded-Host and -Proto',
      { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'javascript' },
    ],
    [
      'X-Forwarded-Port, -Prefix and -Server',
      {
        'X-Forwarded-Port': '4444',
        'X-Forwarded-Prefix': '/evil',
        'X-Forwarded-Server': 'evil.example',
      },
    ],
    ['Forwarded', { Forwarded: 'host=evil.example;proto=http' }],
    [
      'X-Original-URL and X-Rewrite-URL',
      { 'X-Original-URL': 'https://evil.example/', 'X-Rewrite-URL': '/evil' },
    ],
    ['X-Host', { 'X-Host': 'evil.example', 'X-HTTP-Host-Override': 'evil.example' }],
    ['Origin and Referer', { Origin: 'https://evil.example', Referer: 'https://evil.example/page' }],
  ]
  const ours = 'http://127.0.0.1:8787/account'

  /** All four mails with a link, asked for with the given headers and at the given base. */
  async function linksOf(tenant: string, headers: Record<string, string>, base = '') {
    const customer = await newCustomer(tenant)
    const newEmail = uniqueEmail('new')
    const visitor = uniqueEmail('visitor')
    const bearer = { token: customer.tokens.access_token, headers }
    await call('POST', `${base}/customer/${tenant}/password/reset`, {
      headers,
      token: customer.token,
      body: { email: customer.email },
    })
    await call('POST', `${base}/customer/${tenant}/me/accounts/internal/email/change`, {
      ...bearer,
      body: { email: customer.email, password: customer.password, newEmail },
    })
    await call('DELETE', `${base}/customer/${tenant}/me`, bearer)
    await call('POST', `${base}/customer/${greeting}/signup`, {
      headers,
      token: (await anonymous(greeting)).access_token,
      body: { email: visitor, password: customer.password },
    })
    const mails = await Promise.all([
      mailbox(customer.email, 'password-reset'),
      mailbox(newEmail, 'email-change'),
      mailbox(customer.email, 'deletion'),
      mailbox(visitor, 'opt-in'),
    ])
    return mails.map(([mail]) => mail)
  }

  function expectOnly(mail: Mail | undefined, link: string): void {
    expect(mail?.link).toBe(link)
    expect(mail?.text).toContain(link)
    const hrefs = [...(mail?.html ?? '').matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, url]) => url)
    // A mail that confirms something has a second link, for a reader who asked for nothing.
    const notMe = new RegExp(`^${ours}/[a-z0-9]+/not-me\\?token=[\\w-]{43}$`)
    expect(hrefs.filter((href = '') => !notMe.test(href))).toEqual([link.replaceAll('&', '&amp;')])
    expect(JSON.stringify(mail)).not.toContain('evil')
  }

  it.each(forged)('T1 lead to the configured base, byte for byte: %s', async (_name, headers) => {
    const [reset, change, deletion, optIn] = await linksOf('acme', headers)
    expectOnly(reset, `${ours}/acme/reset-password?token=${reset?.token}`)
    expectOnly(change, `${ours}/acme/change-email?token=${change?.token}`)
    expectOnly(deletion, `${ours}/acme/delete?token=${deletion?.token}`)
    expectOnly(optIn, `${own}opt-in&token=${optIn?.token}`)
  })

  it('T1 lead to the pages of the tenant, also when the request was sent to another host', async () => {
    const links = { passwordReset: `${own}reset`, emailChange: `${own}change`, deletion: `${own}delete` }
    const tenant = await newTenant({ links })
    const mails = await linksOf(tenant, {}, 'http://evil.example:4444')
    for (const [index, step] of ['reset', 'change', 'delete', 'opt-in'].entries())
      expectOnly(mails[index], `${own}${step}&token=${mails[index]?.token}`)
  })
})

/** The newest mail to an address, as the transport was given it. */
async function transported(email: string): Promise<Mail | undefined> {
  const row = await env.DB.prepare('SELECT mail FROM mailbox WHERE recipient = ? ORDER BY created_at DESC')
    .bind(email)
    .first<string>('mail')
  return row === null ? undefined : (JSON.parse(row) as Mail)
}

const lineBreaks: [string, string][] = [
  ['CR LF', 'Ada\r\nBcc: eve@evil.example\r\n\r\nBuy at evil.example'],
  ['LF', 'Ada\nBcc: eve@evil.example'],
  ['CR', 'Ada\rSubject: You have won'],
  ['vertical tab and form feed', 'Ada\u000b\u000cBcc: eve@evil.example'],
  ['NEL', 'Ada\u0085Bcc: eve@evil.example'],
  ['line separator', 'Ada\u2028Bcc: eve@evil.example'],
  ['paragraph separator', 'Ada\u2029Bcc: eve@evil.example'],
  ['right-to-left override', 'Ada\u202egro.live//:sptth'],
  ['zero width', 'Ada\u200bLove\u2060lace\ufeff'],
  ['encoded word', '=?utf-8?q?Ada=0D=0ABcc:_eve@evil.example?='],
  ['escape sequence', 'Ada\u001b[2J\u001b]0;evil\u0007'],
]

describe('the headers of mails', () => {
  it.each(lineBreaks)('T56 stay what they are with %s in a name', async (_name, firstName) => {
    const { email } = await signUp(greeting, { customerDetails: { firstName, lastName: firstName } })
    expect(await mailbox(email, 'opt-in')).toHaveLength(1)
    const mail = await transported(email)
    expect(mail?.to).toBe(email)
    expect(mail?.from).toEqual({ name: 'Customer service', email: 'no-reply@patron.example' })
    expect(mail?.subject).toBe('Confirm your e-mail address')
    for (const part of [mail?.to, mail?.subject, mail?.from.name, mail?.from.email])
      expect(part).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    const [firstLine = ''] = (mail?.text ?? '').split('\n')
    expect(firstLine).toMatch(/^Hello.*,$/)
    expect(mail?.text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u)
    expect(mail?.text.split('\n').some((line) => /^(bcc|subject)/i.test(line))).toBe(false)
    expect(await mailbox('eve@evil.example', undefined, 0)).toEqual([])
  })

  it.each([
    ['CR LF', 'ada@shop.example\r\nBcc: eve@evil.example'],
    ['LF', 'ada@shop.example\nBcc: eve@evil.example'],
    ['NUL', 'ada@shop.example\u0000'],
    ['line separator', 'ada@shop.example\u2028Bcc: eve@evil.example'],
    ['a list', 'ada@shop.example, eve@evil.example'],
    ['angle brackets', 'Ada <eve@evil.example>'],
    ['percent-encoded line break', 'ada%0d%0aBcc:eve@evil.example@shop.example'],
  ])('T56 get no second recipient by the address: %s', async (_name, email) => {
    const { token, password, tokens, email: known } = await newCustomer('acme')
    const attempts = [
      call('POST', '/customer/acme/signup', { token, body: { email, password } }),
      call('POST', '/customer/acme/password/reset', { token, body: { email } }),
      call('POST', '/customer/acme/signup/optin/refresh_token', { token, body: { email } }),
      call('POST', '/customer/acme/me/accounts/internal', {
        token: tokens.access_token,
        body: { email, password },
      }),
      call('POST', '/customer/acme/me/accounts/internal/email/change', {
        token: tokens.access_token,
        body: { email: known, password, newEmail: email },
      }),
      call('PATCH', '/customer/acme/me', { token: tokens.access_token, body: { contactEmail: email } }),
    ]
    for (const { status, text } of await Promise.all(attempts)) expect(status, text).toBe(400)
    await outboxEmpty()
    expect(await mailbox('eve@evil.example', undefined, 0)).toEqual([])
  })

  it.each(lineBreaks)('T56 stay what they are with %s as the site of a reset', async (_name, site) => {
    const { email, token } = await signUp('acme')
    const plain = await call('POST', '/customer/acme/password/reset', { token, body: { email } })
    const odd = await call('POST', '/customer/acme/password/reset', { token, body: { email, site } })
    expect(plain.status).toBe(204)
    if (odd.status === 400) return
    const [one, other] = await mailbox(email, 'password-reset', 2)
    const comparable = (mail: Mail | undefined) => ({
      ...mail,
      ...{ id: '', createdAt: '', token: '', link: '' },
      text: mail?.text.replaceAll(mail.token ?? '', ''),
      html: mail?.html.replaceAll(mail.token ?? '', ''),
    })
    expect(comparable(one)).toEqual(comparable(other))
  })
})

describe('the words of mails', () => {
  const names: [string, string][] = [
    ['an anchor', '<a href="https://evil.example">Click here</a>'],
    ['an image', '<img src=x onerror=alert(1)>'],
    ['a script', '</p><script>alert(1)</script>'],
    ['an attribute', '" onmouseover="alert(1)'],
    ['an entity', '&lt;a href=&quot;https://evil.example&quot;&gt;'],
    ['a comment', '<!-- -->'],
    ['a URL', 'https://evil.example/free'],
    ['a URL without scheme', 'evil.example'],
    ['a URL with www', 'www.evil.example'],
    ['a URL with a full-width dot', 'evil\uff0eexample'],
    ['a URL with an ideographic dot', 'evil\u3002example'],
    ['an international domain', 'b\u00f6se.example'],
    ['a mailto', 'mailto:eve@evil.example'],
    ['an address', 'eve@evil.example'],
    ['Markdown', '[free](https://evil.example)'],
    ['a sales pitch', `Buy now at our shop! ${'x'.repeat(200)}`],
    ['a template', '${7*7}{{7*7}}<%= 7*7 %>'],
  ]
  const templates: [MailTemplate, (details: object) => Promise<string>][] = [
    [
      'opt-in',
      async (customerDetails) => (await signUp(greeting, { customerDetails: { ...customerDetails } })).email,
    ],
    [
      'password-reset',
      async (customerDetails) => {
        const { email, token } = await signUp('acme', { customerDetails: { ...customerDetails } })
        await call('POST', '/customer/acme/password/reset', { token, body: { email } })
        return email
      },
    ],
  ]

  const plainMails = new Map<MailTemplate, Mail | undefined>()
  /** The same mail to somebody with an ordinary name. */
  async function plainMail(template: MailTemplate, cause: (details: object) => Promise<string>) {
    if (!plainMails.has(template)) {
      const [mail] = await mailbox(await cause({ firstName: 'Ada', lastName: 'Lovelace' }), template)
      plainMails.set(template, mail)
    }
    return plainMails.get(template)
  }

  it.each(
    templates.flatMap(([template, cause]) => names.map(([what, name]) => ({ template, cause, what, name }))),
  )('T57 never make $what in a name a link or markup: $template', async ({ template, cause, name }) => {
    const plain = await plainMail(template, cause)
    const [mail] = await mailbox(await cause({ firstName: name, lastName: name }), template)
    const notMe = /http:\/\/127\.0\.0\.1:8787\/account\/[a-z0-9]+\/not-me\?token=[\w-]{43}/g
    const bare = ({ html = '', token = '' }: Partial<Mail> = {}) =>
      html.replaceAll(notMe, '').replaceAll(token, '')
    const tags = (html: string) => [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag)
    expect(tags(bare(mail))).toEqual(tags(bare(plain)))
    const link = mail?.link ?? ''
    for (const shown of [mail?.text ?? '', mail?.html ?? '']) {
      const own = shown.replaceAll(link, '').replaceAll(link.replaceAll('&', '&amp;'), '')
      const foreign = own.replaceAll(notMe, '')
      expect(foreign).not.toMatch(/https?:|www\.|evil|b\u00f6se|mailto|free/i)
    }
    expect(mail?.text.length).toBeLessThan(800)
  })

  it.each([
    "Sin\u00e9ad O'Connor",
    'J. R. R.',
    'Dr. M\u00fcller-L\u00fcdenscheidt',
    '\u5f20\u4f1f',
    'Ada & Sons',
  ])('T57 leave a person his name: %s', async (firstName) => {
    const { email } = await signUp(greeting, { customerDetails: { firstName, lastName: 'X' } })
    const [mail] = await mailbox(email, 'opt-in')
    expect(mail?.text).toContain(`Hello ${firstName} X,`)
  })
})
