/**
 * What companies mean to the customers who act for them: the profile, tokens of a company, the sign-up that names one, and
 * the right that ends with the assignment.
 */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  anonymous,
  call,
  logIn,
  newCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
  type CallOptions,
} from '../../support/client.ts'
import { officeOf, refresh, type Office } from '../../support/company.ts'
import { conformCompanyError, LegalEntity } from './company-schemas.ts'
import {
  conform,
  conformEmpty,
  conformError,
  conformFault,
  conformViolations,
  Customer,
  CustomerLocation,
  RefreshCustomerToken,
  ValidateTokenResponse,
} from './schemas.ts'

const readOwn = 'customer.customer_read_own'
const manageOwn = 'customer.customer_manage_own'

let office: Office

beforeAll(async () => {
  office = await officeOf('acme')
})

const me = async (token: string) => conform(await call('GET', '/customer/acme/me', { token }), 200, Customer)
const validated = async (token: string) => {
  const answer = await call('GET', '/customer/acme/validateauthtoken', { token })
  const { scope, legalEntityId } = conform(answer, 200, ValidateTokenResponse)
  const own = scope.split(' ').filter((name) => name === readOwn || name === manageOwn)
  return { legalEntityId, own }
}
const member = async (type = 'CONTACT') => {
  const [customer, company] = [await newCustomer('acme'), await office.company()]
  const assignment = await office.assign(customer.id, company, { type })
  return { ...customer, company, assignment }
}
const companyToken = async ({ tokens, company }: Awaited<ReturnType<typeof member>>) =>
  conform(await refresh('acme', tokens, company), 200, RefreshCustomerToken).access_token

describe('The profile of a customer', () => {
  it('names the companies that the customer acts for, in the order of the assignments', async () => {
    const { tokens, id } = await newCustomer('acme')
    expect(await me(tokens.access_token)).toMatchObject({ businessModel: 'B2C', b2b: { legalEntities: [] } })
    const [one, two] = [await office.company({ name: 'One' }), await office.company({ name: 'Two' })]
    const [first, second] = [await office.assign(id, one), await office.assign(id, two)]
    const named = {
      businessModel: 'B2B',
      metadata: { version: 3 },
      b2b: {
        legalEntities: [
          { id: one, name: 'One', contactAssignmentId: first },
          { id: two, name: 'Two', contactAssignmentId: second },
        ],
      },
    }
    expect(await me(tokens.access_token)).toMatchObject(named)
    const token = await serviceToken('acme')
    const seen = await call('GET', `/customer/acme/customers/${id}`, { token })
    expect(seen.body).toMatchObject(named)
    const listed = await call('GET', '/customer/acme/customers', { token, query: { q: `id:${id}` } })
    expect(listed.body).toMatchObject([named])
  })

  it('is found by a company of the customer, and by the assignment', async () => {
    const [first, second] = [await member(), await member()]
    await office.assign(second.id, first.company)
    const token = await serviceToken('acme')
    const found = async (q: string) => {
      const query = { q, sort: 'metadataCreatedAt' }
      const listed = await call<{ id: string }[]>('GET', '/customer/acme/customers', { token, query })
      return listed.body.map(({ id }) => id)
    }
    expect(await found(`b2b.legalEntities.id:${first.company}`)).toEqual([first.id, second.id])
    expect(await found(`b2b.legalEntities.id:${second.company}`)).toEqual([second.id])
    expect(await found(`b2b.legalEntities.contactAssignmentId:${first.assignment}`)).toEqual([first.id])
    expect(await found(`id:(${first.id},x) b2b.legalEntities:missing`)).toEqual([])
  })

  it('follows a new name, a deleted assignment and a deleted company at once', async () => {
    const { tokens, id, company, assignment } = await member()
    const other = await office.company({ name: 'Other' })
    await office.assign(id, other)
    const names = async () => (await me(tokens.access_token)).b2b.legalEntities.map(({ name }) => name)
    const body = { name: 'Renamed', type: 'COMPANY' }
    conformEmpty(await office.send('PUT', `/legal-entities/${company}`, { body }), 204)
    expect(await names()).toEqual(['Renamed', 'Other'])
    conformEmpty(await office.send('DELETE', `/contact-assignments/${assignment}`), 204)
    expect(await names()).toEqual(['Other'])
    conformEmpty(await office.send('DELETE', `/legal-entities/${other}`), 204)
    expect(await me(tokens.access_token)).toMatchObject({ businessModel: 'B2C', b2b: { legalEntities: [] } })
  })

  it('cannot be given a company by its customer', async () => {
    const { tokens } = await newCustomer('acme')
    const body = {
      businessModel: 'B2B',
      b2b: { legalEntities: [{ id: await office.company(), contactAssignmentId: 'x' }] },
      contactAssignments: [{ legalEntityId: await office.company() }],
    }
    await call('PATCH', '/customer/acme/me', { token: tokens.access_token, body })
    expect(await me(tokens.access_token)).toMatchObject({ businessModel: 'B2C', b2b: { legalEntities: [] } })
  })

  it('takes the assignments along when it is erased', async () => {
    const { id, assignment, tokens } = await member()
    const { version } = (await me(tokens.access_token)).metadata
    const erased = await call('DELETE', '/acme/me', { token: tokens.access_token, query: { version } })
    expect(erased.status).toBe(200)
    conformCompanyError(await office.send('GET', `/contact-assignments/${assignment}`), 404)
    const rows = env.DB.prepare('SELECT count(*) AS n FROM contact_assignments WHERE customer_id = ?')
    expect(await rows.bind(id).first('n')).toBe(0)
  })
})

