/** Every mail in every language at a glance, in development. */
import { describe, expect, it } from 'vitest'
import { mailTemplates } from '../../src/domain/mail/mail.ts'
import { newTenant, serviceWith } from '../security/service.ts'
import { call, serviceToken } from '../support/client.ts'

const path = '/_dev/mailbox/templates'
const words = { subject: 'Mine <b>', text: 'Mine </pre><script>', html: '<p>Mine</p>' }

describe('the page of all templates', () => {
  it('shows each mail in each language, escaped and in frames without scripts', async () => {
    const { status, text, headers } = await call('GET', path)
    expect(status).toBe(200)
    for (const template of mailTemplates)
      for (const language of ['en', 'de', 'fr'])
        expect(text).toContain(`href="${path}/${template}/${language}?tenant=acme"`)
    expect(text.match(/<iframe/g)).toHaveLength(mailTemplates.length * 3)
    expect(text).not.toContain('<script')
    const policy = headers.get('Content-Security-Policy')
    expect(policy).toMatch(/^default-src 'none'/)
    expect(policy).not.toContain('script-src')
  })

  it('shows the words and the looks of the tenant that is asked for', async () => {
    const tenant = await newTenant({ brand: { name: 'A & B', logoUrl: 'https://shop.example/logo.png' } })
    const token = await serviceToken(tenant, 'admin.template_manage')
    await call('PUT', `/admin/${tenant}/templates/welcome/nl`, { token, body: words })
    const { text } = await call('GET', path, { query: { tenant } })
    expect(text).toContain('Mine &lt;b&gt;')
    expect(text).toContain('welcome · nl · own words')
    expect(text.match(/<iframe/g)).toHaveLength(mailTemplates.length * 3 + 1)
    const alone = await call('GET', `${path}/welcome/nl`, { query: { tenant } })
    expect([alone.status, alone.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect(alone.text).toContain('<p>Mine</p>')
    expect(alone.text).toContain('src="https://shop.example/logo.png"')
    expect(alone.headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; .*img-src https:/)
  })

  it.each([
    `${path}/welcome/xx`,
    `${path}/constructor/en`,
    `${path}?tenant=nobody`,
    `${path}/welcome/en?tenant=nobody`,
  ])('finds nothing at %s', async (unknown) => {
    expect((await call('GET', unknown)).status).toBe(404)
  })

  it('is there in development only', async () => {
    const production = serviceWith(() => ({}), { development: false })
    expect((await production.call('GET', path)).status).toBe(404)
  })
})
