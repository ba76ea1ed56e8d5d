/**
 * The error codes of the commercetools dialect and of its authorization service: the table of test/error-codes.md is what they
 * are, and here every row of it is caused and compared, byte for byte. What is answered in which situation is tested where
 * the situation is.
 */
import { Outage } from '../../../src/domain/base/outage.ts'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import apiErrors from '../../../src/dialects/commercetools/error.ts?raw'
import oauthErrors from '../../../src/dialects/oauth/error.ts?raw'
import oauthEndpoints from '../../../src/dialects/oauth/index.ts?raw'
import { customerSizeMaxBytes } from '../../../src/domain/customer/customer.ts'
import { resourceSizeMaxBytes } from '../../../src/domain/resources/resource.ts'
import { bodySizeMaxBytes } from '../../../src/http/json-body.ts'
import { intercepted, newTenant, serviceWith } from '../../security/service.ts'
import { call, serviceToken, uniqueEmail, type Answer, type CallOptions } from '../../support/client.ts'
import { asShop, createdBy, password, passwordFlow } from '../../support/commercetools.ts'
import { insert, row } from '../../support/stored-customers.ts'
import document from '../../error-codes.md?raw'

interface Row {
  code: string
  status: number
  message: string
  extras: string[]
}

/** Below it are the codes that are never answered. */
const neverHeading = '## Codes that are never answered'
const rows = readRows(document)
const never = [...document.slice(document.indexOf(neverHeading)).matchAll(/^\| `(\w+)` \|/gm)].map(
  ([, code = '']) => code,
)

let token: string
let session: { access_token: string; refresh_token: string }
let customer: { id: string; email: string; version: number }
let locked: string

beforeAll(async () => {
  token = await serviceToken('acme')
  const shop = asShop()
  await shop
    .stores()
    .post({ body: { key: 'berlin' } })
    .execute()
  customer = await createdBy(shop, {
    key: 'ada',
    customerNumber: `N-${crypto.randomUUID()}`,
    stores: [],
    addresses: [{ country: 'DE', key: 'home' }],
  })
  await createdBy(shop, { stores: [{ typeId: 'store', key: 'berlin' }] })
  await api('POST', '/types', {
    body: {
      key: 'loyalty',
      name: { en: 'Loyalty' },
      resourceTypeIds: ['customer'],
      fieldDefinitions: [
        field('tier', { name: 'Enum', values: [{ key: 'gold', label: 'Gold' }] }),
        field('since', { name: 'Date' }, true),
      ],
    },
  })
  session = (await passwordFlow({ email: customer.email, password })).body
  const limits = { freeFailures: 0, failuresMax: 1, lockSeconds: 600, burst: 'wide', mailsPerHour: 100 }
  locked = await newTenant({ limits })
})

afterAll(() => void vi.useRealTimers())

const api = (method: string, path: string, options: CallOptions = {}) =>
  call(method, `/acme${path}`, { token, ...options })
const update = (action: object, version = customer.version) =>
  api('POST', `/customers/${customer.id}`, { body: { version, actions: [action] } })
const field = (name: string, type: object, required = false) => ({
  name,
  type,
  label: { en: name },
  required,
})
const clientOf = (tenant: string, client: string) => ({
  Authorization: `Basic ${btoa(`${tenant}-${client}:${tenant}-${client}-secret`)}`,
})
const oauth = (
  path: string,
  form: Record<string, string>,
  headers: object = clientOf('acme', 'storefront'),
) => call('POST', `/oauth${path}`, { form, headers: headers as Record<string, string> })
const signIn = (email: string, secret: string, tenant = 'acme') =>
  oauth(
    `/${tenant}/customers/token`,
    { grant_type: 'password', username: email, password: secret },
    clientOf(tenant, 'storefront'),
  )

/** The service, one of whose look-ups fails. */
function without(port: 'customerQuery' | 'tenants', method: string, fault: Error) {
  return serviceWith((ports) => ({
    [port]: intercepted(ports[port], (called) => {
      if (called === method) throw fault
    }),
  }))
}

/** What a token says that was issued for five minutes, ten minutes later. */
async function tooLate(issue: string, body: object, spend: string, more: object = {}): Promise<Answer> {
  const issued = await api('POST', issue, { body: { ttlMinutes: 5, ...body } })
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 600_000 })
  const tokenValue = (issued.body as { value: string }).value
  const answer = await api('POST', spend, { body: { tokenValue, ...more } })
  vi.useRealTimers()
  return answer
}

