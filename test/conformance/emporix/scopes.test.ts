/**
 * "Scopes" of the tenant-managed document: who may call which endpoint, each with each. The table is written from the
 * document; an endpoint that is mounted and not in it makes the first test red.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { emporixDialect } from '../../../src/dialects/emporix/index.ts'
import { adminScopes } from '../../../src/cli/scopes.ts'
import { anonymous, call, newCustomer, serviceToken } from '../../support/client.ts'
import { knock, routes } from '../../security/routes.ts'
import { conformError, conformFault } from './schemas.ts'

const one = '/customer/:tenant/customers/:customerNumber'
const address = `${one}/addresses/:addressId`
const retention = '/customer/:tenant/config/password-migration-retention'
const [read, manage] = ['customer.customer_read', 'customer.customer_manage']

const table: [endpoint: string, scope: string][] = [
  ['GET /customer/:tenant/customers', read],
  ['POST /customer/:tenant/customers', manage],
  ['POST /customer/:tenant/customers/search', read],
  [`GET ${one}`, read],
  [`PUT ${one}`, manage],
  [`PATCH ${one}`, manage],
  [`DELETE ${one}`, manage],
  [`POST ${one}/accounts/internal`, manage],
  ['POST /customer/:tenant/assisted-buying-login', 'customer.assistedBuying_manage'],
  [`GET ${one}/addresses`, read],
  [`POST ${one}/addresses`, manage],
  [`GET ${address}`, read],
  [`PUT ${address}`, manage],
  [`PATCH ${address}`, manage],
  [`DELETE ${address}`, manage],
  [`POST ${address}/tags`, manage],
  [`DELETE ${address}/tags`, manage],
  [`GET ${retention}`, 'customer.import_read'],
  [`POST ${retention}`, 'customer.import_manage'],
  [`DELETE ${retention}`, 'customer.import_manage'],
  ['POST /customer/:tenant/customers/import', 'customer.import_manage'],
]

let customer: { id: string; token: string }
let visitor: string
let foreign: string
const tokens = new Map<string, string>()

beforeAll(async () => {
  const { id, tokens: own } = await newCustomer('acme')
  customer = { id, token: own.access_token }
  visitor = (await anonymous('acme')).access_token
  foreign = await serviceToken('globex')
  for (const scope of new Set(table.map(([, wanted]) => wanted))) {
    tokens.set(scope, await serviceToken('acme', scope))
    const others = adminScopes.filter((other) => other.includes('.') && other !== scope)
    tokens.set(`not ${scope}`, await serviceToken('acme', others.join(' ')))
  }
})

describe('The scopes of the tenant-managed API', () => {
  it('are listed here for every endpoint of the back office', () => {
    const mounted = emporixDialect.endpoints
      .filter(({ access }) => access?.kinds.includes('service'))
      .map(({ method, path }) => `${method.toUpperCase()} ${path}`)
    expect(table.map(([endpoint]) => endpoint).sort()).toEqual(mounted.sort())
  })

  describe.each(table)('%s', (name, scope) => {
    const send = (token?: string) => {
      const route = routes.find((each) => each.name === name)
      if (!route) throw new Error(`There is no ${name}.`)
      const place = { parameters: { customerNumber: customer.id } }
      return knock(route, { place, ...(token !== undefined && { token }) })
    }

    it('refuses no token, a visitor, the customer itself and another tenant as the gateway does', async () => {
      for (const token of [undefined, visitor, customer.token, foreign]) conformFault(await send(token))
    })

    it('refuses a service that has every other scope with the documented 403', async () => {
      const { message } = conformError(await send(tokens.get(`not ${scope}`)), 403, 'Forbidden')
      expect(message).toBe('User not authorized.')
    })
  })

  it.each(table.filter(([name]) => name !== `DELETE ${one}`))(
    'let in who has them: %s',
    async (name, scope) => {
      const route = routes.find((each) => each.name === name)
      if (!route) throw new Error(`There is no ${name}.`)
      const place = { parameters: { customerNumber: customer.id, addressId: 'home' } }
      const { status } = await knock(route, { place, token: tokens.get(scope) ?? '' })
      expect([200, 201, 204, 207, 404]).toContain(status)
    },
  )

  it('let in who may delete', async () => {
    const { id } = await newCustomer('acme')
    const path = `/customer/acme/customers/${id}`
    expect((await call('DELETE', path, { token: tokens.get(manage) ?? '' })).status).toBe(202)
  })
})
