/**
 * "Scopes" of the tenant-managed documents: who may call which endpoint, each with each. The table is written from the
 * documents; an endpoint that is mounted and not in it makes the first test red.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { companyDialect } from '../../../src/dialects/emporix/companies/companies.ts'
import { emporixDialect } from '../../../src/dialects/emporix/index.ts'
import { adminScopes } from '../../../src/cli/scopes.ts'
import {
  anonymous,
  call,
  newCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
  type Answer,
} from '../../support/client.ts'
import { officeOf, refresh } from '../../support/company.ts'
import { knock, routes } from '../../security/routes.ts'
import { conformCompanyError } from './company-schemas.ts'
import { conformError, conformFault } from './schemas.ts'

const one = '/customer/:tenant/customers/:customerNumber'
const address = `${one}/addresses/:addressId`
const retention = '/customer/:tenant/config/password-migration-retention'
const entities = '/customer-management/:tenant/legal-entities'
const assignments = '/customer-management/:tenant/contact-assignments'
const [read, manage] = ['customer.customer_read', 'customer.customer_manage']
const entity = (right: string) => `customermanagement.legalentity_${right}`
const contact = (right: string) => `customermanagement.contactassignment_${right}`

interface Row {
  endpoint: string
  /** Any of them is enough for a service. */
  scopes: string[]
  /** What lets customers in, and whom they reach with it: members of their company, or what is theirs anyway. */
  own?: { scope: string; reaches: 'members' | 'own' }
}

const row = (endpoint: string, ...scopes: string[]): Row => ({ endpoint, scopes })
const members = (endpoint: string, scope: string): Row => ({
  ...row(endpoint, scope),
  own: { scope: `${scope}_own`, reaches: 'members' },
})
const theirs = (endpoint: string): Row => ({
  ...row(endpoint, entity('read')),
  own: { scope: entity('read_own'), reaches: 'own' },
})

const table: Row[] = [
  members('GET /customer/:tenant/customers', read),
  members('POST /customer/:tenant/customers', manage),
  members('POST /customer/:tenant/customers/search', read),
  members(`GET ${one}`, read),
  members(`PUT ${one}`, manage),
  members(`PATCH ${one}`, manage),
  members(`DELETE ${one}`, manage),
  row(`POST ${one}/accounts/internal`, manage),
  row('POST /customer/:tenant/assisted-buying-login', 'customer.assistedBuying_manage'),
  row(`GET ${one}/addresses`, read),
  row(`POST ${one}/addresses`, manage),
  row(`GET ${address}`, read),
  row(`PUT ${address}`, manage),
  row(`PATCH ${address}`, manage),
  row(`DELETE ${address}`, manage),
  row(`POST ${address}/tags`, manage),
  row(`DELETE ${address}/tags`, manage),
  row(`GET ${retention}`, 'customer.import_read'),
  row(`POST ${retention}`, 'customer.import_manage'),
  row(`DELETE ${retention}`, 'customer.import_manage'),
  row('POST /customer/:tenant/customers/import', 'customer.import_manage'),
  row(`POST ${entities}`, entity('manage')),
  theirs(`GET ${entities}`),
  theirs(`POST ${entities}/search`),
  row(`GET ${entities}/:legalEntityId`, entity('read')),
  row(`PUT ${entities}/:legalEntityId`, entity('manage')),
  row(`DELETE ${entities}/:legalEntityId`, entity('manage')),
  row(`GET ${entities}/:legalEntityId/parent-hierarchy`, entity('read'), entity('manage')),
  row(`POST ${assignments}`, contact('manage')),
  row(`GET ${assignments}`, contact('read')),
  row(`GET ${assignments}/:contactAssignmentId`, contact('read')),
  row(`PUT ${assignments}/:contactAssignmentId`, contact('manage')),
  row(`DELETE ${assignments}/:contactAssignmentId`, contact('manage')),
]

/** A plain customer; the administrator and a contact of a company, each with a token of it; a colleague of theirs. */
const people = { customer: { id: '', token: '' }, boss: '', looker: '', colleague: '' }
let visitor: string
let foreign: string
const tokens = new Map<string, string>()
const tokenWith = async (scopes: readonly string[]): Promise<string> => {
  const wanted = scopes.join(' ')
  const token = tokens.get(wanted) ?? (await serviceToken('acme', wanted))
  tokens.set(wanted, token)
  return token
}