describe('Refreshing a customer token for a company', () => {
  it.each([
    ['PRIMARY', [readOwn, manageOwn]],
    ['CONTACT', [readOwn]],
    ['BILLING', [readOwn]],
    ['LOGISTICS', [readOwn]],
  ])('embeds the company, and grants a %s what it may do', async (type, scopes) => {
    const somebody = await member(type)
    expect(await validated(somebody.tokens.access_token)).toEqual({ legalEntityId: undefined, own: [] })
    const token = await companyToken(somebody)
    expect(await validated(token)).toEqual({ legalEntityId: somebody.company, own: scopes })
    expect((await me(token)).id).toBe(somebody.id)
  })

  it('switches companies with each refresh, and gives up the company without one', async () => {
    const { id, tokens, company } = await member()
    const other = await office.company()
    await office.assign(id, other)
    let current = tokens
    for (const wanted of [company, other, undefined, company]) {
      current = { ...current, ...(await refresh('acme', current, wanted)).body }
      expect((await validated(current.access_token)).legalEntityId).toBe(wanted)
    }
  })

  it('gives each of two tabs the company that it asked for', async () => {
    const { id, tokens, company } = await member()
    const other = await office.company()
    await office.assign(id, other)
    const answers = await Promise.all([company, other].map((wanted) => refresh('acme', tokens, wanted)))
    const shown = await Promise.all(answers.map(({ body }) => validated(body.access_token)))
    expect(shown.map(({ legalEntityId }) => legalEntityId)).toEqual([company, other])
  })

  it('refuses a company that is not the customer’s, and the refresh token stays good', async () => {
    const { tokens, company } = await member()
    const below = await office.company({ type: 'SUBSIDIARY', parentId: company })
    const foreign = (await member()).company
    for (const refused of ['unknown', below, foreign, `${company}x`])
      conformError(await refresh('acme', tokens, refused), 403, 'Forbidden')
    expect((await refresh('acme', tokens, company)).status).toBe(200)
  })

  it('refuses the company of another tenant, whatever its id', async () => {
    const { company } = await member()
    const globex = await officeOf('globex')
    const own = await newCustomer('initech')
    await globex.company({ id: company })
    conformError(await refresh('initech', own.tokens, company), 403, 'Forbidden')
  })
})

