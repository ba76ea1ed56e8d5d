/**
 * Queries as a way in: what a client writes into filters, sort orders, pages, languages and expansions never becomes SQL, never
 * reads a hidden field, and costs no more than a query may.
 * T40 pages, T41 injection, T42 hidden fields, T43 costly filters.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { call, serviceToken, signUp } from '../support/client.ts'

let token: string
beforeAll(async () => {
  await signUp('acme')
  token = await serviceToken('acme')
})

/** Every place where a client writes a query, with what else the request needs. */
const places: [string, (text: string) => Parameters<typeof call>][] = [
  ['Emporix q', (text) => ['GET', '/customer/acme/customers', { token, query: { q: text } }]],
  ['Emporix sort', (text) => ['GET', '/customer/acme/customers', { token, query: { sort: text } }]],
  ['Emporix search', (text) => ['POST', '/customer/acme/customers/search', { token, body: { q: text } }]],
  ['Emporix fields', (text) => ['GET', '/customer/acme/customers', { token, query: { fields: text } }]],
  ['commercetools where', (text) => ['GET', '/acme/customers', { token, query: { where: text } }]],
  ['commercetools sort', (text) => ['GET', '/acme/customers', { token, query: { sort: text } }]],
  ['commercetools expand', (text) => ['GET', '/acme/customers', { token, query: { expand: text } }]],
  ['messages where', (text) => ['GET', '/acme/messages', { token, query: { where: text } }]],
  ['types where', (text) => ['GET', '/acme/types', { token, query: { where: text } }]],
  [
    'companies q',
    (text) => ['GET', '/customer-management/acme/legal-entities', { token, query: { q: text } }],
  ],
]

const injections = [
  `' OR '1'='1`,
  `" or 1=1 --`,
  `email="a" or 1=1`,
  `email:"a') OR ('1'='1"`,
  'id:1;DROP TABLE customers',
  `id="1"; DELETE FROM accounts`,
  `lastName:~%' UNION SELECT password_hash FROM accounts --`,
  'email asc, (SELECT password_hash FROM accounts)',
  'lastName:asc;--',
  '${7*7}{{7*7}}',
  `firstName=:tenant`,
  `firstName in ("a", "b'); --")`,
  '\u0000',
  `custom(fields(\`a'b\`="c"))`,
]

describe('a query', () => {
  it.each(places)('T41 is data wherever it is written: %s', async (_place, request) => {
    for (const text of injections) {
      const { status, text: answer } = await call(...request(text))
      expect(status, text).toBeLessThan(500)
      expect(answer, text).not.toMatch(/SQLITE|no such (column|table)|D1_ERROR|argon2/i)
    }
    expect((await call('GET', '/acme/customers', { token })).status).toBe(200)
  })

  const hidden = ['passwordHash', 'password', 'credentials', 'accounts.passwordHash', 'emailKey', 'clearedAt']

  it.each(hidden)('T42 finds nothing by a field that is not shown: %s', async (field) => {
    const requests: Parameters<typeof call>[] = [
      ['GET', '/customer/acme/customers', { token, query: { q: `${field}:~a` } }],
      ['GET', '/customer/acme/customers', { token, query: { sort: field } }],
      ['GET', '/acme/customers', { token, query: { where: `${field.replaceAll('.', '(')}="a"` } }],
      ['GET', '/acme/customers', { token, query: { sort: field } }],
    ]
    for (const request of requests) {
      const { status, text } = await call(...request)
      expect(status, JSON.stringify(request)).toBe(400)
      expect(text).not.toMatch(/argon2|\$legacy|\$native/)
    }
    const expanded = await call('GET', '/acme/customers', { token, query: { expand: field } })
    expect(expanded.text).not.toMatch(/passwordHash|argon2/)
  })

  it('T43 of ten thousand conditions, or as deep, is refused and not worked off', async () => {
    const many = (glue: string, one: string) => Array.from({ length: 10_000 }, () => one).join(glue)
    const heavy: Parameters<typeof call>[] = [
      ['POST', '/customer/acme/customers/search', { token, body: { q: many(' ', 'lastName:a') } }],
      ['GET', '/acme/customers', { token, query: { where: many(' or ', 'lastName="a"').slice(0, 60_000) } }],
      ['GET', '/acme/customers', { token, query: { where: '('.repeat(10_000) } }],
      ['GET', '/customer/acme/customers', { token, query: { q: `lastName:~${'.*'.repeat(1000)}b` } }],
    ]
    for (const request of heavy) {
      const { status } = await call(...request)
      expect([400, 413], JSON.stringify(request).slice(0, 90)).toContain(status)
    }
  })

  const pages = ['-1', '1e9', 'NaN', '0x10', "1' OR '1", '9'.repeat(40), '1;2', '']

  it.each(pages)('T40 has no page that is called %j', async (page) => {
    const requests: Parameters<typeof call>[] = [
      ['GET', '/customer/acme/customers', { token, query: { pageNumber: page } }],
      ['GET', '/customer/acme/customers', { token, query: { pageSize: page } }],
      ['GET', '/acme/customers', { token, query: { offset: page } }],
      ['GET', '/acme/customers', { token, query: { limit: page } }],
    ]
    for (const request of requests) {
      const { status, text } = await call(...request)
      expect([200, 400], JSON.stringify(request)).toContain(status)
      expect(text).not.toMatch(/SQLITE|D1_ERROR/)
    }
  })
})