/** A customer who has to wait, of a tenant where all new ones do. */
async function onHold(): Promise<{ tenant: string; email: string }> {
  const tenant = await newTenant({ onHoldOnCreation: true })
  const { email } = await createdBy(asShop({ tenant }))
  return { tenant, email }
}

const wrongPassword = { email: 'nobody@shop.example', password: 'wrong horse' }
const customOf = (fields: object) => ({
  action: 'setCustomType',
  type: { typeId: 'type', key: 'loyalty' },
  fields,
})

/** By code, status and message of the row. */
const causes: Record<string, () => Promise<Answer>> = {
  'InvalidJsonInput 400 Request body does not contain valid JSON.': () =>
    api('POST', '/types', { body: '{' }),
  'InvalidInput 400 Malformed parameter: limit: {reason}': () => api('GET', '/stores?limit=501'),
  "InvalidInput 400 Malformed parameter: where: Syntax error while parsing 'where'. {reason}": () =>
    api('GET', '/customers', { query: { where: 'email' } }),
  "InvalidInput 400 Malformed parameter: where: The field '{field}' does not exist.": () =>
    api('GET', '/customers', { query: { where: 'passwordHash = "x"' } }),
  'InvalidInput 400 Malformed parameter: where: The predicate is too complex.': () =>
    api('GET', '/types', { query: { where: Array(150).fill('key = "a"').join(' and ') } }),
  'InvalidInput 415 The request body has to be application/json.': () =>
    api('POST', '/stores', { body: '<store/>', headers: { 'Content-Type': 'application/xml' } }),
  "InvalidField 400 The value '{value}' is not valid for field '{field}'.": () =>
    update(customOf({ since: '2026-01-01', tier: 'platinum' })),
  'InvalidField 400 The password must have at least {count} characters.': () =>
    api('POST', '/customers', { body: { email: uniqueEmail(), password: 'short' } }),
  'RequiredField 400 A value is required for field {field}.': () => update(customOf({})),
  'InvalidOperation 400 Customer does not contain an address with the id {id}.': () =>
    update({ action: 'removeAddress', addressId: 'nowhere' }),
  'InvalidOperation 400 A Customer number already exists and cannot be set again.': () =>
    update({ action: 'setCustomerNumber', customerNumber: 'other' }),
  'DuplicateField 400 There is already an existing customer with the provided email.': () =>
    api('POST', '/customers', { body: { email: customer.email, password } }),
  [`DuplicateField 400 A duplicate value '"{value}"' exists for field '{field}'.`]: () =>
    api('POST', '/customers', { body: { email: uniqueEmail(), password, key: 'ada' } }),
  'InvalidCredentials 400 Account with the given credentials not found.': () =>
    api('POST', '/login', { body: wrongPassword }),
  'InvalidCurrentPassword 400 The given current password does not match.': () =>
    api('POST', '/me/password', {
      token: session.access_token,
      body: { version: customer.version, currentPassword: 'wrong horse', newPassword: 'battery staple' },
    }),
  'ExpiredCustomerPasswordToken 400 The given password token has expired.': () =>
    tooLate('/customers/password-token', { email: customer.email }, '/customers/password/reset', {
      newPassword: 'battery staple',
    }),
  'ExpiredCustomerEmailToken 400 The given email token has expired.': () =>
    tooLate('/customers/email-token', { id: customer.id }, '/customers/email/confirm'),
  "ReferencedResourceNotFound 400 The referenced object of type '{type}' with key '{key}' was not found. It either doesn't exist, or it can't be accessed from this endpoint (e.g., if the endpoint filters by store or customer account).":
    () => update({ action: 'addStore', store: { typeId: 'store', key: 'nowhere' } }),
  'ReferenceExists 400 Can not delete a {type} while it is referenced by at least one customer.': () =>
    api('DELETE', '/stores/key=berlin?version=1'),
  'ResourceSizeLimitExceeded 400 A customer with all addresses has at most {count} bytes.': () => {
    const address = Object.fromEntries(
      ['streetName', 'city', 'region', 'state', 'company'].map((name) => [name, 'x'.repeat(4000)]),
    )
    const actions = Array(Math.ceil(customerSizeMaxBytes / 20_000)).fill({
      action: 'addAddress',
      address: { country: 'DE', ...address },
    })
    return api('POST', `/customers/${customer.id}`, { body: { version: customer.version, actions } })
  },
  'ResourceSizeLimitExceeded 400 A type has at most {count} bytes.': () => {
    const label = 'x'.repeat(4000)
    const values = Array.from({ length: resourceSizeMaxBytes / 4000 + 1 }, (_, key) => ({
      key: `${key}`,
      label,
    }))
    const fieldDefinitions = [field('size', { name: 'Enum', values })]
    const body = { key: 'large', name: {}, resourceTypeIds: ['customer'], fieldDefinitions }
    return api('POST', '/types', { body })
  },
  'invalid_token 401 This endpoint requires an access token. You can get one from the authorization server.':
    () => call('GET', '/acme/me'),
  'invalid_token 401 invalid_token': () => api('GET', '/me', { token: 'none' }),
  'insufficient_scope 403 Insufficient scope. One of the following scopes is missing: {scopes}.': () =>
    api('GET', '/customers', { token: session.access_token }),
  "insufficient_token_grant_type 403 This endpoint requires an access token issued with the 'Resource Owner Password Credentials Grant'.":
    () => api('GET', '/me'),
  'Forbidden 403 The account is not active or is on hold.': async () => {
    const { tenant, email } = await onHold()
    return call('POST', `/${tenant}/login`, {
      token: await serviceToken(tenant),
      body: { email, password },
    })
  },
  "ResourceNotFound 404 The Resource with ID '{id}' was not found.": () => api('GET', '/messages/none'),
  "ResourceNotFound 404 The Resource with key '{key}' was not found.": () =>
    api('GET', '/customers/key=none'),
  "ResourceNotFound 404 The Resource with email '{email}' was not found.": () =>
    api('POST', '/customers/password-token', { body: { email: 'nobody@shop.example' } }),
  "ResourceNotFound 404 The Customer with ID 'Token({token})' was not found.": () =>
    api('POST', '/me/email/confirm', { body: { tokenValue: 'none' } }),
  "ResourceNotFound 404 The Project with key '{key}' was not found.": () =>
    call('GET', '/nowhere/customers', { token }),
  'ResourceNotFound 404 There is nothing at this path.': () => api('GET', '/zones'),
  'MethodNotAllowed 405 This path takes {methods}.': () => api('PATCH', '/me'),
  'ConcurrentModification 409 Object {id} has a different version than expected. Expected: {expected} - Actual: {actual}.':
    () => update({ action: 'setKey', key: 'ada' }, 7),
  'ContentTooLarge 413 The request body has more than {count} bytes.': () =>
    api('POST', '/stores', { body: { key: 'x'.repeat(bodySizeMaxBytes) } }),
  'ContentTooLarge 413 Content too large. Ask for fewer results with a smaller limit.': async () => {
    const vatId = crypto.randomUUID()
    const weight = 'x'.repeat(1_000_000)
    const heavy = Array.from({ length: 9 }, (_, n) => row(`${n + 1}`, { vatId, mixins: { weight } }))
    await insert('acme', heavy)
    return api('GET', '/customers', { query: { where: `vatId = "${vatId}"` } })
  },
  'TooManyRequests 429 Too many attempts. Try again later.': async () => {
    const attempt = async () =>
      call('POST', `/${locked}/login`, { token: await serviceToken(locked), body: wrongPassword })
    await attempt()
    return attempt()
  },
  'General 500 Something went wrong here. The request may be repeated.': () =>
    without('customerQuery', 'page', new Error('unheard of')).call('GET', '/acme/customers', { token }),
  'OverCapacity 503 The service is not available. Try again later.': () =>
    without('customerQuery', 'page', new Outage('lost')).call('GET', '/acme/customers', {
      token,
    }),
  'invalid_client 401 Please provide valid client credentials using HTTP Basic Authentication.': () =>
    oauth('/token', { grant_type: 'client_credentials' }, clientOf('acme', 'nobody')),
  'invalid_scope 400 Malformed parameter: scope: Invalid scope.': () =>
    oauth('/token', { grant_type: 'client_credentials', scope: 'manage_customers:acme' }),
  'invalid_customer_account_credentials 400 Customer account with the given credentials not found.': () =>
    signIn(wrongPassword.email, wrongPassword.password),
  'invalid_grant 400 The refresh token was not found. It may have expired.': () =>
    oauth('/token', { grant_type: 'refresh_token', refresh_token: 'acme:none' }),
  'invalid_request 400 Missing required parameter: {name}.': () => oauth('/token', {}),
  'invalid_request 400 Malformed parameter: anonymous_id: {reason}': () =>
    oauth('/acme/anonymous/token', { grant_type: 'client_credentials', anonymous_id: 'two words' }),
  'invalid_request 400 The anonymousId is already in use.': async () => {
    const form = { grant_type: 'client_credentials', anonymous_id: crypto.randomUUID() }
    await oauth('/acme/anonymous/token', form)
    return oauth('/acme/anonymous/token', form)
  },
  'invalid_request 405 This path takes {methods}.': () => call('GET', '/oauth/token'),
  'invalid_request 413 The request body is too large.': () =>
    oauth('/token', { scope: 'x'.repeat(bodySizeMaxBytes) }),
  'unsupported_grant_type 400 Invalid parameter: grant_type: Invalid grant type: {name}': () =>
    oauth('/token', { grant_type: 'magic' }),
  'unauthorized_client 400 The token was not issued to this client.': () =>
    oauth('/token/revoke', { token: session.access_token }, clientOf('acme', 'admin')),
  'access_denied 403 The account is not active or is on hold.': async () => {
    const { tenant, email } = await onHold()
    return signIn(email, password, tenant)
  },
  'not_found 404 There is nothing at this path.': () =>
    oauth('/nowhere/customers/token', { grant_type: 'password' }),
  'too_many_requests 429 Too many attempts. Try again later.': async () => {
    const attempt = () => signIn('somebody@shop.example', 'wrong horse', locked)
    await attempt()
    return attempt()
  },
  'server_error 500 Something went wrong here. The request may be repeated.': () =>
    without('tenants', 'findClient', new Error('unheard of')).call('POST', '/oauth/token', {
      form: { grant_type: 'client_credentials' },
      headers: clientOf('acme', 'admin'),
    }),
  'temporarily_unavailable 503 The service is not available. Try again later.': () =>
    without('tenants', 'findClient', new Outage('lost')).call('POST', '/oauth/token', {
      form: { grant_type: 'client_credentials' },
      headers: clientOf('acme', 'admin'),
    }),
}