describe('The right over colleagues', () => {
  it.each<[string, (of: Awaited<ReturnType<typeof member>>) => Promise<unknown>]>([
    ['assignment', ({ assignment }) => office.send('DELETE', `/contact-assignments/${assignment}`)],
    ['company', ({ company }) => office.send('DELETE', `/legal-entities/${company}`)],
  ])('ends with the %s, at once, in tokens that exist', async (_what, end) => {
    const somebody = await member('PRIMARY')
    const token = await companyToken(somebody)
    await end(somebody)
    expect(await validated(token)).toEqual({ legalEntityId: undefined, own: [] })
    conformError(await refresh('acme', somebody.tokens, somebody.company), 403, 'Forbidden')
    expect((await me(token)).businessModel).toBe('B2C')
  })

  it('shrinks with the type of the assignment, and does not grow before the next refresh', async () => {
    const somebody = await member('PRIMARY')
    const { assignment, id, company } = somebody
    const token = await companyToken(somebody)
    const put = (type: string) =>
      office.send('PUT', `/contact-assignments/${assignment}`, {
        body: { customer: { id }, legalEntity: { id: company }, type },
      })
    await put('CONTACT')
    expect((await validated(token)).own).toEqual([readOwn])
    const contact = (await logIn('acme', somebody)) as typeof somebody.tokens
    const asContact = (await refresh('acme', contact, company)).body.access_token
    await put('PRIMARY')
    expect((await validated(asContact)).own).toEqual([readOwn])
    expect((await validated(token)).own).toEqual([readOwn, manageOwn])
  })
})

