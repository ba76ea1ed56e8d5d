/**
 * The words of mails under a tenant's own management: over HTTP, and in the mails that follow. Our own endpoints, so the
 * headings are ours.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { mailTemplates } from '../../../src/domain/mail/mail.ts'
import { newTenant } from '../../security/service.ts'
import { anonymous, call, mailbox, serviceToken, signUp, uniqueEmail } from '../../support/client.ts'

let tenant: string
let manager: string
let reader: string
let customerEmail: string

beforeAll(async () => {
  tenant = await newTenant({ noAccountMail: true, brand: { name: 'Shöp & Co', color: '#ffd400' } })
  manager = await serviceToken(tenant, 'admin.template_manage')
  reader = await serviceToken(tenant, 'admin.template_read')
  customerEmail = (await signUp(tenant, { customerDetails: { firstName: 'A&B', preferredLanguage: 'de' } }))
    .email
})

const words = {
  subject: 'Neues Passwort{{#firstName}} für {{firstName}}{{/firstName}}',
  text: 'Hier: {{link}}\nGültig {{validFor}}, {{shop}}.',
  html: '<p>{{name}}</p><a class="button" href="{{link}}">Hier</a> {{validFor}}, {{shop}}',
}

const send = <Body = Record<string, unknown>>(method: string, path = '', token = manager, body?: unknown) =>
  call<Body>(method, `/admin/${tenant}/templates${path}`, { token, ...(body !== undefined && { body }) })

async function reset(email: string) {
  const { access_token: token } = await anonymous(tenant)
  const answer = await call('POST', `/customer/${tenant}/password/reset`, { token, body: { email } })
  expect([answer.status, answer.text]).toEqual([204, ''])
}

interface Entry {
  template: string
  language: string
  builtIn: boolean
}

describe('The list of mail templates', () => {
  it('has every mail in every language, the built-in ones as such', async () => {
    const other = await newTenant()
    const token = await serviceToken(other, 'admin.template_read')
    const answer = await call<{ templates: Entry[] }>('GET', `/admin/${other}/templates`, { token })
    expect(answer.status).toBe(200)
    const expected = mailTemplates.flatMap((template) =>
      ['de', 'en', 'fr'].map((language) => ({ template, language, builtIn: true })),
    )
    expect(
      answer.body.templates.map(({ template, language, builtIn }) => ({ template, language, builtIn })),
    ).toEqual(expected)
  })
})

describe('A mail template', () => {
  it('can be read before it is replaced, and what was read can be stored', async () => {
    const { status, body } = await send('GET', '/welcome/fr', reader)
    expect([status, body]).toEqual([
      200,
      {
        template: 'welcome',
        language: 'fr',
        builtIn: true,
        subject: 'Bienvenue chez {{shop}}',
        text: expect.stringContaining('Bonjour{{#name}} {{name}}{{/name}},') as string,
        html: expect.stringContaining('<br>{{shop}}</p>') as string,
      },
    ])
    const { subject, text, html } = body
    const saved = await send('PUT', '/welcome/fr', manager, { subject, text, html })
    expect([saved.status, saved.body['builtIn'], saved.body['modifiedAt']]).toEqual([
      200,
      false,
      expect.stringMatching(/^\d{4}-.*Z$/),
    ])
  })

  it('is used in the mails that follow, until it is deleted', async () => {
    expect((await send('PUT', '/password-reset/DE', manager, words)).status).toBe(200)
    const list = await send<{ templates: Entry[] }>('GET', '', reader)
    expect(list.body.templates.filter(({ template }) => template === 'password-reset')).toMatchObject([
      { language: 'de', builtIn: false, subject: words.subject },
      { language: 'en', builtIn: true },
      { language: 'fr', builtIn: true },
    ])
    await reset(customerEmail)
    const [mail] = await mailbox(customerEmail, 'password-reset')
    expect(mail?.subject).toBe('Neues Passwort für A&B')
    expect(mail?.text).toBe(`Hier: ${mail?.link}\nGültig 1 Stunde, Shöp & Co.`)
    expect(mail?.html).toContain('<p>A&amp;B Lovelace</p>')
    expect(mail?.html).toContain('background-color:#ffd400;color:#000000')
    expect((await send('DELETE', '/password-reset/de')).status).toBe(204)
    expect((await send('DELETE', '/password-reset/de')).status).toBe(404)
    await reset(customerEmail)
    const [after] = await mailbox(customerEmail, 'password-reset', 2)
    expect(after?.subject).toBe('Setzen Sie Ihr Passwort zurück')
  })

  it('may be in a language that is not built in', async () => {
    expect((await send('GET', '/password-reset/it', reader)).status).toBe(404)
    expect(
      (await send('PUT', '/password-reset/it_CH', manager, { ...words, subject: 'Ciao' })).body,
    ).toMatchObject({
      language: 'it-ch',
      subject: 'Ciao',
    })
    expect((await send('GET', '/password-reset/it-ch', reader)).body).toMatchObject({ subject: 'Ciao' })
  })

  it('is the tenant’s own, and nobody else’s', async () => {
    const other = await newTenant()
    const token = await serviceToken(other, 'admin.template_manage')
    expect((await send('PUT', '/deletion/en', manager, { ...words, subject: 'Mine' })).status).toBe(200)
    const path = `/admin/${other}/templates/deletion/en`
    expect((await call('GET', path, { token })).body).toMatchObject({ builtIn: true })
    expect((await call('DELETE', path, { token })).status).toBe(404)
    expect((await send('GET', '/deletion/en', token)).status).toBe(401)
    expect((await send('GET', '/deletion/en', reader)).body).toMatchObject({ subject: 'Mine' })
  })

  it.each([
    ['/unknown/en', 404],
    ['/constructor/en', 404],
    ['/welcome/english!', 404],
    ['/welcome/e', 404],
    ['/welcome/xx', 404],
  ])('that does not exist is a problem of its own: %s', async (path, status) => {
    const answer = await send('GET', path, reader)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('Content-Type')).toMatch(/^application\/problem\+json/)
    expect(answer.body).toEqual({ title: 'Not Found', status, detail: 'There is nothing at this path.' })
  })

  it.each<[string, unknown, string[]]>([
    ['without parts', {}, ['subject', 'text', 'html']],
    ['with a part that is no text', { ...words, html: 1 }, ['html']],
    ['with a part too many', { ...words, body: 'x' }, ['']],
    ['with unknown variables', { ...words, text: '{{link}} {{frist}}' }, ['text']],
    ['without the link', { ...words, text: 'x', html: 'x' }, ['text', 'html']],
    ['with values that would not be escaped', { ...words, html: `${words.html}{{{name}}}` }, ['html']],
    [
      'with too much of everything',
      { subject: 'x'.repeat(201), text: 'x'.repeat(10_001), html: 'x'.repeat(40_001) },
      ['subject', 'text', 'html'],
    ],
  ])('is refused %s, field by field, when it is stored or previewed', async (_what, body, fields) => {
    for (const [method, path] of [
      ['PUT', ''],
      ['POST', '/preview'],
    ] as const) {
      const answer = await send<{ errors: { field: string }[] }>(
        method,
        `/email-change/en${path}`,
        manager,
        body,
      )
      expect([answer.status, answer.body.errors.map(({ field }) => field)]).toEqual([400, fields])
    }
    expect((await send('GET', '/email-change/en', reader)).body).toMatchObject({ builtIn: true })
  })

  it('can be previewed with made-up data before it is stored', async () => {
    const { status, body } = await send<Record<string, string>>('POST', '/opt-in/de/preview', reader, words)
    expect(status).toBe(200)
    expect(body['subject']).toBe('Neues Passwort für Ada')
    expect(body['text']).toMatch(
      /^Hier: http\S+A-sample-that-opens-nothing\nGültig 24 Stunden, Shöp & Co\.\n/,
    )
    expect(body['text']).toMatch(/\nDas war ich nicht: http\S+not-me\?token=A-sample-that-opens-nothing\n$/)
    expect(body['html']).toContain('<p>Ada Lovelace</p>')
    expect((await send('GET', '/opt-in/de', reader)).body).toMatchObject({ builtIn: true })
  })

  it('can be previewed in the language that they are in, whoever their readers are', async () => {
    const other = await newTenant()
    const token = await serviceToken(other)
    for (const template of mailTemplates) {
      for (const language of ['en', 'de', 'fr']) {
        const path = `/admin/${other}/templates/${template}/${language}`
        const { subject, text, html } = (await call<Record<string, string>>('GET', path, { token })).body
        const body = { subject, text, html }
        const preview = await call<Record<string, string>>('POST', `${path}/preview`, { token, body })
        expect(preview.body['html'], path).toContain(`<html lang="${language}">`)
        const named = template !== 'no-account' && template !== 'webhook-disabled'
        expect(preview.body['text']?.split('\n')[0]?.endsWith(' Ada Lovelace,'), path).toBe(named)
      }
    }
  })

  it.each([
    ['PUT', '', 403],
    ['DELETE', '', 403],
    ['GET', '', 200],
    ['POST', '/preview', 200],
  ])(
    'is changed with the scope for it only: %s %s with the one for reading is %d',
    async (method, path, status) => {
      const body = method === 'PUT' || method === 'POST' ? words : undefined
      expect((await send(method, `/opt-in/en${path}`, reader, body)).status).toBe(status)
      expect(
        (
          await send(
            method,
            `/opt-in/en${path}`,
            await serviceToken(tenant, 'customer.customer_manage'),
            body,
          )
        ).status,
      ).toBe(403)
      expect(
        (await send(method, `/opt-in/en${path}`, (await anonymous(tenant)).access_token, body)).status,
      ).toBe(401)
    },
  )
})

describe('A reset for an address that nobody has', () => {
  it('is answered by a mail where the tenant wants that, and the request is the same', async () => {
    const stranger = uniqueEmail('stranger')
    await reset(stranger)
    const [mail] = await mailbox(stranger, 'no-account')
    expect(mail?.subject).toBe('There is no account with this e-mail address')
    expect(mail).not.toHaveProperty('link')
  })
})
