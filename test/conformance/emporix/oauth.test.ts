/**
 * Service tokens by client credentials, and the published keys that every access token is verified with.
 */
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import { describe, expect, it } from 'vitest'
import { adminScopes } from '../../../src/cli/scopes.ts'
import { call, newCustomer, serviceToken } from '../../support/client.ts'
import { conform, conformFault, ServiceAccessToken } from './schemas.ts'

const admin = {
  grant_type: 'client_credentials',
  client_id: 'acme-admin',
  client_secret: 'acme-admin-secret',
}
const request = (form: Record<string, string>, headers: Record<string, string> = {}) =>
  call('POST', '/oauth/token', { form, headers })
const basic = (text: string) => ({ Authorization: `Basic ${btoa(text)}` })

async function granted(form: Record<string, string>): Promise<string[]> {
  return conform(await request(form), 200, ServiceAccessToken).scope.split(' ')
}

describe('Requesting a service access token', () => {
  it('grants every scope of the client when none is asked for, and names the tenant', async () => {
    expect((await granted(admin)).sort()).toEqual([...adminScopes, 'tenant=acme'].sort())
  })

  it('drops scopes that the client lacks without a word', async () => {
    const scope = 'tenant=globex customer.customer_read order.order_manage customer.customer_read'
    expect(await granted({ ...admin, scope })).toEqual(['customer.customer_read', 'tenant=acme'])
    const storefront = { ...admin, client_id: 'acme-storefront', client_secret: 'acme-storefront-secret' }
    expect(await granted({ ...storefront, scope: 'customer.customer_manage' })).toEqual(['tenant=acme'])
  })

  it.each([
    ['a wrong secret', { client_secret: 'wrong' }],
    ['the secret of another client', { client_secret: 'globex-admin-secret' }],
    ['an unknown client', { client_id: 'nobody' }],
    ['no client', { client_id: '', client_secret: '' }],
  ])('answers %s with the gateway’s fault', async (_what, wrong) => {
    conformFault(await request({ ...admin, ...wrong }), 'Invalid ApiKey')
  })

  it('takes parameters from the query as well', async () => {
    conform(await call('POST', '/oauth/token', { query: admin }), 200, ServiceAccessToken)
  })

  it('takes credentials by HTTP Basic, and then answers as commercetools does', async () => {
    const form = { grant_type: 'client_credentials', scope: 'manage_customers:acme' }
    const { status, body } = await request(form, basic('acme-admin:acme-admin-secret'))
    const access_token: unknown = expect.any(String)
    expect({ status, body }).toEqual({
      status: 200,
      body: { access_token, expires_in: 172_800, token_type: 'Bearer', scope: form.scope },
    })
    for (const header of [basic('acme-admin:wrong'), basic('nobody'), { Authorization: 'Basic %' }]) {
      const answer = await request(form, header)
      const text = 'Please provide valid client credentials using HTTP Basic Authentication.'
      const errors = [{ code: 'invalid_client', message: text }]
      expect([answer.status, answer.body]).toEqual([
        401,
        { statusCode: 401, message: text, errors, error: 'invalid_client', error_description: text },
      ])
      expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Basic /)
    }
  })

  it('refuses undotted scopes that are unknown or not owned', async () => {
    const answer = await request({ ...admin, scope: 'make_coffee' })
    expect([answer.status, answer.body]).toMatchObject([400, { error: 'invalid_scope' }])
  })

  it.each([
    ['no grant type', {}, 'invalid_request'],
    ['an unknown grant type', { ...admin, grant_type: 'magic' }, 'unsupported_grant_type'],
  ])('refuses %s', async (_what, form, error) => {
    const answer = await request(form)
    expect([answer.status, answer.body]).toMatchObject([400, { error }])
  })

  it('takes any media type for a form', async () => {
    const body = new URLSearchParams(admin).toString()
    conform(await call('POST', '/oauth/token', { body }), 200, ServiceAccessToken)
    const answer = await call('POST', '/oauth/token', { body: admin })
    expect([answer.status, answer.body]).toMatchObject([400, { error: 'invalid_request' }])
  })
})

describe('The published keys', () => {
  it('verify every access token, and have no private parts', async () => {
    const answer = await call<JSONWebKeySet>('GET', '/.well-known/jwks.json')
    expect(answer.status).toBe(200)
    expect(answer.body.keys.length).toBeGreaterThan(0)
    for (const key of answer.body.keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
      expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' })
    }
    const keys = createLocalJWKSet(answer.body)
    const { token: visitor, tokens } = await newCustomer('acme')
    for (const token of [visitor, tokens.access_token, await serviceToken('acme')]) {
      const { payload } = await jwtVerify(token, keys, { algorithms: ['EdDSA'] })
      expect(payload.aud).toBe('acme')
    }
  })
})