describe('The administrator of a company', () => {
  const customers = '/customer/acme/customers'
  let boss: Awaited<ReturnType<typeof member>>
  let token: string
  let colleague: { id: string; email: string }
  let stranger: { id: string; email: string }
  beforeAll(async () => {
    boss = await member('PRIMARY')
    token = await companyToken(boss)
    ;[colleague, stranger] = [await signUp('acme'), await signUp('acme')]
    await office.assign(colleague.id, boss.company)
    await office.assign(stranger.id, await office.company({ type: 'SUBSIDIARY', parentId: boss.company }))
  })
  const send = <Body = unknown>(method: string, path: string, options: CallOptions = {}) =>
    call<Body>(method, `${customers}${path}`, { token, ...options })
  const seen = async (id: string) =>
    (await call<object>('GET', `${customers}/${id}`, { token: await serviceToken('acme') })).body
  const created = async (body: object) => {
    const query = { sendPasswordResetNotifications: false }
    return conform(await send('POST', '', { body, query }), 201, CustomerLocation).id
  }

  it('finds the members and nobody else, in a list, in a search and by number', async () => {
    const members = [boss.id, colleague.id].sort()
    const found = [
      await send<{ id: string }[]>('GET', ''),
      await send<{ id: string }[]>('POST', '/search', { body: {} }),
      await send<{ id: string }[]>('GET', '', {
        query: { q: `id:(${[...members, stranger.id].join(',')})` },
      }),
    ]
    for (const { status, body, headers } of found)
      expect([status, body.map(({ id }) => id).sort(), headers.get('Count')]).toEqual([200, members, '2'])
    const none = await send('GET', '', { query: { q: `contactEmail:"${stranger.email}"` } })
    expect([none.body, none.headers.get('Count')]).toEqual([[], '0'])
    expect((await send('GET', `/${colleague.id}`)).body).toMatchObject({ id: colleague.id })
    conformError(await send('GET', `/${stranger.id}`), 404, 'application/json')
  })

  it('changes members, as himself', async () => {
    conformEmpty(await send('PATCH', `/${colleague.id}`, { body: { firstName: 'Grace' } }), 200)
    conformEmpty(await send('PUT', `/${colleague.id}`, { body: { lastName: 'Hopper' } }), 204)
    expect(await seen(colleague.id)).toMatchObject({ lastName: 'Hopper' })
    const by = env.DB.prepare(
      'SELECT created_by ->> ? FROM messages WHERE resource_id = ? ORDER BY sequence DESC',
    )
    expect(await by.bind('$.customerId', colleague.id).first<string>('created_by ->> ?')).toBe(boss.id)
  })

  it.each<[method: string, body: object, status: number]>([
    ['PATCH', { firstName: 'Mallory' }, 404],
    [
      'PATCH',
      { mixins: { a: { b: 1 } }, metadata: { mixins: { a: 'https://schemas.example/a.json' } } },
      404,
    ],
    ['PATCH', { firstName: 'Mallory', metadata: { version: 999 } }, 404],
    ['PATCH', { restriction: 'unknown' }, 404],
    ['PUT', { firstName: 'Mallory' }, 404],
    ['PUT', { firstName: 'Mallory', metadata: { version: 1 } }, 404],
    ['DELETE', {}, 404],
  ])('leaves everybody else alone, who might as well not be there: %s %j', async (method, body, status) => {
    const former = await signUp('acme')
    const assignment = await office.assign(former.id, boss.company)
    conformEmpty(await office.send('DELETE', `/contact-assignments/${assignment}`), 204)
    for (const { id } of [stranger, former]) {
      const before = await seen(id)
      const options = method === 'DELETE' ? {} : { body }
      expect((await send(method, `/${id}`, options)).status).toBe(status)
      expect(await seen(id)).toEqual(before)
    }
  })

  it('makes customers who are members of his company, and of no other', async () => {
    const legalInfo = { registrationId: crypto.randomUUID() }
    const other = await office.company({ legalInfo })
    const b2b = { companyRegistrationId: legalInfo.registrationId, legalEntities: [{ id: other }] }
    const names = { firstName: 'Grace', lastName: 'Hopper', company: 'Analytical' }
    const id = await created({ ...names, contactEmail: uniqueEmail(), b2b })
    const contact = await created({ firstName: 'Grace', type: 'CONTACT' })
    for (const each of [id, contact]) {
      expect(await seen(each)).toMatchObject({ b2b: { legalEntities: [{ id: boss.company }] } })
      const found = await send<object[]>('GET', '', { query: { q: `id:${each}` } })
      expect(found.body).toHaveLength(1)
    }
  })

  it('deletes whom he has made', async () => {
    const id = await created({ contactEmail: uniqueEmail() })
    conformEmpty(await send('DELETE', `/${id}`), 202)
    conformError(await send('DELETE', `/${id}`), 404, 'application/json')
  })

  it('has no part in what the document keeps to the shop', async () => {
    const one = `${customers}/${colleague.id}`
    const refused: [method: string, path: string, body?: unknown][] = [
      ['GET', `${one}/addresses`],
      ['POST', `${one}/addresses`, { contactName: 'Mallory' }],
      ['POST', `${one}/accounts/internal`, { email: uniqueEmail() }],
      ['POST', `${customers}/import`, []],
      ['POST', '/customer/acme/assisted-buying-login', { customerNumber: colleague.id }],
      [
        'POST',
        '/customer-management/acme/contact-assignments',
        { customer: colleague, legalEntity: stranger },
      ],
    ]
    for (const [method, path, body] of refused)
      conformFault(await call(method, path, { token, ...(body !== undefined && { body }) }))
  })

  it('of another kind only looks, and loses the right with the assignment', async () => {
    const contact = await member('CONTACT')
    const own = await companyToken(contact)
    const path = `${customers}/${contact.id}`
    expect((await call('GET', path, { token: own })).status).toBe(200)
    conformError(await call('PATCH', path, { token: own, body: { firstName: 'Eve' } }), 403, 'Forbidden')
    conformError(await call('POST', customers, { token: own, body: {} }), 403, 'Forbidden')
    conformEmpty(await office.send('DELETE', `/contact-assignments/${contact.assignment}`), 204)
    conformError(await call('GET', path, { token: own }), 403, 'Forbidden')
    conformError(await call('GET', customers, { token: own }), 403, 'Forbidden')
  })

  it('is one only with a token of the company, whose session lives', async () => {
    conformError(await send('GET', '', { token: boss.tokens.access_token }), 403, 'Forbidden')
    const somebody = await member('PRIMARY')
    const own = await companyToken(somebody)
    await call('GET', '/customer/acme/logout', { token: own, query: { accessToken: own } })
    conformFault(await send('GET', '', { token: own }))
    conformFault(await send('POST', '', { token: own, body: { firstName: 7 } }))
  })
})