const nameOf = ({ code, status, message }: Row) => `${code} ${status} ${message}`

describe('an error', () => {
  it('has a row for each cause, and a cause for each row', () => {
    expect(rows.map(nameOf).toSorted()).toEqual(Object.keys(causes).toSorted())
  })

  it.each(rows.map((row) => [row.code, row.status, row.message, row] as const))(
    '%s is answered with %i: %s',
    async (code, status, message, expected) => {
      const answer = await causes[nameOf(expected)]?.()
      expect(answer?.status, answer?.text).toBe(status)
      const body = answer?.body as { message: string; errors: Record<string, unknown>[] }
      const [error = {}] = body.errors
      expect(error['message']).toMatch(patternOf(message))
      expect([error['code'], Object.keys(error).sort()]).toEqual([
        code,
        ['code', 'message', ...expected.extras].sort(),
      ])
      const both = code.includes('_') ? { error: code, error_description: error['message'] } : {}
      expect(body).toEqual({ statusCode: status, message: error['message'], errors: [error], ...both })
      expect(answer?.headers.get('Content-Type')).toMatch(/^application\/json/)
    },
  )

  it('has no code in the source that is neither answered nor said to be never answered', () => {
    const written = [apiErrors, oauthErrors, oauthEndpoints].flatMap((source) =>
      [
        ...source.matchAll(/\b(?:\w*[eE]rror|fiveKeys|forbidden|unauthorized)\(\s*(?:\d{3},\s*)?'(\w+)'/g),
      ].map(([, code = '']) => code),
    )
    const known = new Set([...rows.map(({ code }) => code), ...never])
    expect(written.length).toBeGreaterThan(40)
    expect(written.filter((code) => !known.has(code))).toEqual([])
  })

  it('that is said to be never answered is in no row', () => {
    expect(never.length).toBeGreaterThan(10)
    expect(rows.filter(({ code }) => never.includes(code))).toEqual([])
  })
})

function readRows(text: string): Row[] {
  const table = /^\| `(\w+)` \| (\d{3}) \| `(.+?)` \| (.+?) \|$/gm
  return [...text.slice(0, text.indexOf(neverHeading)).matchAll(table)].map(
    ([, code = '', status = '', message = '', extras = '']) => ({
      code,
      status: Number(status),
      message,
      extras: [...extras.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
    }),
  )
}

/** Names in braces stand for what differs. */
function patternOf(message: string): RegExp {
  const parts = message.split(/\{\w+\}/).map((part) => part.replaceAll(/[\\^$.*+?()[\]|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.+')}$`, 's')
}