beforeAll(async () => {
  const office = await officeOf('acme')
  const company = await office.company()
  const ofCompany = async (type: string) => {
    const { id, tokens: own } = await newCustomer('acme')
    await office.assign(id, company, { type })
    return (await refresh('acme', own, company)).body.access_token
  }
  const { id, tokens: own } = await newCustomer('acme')
  people.customer = { id, token: own.access_token }
  people.boss = await ofCompany('PRIMARY')
  people.looker = await ofCompany('CONTACT')
  people.colleague = (await signUp('acme')).id
  await office.assign(people.colleague, company)
  visitor = (await anonymous('acme')).access_token
  foreign = await serviceToken('globex')
})

const send = (name: string, token: string | undefined, customerNumber = people.customer.id) => {
  const route = routes.find((each) => each.name === name)
  if (!route) throw new Error(`There is no ${name}.`)
  const place = { parameters: { customerNumber, addressId: 'home' } }
  return knock(route, { place, ...(token !== undefined && { token }) })
}
const conformForbidden = (name: string, answer: Answer): void => {
  if (name.includes('/customer-management/')) conformCompanyError(answer, 403)
  else expect(conformError(answer, 403, 'Forbidden').message).toBe('User not authorized.')
}

describe('The scopes of the tenant-managed API', () => {
  it('are listed here for every endpoint of the back office', () => {
    const mounted = [...emporixDialect.endpoints, ...companyDialect.endpoints]
      .filter(({ access }) => access?.kinds.includes('service'))
      .map(({ method, path }) => `${method.toUpperCase()} ${path}`)
    expect(table.map(({ endpoint }) => endpoint).sort()).toEqual(mounted.sort())
  })

  describe.each(table)('$endpoint', ({ endpoint: name, scopes, own }) => {
    it('refuses no token, a visitor and another tenant as the gateway does', async () => {
      for (const token of [undefined, visitor, foreign]) conformFault(await send(name, token))
    })

    it('refuses a service that has every other scope with the documented 403', async () => {
      const sufficient = own?.reaches === 'own' ? [...scopes, own.scope] : scopes
      const others = adminScopes.filter((other) => other.includes('.') && !sufficient.includes(other))
      conformForbidden(name, await send(name, await tokenWith(others)))
    })

    if (!own)
      it('refuses every customer, with and without a company, as the gateway does', async () => {
        for (const token of [people.customer.token, people.looker, people.boss])
          conformFault(await send(name, token))
      })

    if (own?.reaches === 'members')
      it('is for customers with a token of a company that allows it', async () => {
        conformForbidden(name, await send(name, people.customer.token))
        const looked = await send(name, people.looker, people.colleague)
        if (own?.scope.includes('manage')) conformForbidden(name, looked)
        else expect(looked.status).toBe(200)
        if (name.includes(':customerNumber')) {
          expect((await send(name, people.boss, people.customer.id)).status).toBe(404)
        }
        if (!name.startsWith('DELETE'))
          expect([200, 201, 204]).toContain((await send(name, people.boss, people.colleague)).status)
      })

    if (own?.reaches === 'own')
      it('answers every customer, and a service without customers nothing', async () => {
        expect((await send(name, people.customer.token)).status).toBe(200)
        const answer = await send(name, await tokenWith([own?.scope ?? '']))
        expect([answer.status, answer.body]).toEqual([200, []])
      })

    if (name !== `DELETE ${one}`)
      it('lets a service with the scope in', async () => {
        for (const scope of scopes)
          expect([200, 201, 204, 207, 400, 404, 409]).toContain(
            (await send(name, await tokenWith([scope]))).status,
          )
      })
  })

  it('let in who may delete: a service, and the administrator of a company', async () => {
    const path = `/customer/acme/customers`
    const { id } = await signUp('acme')
    expect((await call('DELETE', `${path}/${id}`, { token: await tokenWith([manage]) })).status).toBe(202)
    expect(
      (await call('DELETE', `${path}/${people.colleague}`, { token: people.boss })).status,
      'made by the shop',
    ).toBe(403)
    const made = await call<{ id: string }>('POST', path, {
      token: people.boss,
      body: { contactEmail: uniqueEmail(), firstName: 'Grace', lastName: 'Hopper' },
    })
    expect((await call('DELETE', `${path}/${made.body.id}`, { token: people.boss })).status).toBe(202)
  })
})