describe('Retrieving all legal entities, as a customer', () => {
  it('answers those that the customer acts for, in a list and in a search', async () => {
    const { id, tokens, company } = await member()
    const other = await office.company({ name: 'Other' })
    await office.assign(id, other)
    await member()
    const list = async (query = {}) => {
      const options = { token: tokens.access_token, query }
      const answers = [
        await office.send('GET', '/legal-entities', options),
        await office.send('POST', '/legal-entities/search', { ...options, body: {} }),
      ]
      const [first, second] = answers.map((answer) =>
        conform(answer, 200, LegalEntity.array()).map((entity) => entity.id),
      )
      expect(second).toEqual(first)
      return first
    }
    expect(await list()).toEqual([company, other].sort())
    expect(await list({ name: 'Other' })).toEqual([other])
    expect(await list({ id: (await member()).company })).toEqual([])
  })

  it('answers nothing to a service that may only see its own', async () => {
    const form = {
      grant_type: 'client_credentials',
      client_id: 'acme-admin',
      client_secret: 'acme-admin-secret',
    }
    const scope = 'customermanagement.legalentity_read_own'
    const { body } = await call<{ access_token: string }>('POST', '/oauth/token', {
      form: { ...form, scope },
    })
    const answer = await office.send('GET', '/legal-entities', { token: body.access_token })
    expect([answer.status, answer.body]).toEqual([200, []])
  })

  it('is for living sessions, and a single one for the back office', async () => {
    const { tokens, company } = await member()
    const token = tokens.access_token
    conformFault(await office.send('GET', `/legal-entities/${company}`, { token }))
    await call('GET', '/customer/acme/logout', { token, query: { accessToken: token } })
    conformFault(await office.send('GET', '/legal-entities', { token }))
  })
})

describe('Creating a new customer of a company', () => {
  const registered = (registrationId: string, more = {}) => ({
    customerDetails: { company: 'Analytical Ltd', b2b: { companyRegistrationId: registrationId }, ...more },
  })

  it('founds the company when nobody has, and attaches the next one to it', async () => {
    const number = crypto.randomUUID()
    const [ada, grace] = [
      await newCustomer('acme', registered(number)),
      await newCustomer('acme', registered(number, { company: 'Another Name' })),
    ]
    const shown = [await me(ada.tokens.access_token), await me(grace.tokens.access_token)]
    const [{ id } = { id: '' }] = shown[0]?.b2b.legalEntities ?? []
    for (const profile of shown)
      expect(profile).toMatchObject({
        businessModel: 'B2B',
        b2b: { companyRegistrationId: number, legalEntities: [{ id, name: 'Analytical Ltd' }] },
      })
    const entity = await office.send('GET', `/legal-entities/${id}`)
    expect(conform(entity, 200, LegalEntity)).toMatchObject({
      type: 'COMPANY',
      legalInfo: { legalName: 'Analytical Ltd', registrationId: number },
    })
  })

  it('founds one company for many at once', async () => {
    const number = crypto.randomUUID()
    const many = await Promise.all(Array.from({ length: 5 }, () => signUp('acme', registered(number))))
    expect(many).toHaveLength(5)
    const query = { 'legalInfo.registrationId': number }
    const found = await office.send<{ id: string }[]>('GET', '/legal-entities', { query })
    expect(found.body).toHaveLength(1)
    const contacts = await office.send<object[]>('GET', '/contact-assignments', {
      query: { 'legalEntity.id': found.body[0]?.id ?? '' },
    })
    expect(contacts.body).toHaveLength(5)
  })

  it('attaches to the company of the back office rather than to its subsidiary', async () => {
    const legalInfo = { registrationId: crypto.randomUUID() }
    const top = await office.company()
    const company = await office.company({ legalInfo })
    await office.company({ legalInfo, type: 'SUBSIDIARY', parentId: top })
    const { tokens } = await newCustomer('acme', registered(legalInfo.registrationId))
    expect((await me(tokens.access_token)).b2b.legalEntities).toMatchObject([{ id: company }])
  })

  it('is confirmed at once when the back office makes the customer, who finds the company or founds it', async () => {
    const number = crypto.randomUUID()
    const token = await serviceToken('acme')
    const details = {
      lastName: 'Lovelace',
      company: 'Analytical Ltd',
      b2b: { companyRegistrationId: number },
    }
    const make = async (more: object) => {
      const body = { ...details, contactEmail: uniqueEmail(), password: 'correct horse battery', ...more }
      return { body, answer: await call('POST', '/customer/acme/customers', { token, body }) }
    }
    const violations = { firstName: 'missing_field' }
    conformViolations((await make({})).answer, violations)
    const [ada, grace] = [
      await make({ firstName: 'Ada' }),
      await make({ firstName: 'Grace', company: 'Other' }),
    ]
    for (const { answer } of [ada, grace]) conform(answer, 201, CustomerLocation)
    const query = { 'legalInfo.registrationId': number }
    const { body: found } = await office.send<{ id: string; name: string }[]>('GET', '/legal-entities', {
      query,
    })
    expect(found).toMatchObject([{ name: 'Analytical Ltd' }])
    const tokens = await logIn('acme', { email: ada.body.contactEmail, password: ada.body.password })
    const company = found[0]?.id ?? ''
    const { access_token: own } = (await refresh('acme', tokens, company)).body
    expect(await validated(own)).toEqual({ legalEntityId: company, own: [readOwn] })
  })

  it('opens no colleague’s record and no company’s data before the back office has confirmed it', async () => {
    const number = crypto.randomUUID()
    const company = await office.company({
      legalInfo: { registrationId: number, taxRegistrationNumber: '7' },
    })
    const stranger = await newCustomer('acme', registered(number))
    const { access_token: token, ...rest } = (await refresh('acme', stranger.tokens, company)).body
    expect(await validated(token)).toEqual({ legalEntityId: company, own: [] })
    expect((await office.send('GET', '/legal-entities', { token })).body).toEqual([])
    const [entry] = (await me(token)).b2b.legalEntities
    const body = { customer: { id: stranger.id }, legalEntity: { id: company }, type: 'CONTACT' }
    conformEmpty(
      await office.send('PUT', `/contact-assignments/${entry?.contactAssignmentId}`, { body }),
      204,
    )
    const confirmed = (await refresh('acme', { access_token: token, ...rest }, company)).body.access_token
    expect(await validated(confirmed)).toEqual({ legalEntityId: company, own: [readOwn] })
    expect((await office.send('GET', '/legal-entities', { token: confirmed })).body).toMatchObject([
      { id: company },
    ])
  })

  it('needs the names that a company registration asks for, and founds nothing without them', async () => {
    const number = crypto.randomUUID()
    const email = uniqueEmail()
    const { access_token: token } = await anonymous('acme')
    const post = (customerDetails: object) =>
      call('POST', '/customer/acme/signup', {
        token,
        body: { email, password: 'correct horse battery', customerDetails },
      })
    const b2b = { companyRegistrationId: number }
    conformViolations(await post({ b2b }), {
      'customerDetails.firstName': 'missing_field',
      'customerDetails.lastName': 'missing_field',
      'customerDetails.company': 'missing_field',
    })
    const query = { 'legalInfo.registrationId': number }
    expect((await office.send('GET', '/legal-entities', { query })).body).toEqual([])
    conform(
      await post({ b2b, firstName: 'Ada', lastName: 'Lovelace', company: 'Analytical' }),
      201,
      CustomerLocation,
    )
  })
})
