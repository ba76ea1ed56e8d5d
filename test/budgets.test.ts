/**
 * What each endpoint may ask of the platform, counted: the table is the one in `budgets.md`, and a figure that is
 * exceeded is as red as one that is no longer reached. Warm: the customer's object has the record in memory; cold: it was
 * evicted before. Time stands still here, so that tenants and clients stay remembered, as they are under load; and it is
 * tomorrow, so that no object's alarm goes off while somebody counts.
 */
import { evictAllDurableObjects } from 'cloudflare:test'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { dialects } from '../src/app.ts'
import document from './budgets.md?raw'
import {
  anonymous,
  call,
  logIn,
  mailbox,
  mailedToken,
  newCustomer,
  provedCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
  type Answer,
  type CallOptions,
} from './support/client.ts'
import { officeOf, refresh } from './support/company.ts'
import { deliverMails, meter, type Usage } from './support/meter.ts'

interface Budget extends Usage {
  /** D1 calls when the customer's object has just been evicted. */
  d1Cold: number
}

/** Made before counting starts: everything up to the one call that is counted. */
interface Prepared extends CallOptions {
  path: string
  status: number
}

interface Case {
  /** As in the table: method and path of the endpoint, and what is special about the call. */
  endpoint: string
  what: string
  prepare(): Promise<Prepared>
}

const acme = '/customer/acme'
const password = 'correct horse battery'

const drafts = {
  stores: () => ({ key: `store-${crypto.randomUUID()}` }),
  'customer-groups': () => ({ groupName: 'Gold' }),
  types: () => ({
    key: `type-${crypto.randomUUID()}`,
    name: { en: 'Loyalty' },
    resourceTypeIds: ['customer'],
    fieldDefinitions: [{ name: 'points', type: { name: 'Number' }, label: { en: 'Points' } }],
  }),
}
const changes = {
  stores: { action: 'setLanguages', languages: ['de'] },
  'customer-groups': { action: 'changeName', name: 'Platinum' },
  types: { action: 'changeName', name: { en: 'Fidelity' } },
}

const cases: Case[] = [
  of('GET /customerlogin/auth/anonymous/login', 'a new session', async () => ({
    path: '/customerlogin/auth/anonymous/login',
    status: 200,
    query: { tenant: 'acme', client_id: 'acme-storefront' },
  })),
  of('GET /customerlogin/auth/anonymous/refresh', 'by refresh token', async () => {
    const { refresh_token } = await anonymous('acme')
    return {
      path: '/customerlogin/auth/anonymous/refresh',
      status: 200,
      query: { tenant: 'acme', client_id: 'acme-storefront', refresh_token },
    }
  }),
  of('POST /customer/:tenant/signup', 'single opt-in', async () => ({
    path: `${acme}/signup`,
    status: 201,
    token: (await anonymous('acme')).access_token,
    body: { email: uniqueEmail(), password, customerDetails: { firstName: 'Ada' } },
  })),
  of('POST /customer/:tenant/signup', 'double opt-in', async () => ({
    path: '/customer/globex/signup',
    status: 201,
    token: (await anonymous('globex')).access_token,
    body: { email: uniqueEmail(), password },
  })),
  of('POST /customer/:tenant/signup', 'of a company', async () => {
    const b2b = { companyRegistrationId: crypto.randomUUID() }
    const customerDetails = { firstName: 'Ada', lastName: 'Lovelace', company: 'Analytical', b2b }
    const body = { email: uniqueEmail(), password, customerDetails }
    return { path: `${acme}/signup`, status: 201, token: (await anonymous('acme')).access_token, body }
  }),
  of('POST /customer/:tenant/signup', 'a taken e-mail', async () => {
    const { email, token } = await signUp('acme')
    return { path: `${acme}/signup`, status: 409, token, body: { email, password } }
  }),
  of('POST /customer/:tenant/login', 'right password', async () => {
    const { email, token } = await newCustomer('acme')
    return { path: `${acme}/login`, status: 200, token, body: { email, password } }
  }),
  of('POST /customer/:tenant/login', 'wrong password', async () => {
    const { email, token } = await newCustomer('acme')
    return { path: `${acme}/login`, status: 401, token, body: { email, password: 'wrong horse' } }
  }),
  of('POST /customer/:tenant/login', 'unknown e-mail', async () => ({
    path: `${acme}/login`,
    status: 401,
    token: (await anonymous('acme')).access_token,
    body: { email: uniqueEmail('nobody'), password },
  })),
  of('GET /customer/:tenant/logout', 'own token', async () => {
    const { tokens } = await newCustomer('acme')
    const query = { accessToken: tokens.access_token }
    return { path: `${acme}/logout`, status: 204, token: tokens.access_token, query }
  }),
  of('GET /customer/:tenant/refreshauthtoken', 'current token', async () => {
    const { token, tokens } = await newCustomer('acme')
    const query = { refreshToken: tokens.refresh_token }
    return { path: `${acme}/refreshauthtoken`, status: 200, token, query }
  }),
  of('GET /customer/:tenant/refreshauthtoken', 'for a company', async () => {
    const { token, tokens, company: legalEntityId } = await newMember()
    const query = { refreshToken: tokens.refresh_token, legalEntityId }
    return { path: `${acme}/refreshauthtoken`, status: 200, token, query }
  }),
  asCustomer('GET /customer/:tenant/validateauthtoken', '–', () => ({
    path: `${acme}/validateauthtoken`,
    status: 200,
  })),
  of('GET /customer/:tenant/validateauthtoken', 'token of a company', async () => {
    const { tokens, company } = await newMember()
    const { body } = await refresh('acme', tokens, company)
    return { path: `${acme}/validateauthtoken`, status: 200, token: body.access_token }
  }),
  asVisitor('POST /customer/:tenant/exchangeauthtoken', 'not built yet', {
    path: `${acme}/exchangeauthtoken`,
    status: 501,
  }),
  asVisitor('POST /customer/:tenant/socialLogin', 'not built yet', {
    path: `${acme}/socialLogin`,
    status: 501,
  }),
  of('POST /customer/:tenant/signup/optin/refresh_token', '–', async () => {
    const { email, token } = await signUp('globex')
    return { path: '/customer/globex/signup/optin/refresh_token', status: 202, token, body: { email } }
  }),
  of('GET /customer/:tenant/signup/optin/:token', '–', async () => {
    const { email, token } = await signUp('globex')
    await deliverMails()
    const secret = await mailedToken(email, 'opt-in')
    return { path: `/customer/globex/signup/optin/${secret}`, status: 200, token }
  }),
  asCustomer('GET /customer/:tenant/me', 'customer', () => ({ path: `${acme}/me`, status: 200 })),
  of('GET /customer/:tenant/me', 'customer of a company', async () => ({
    path: `${acme}/me`,
    status: 200,
    token: (await newMember()).tokens.access_token,
  })),
  asVisitor('GET /customer/:tenant/me', 'anonymous', { path: `${acme}/me`, status: 200 }),
  ...both('PATCH', 'PUT', (method) =>
    asCustomer(`${method} /customer/:tenant/me`, '–', () => ({
      path: `${acme}/me`,
      status: 200,
      body: { firstName: 'Augusta' },
    })),
  ),
  asCustomer('PATCH /customer/:tenant/me', 'nothing changes', () => ({
    path: `${acme}/me`,
    status: 200,
    body: { firstName: 'Ada' },
  })),
  asCustomer('PATCH /customer/:tenant/me', 'stale version', () => ({
    path: `${acme}/me`,
    status: 409,
    body: { firstName: 'Augusta', metadata: { version: 99 } },
  })),
  asCustomer('PATCH /customer/:tenant/me', 'with a mixin', () => ({
    path: `${acme}/me`,
    status: 200,
    body: { mixins: { size: { shoe: 42 } }, metadata: { mixins: { size: 'https://schemas.example/size' } } },
  })),
  asCustomer('DELETE /customer/:tenant/me', 'the request', () => ({ path: `${acme}/me`, status: 204 })),
  of('DELETE /customer/:tenant/me', 'with the mailed token', async () => {
    const { email, token, tokens } = await newCustomer('acme')
    await call('DELETE', `${acme}/me`, { token: tokens.access_token })
    await deliverMails()
    const query = { token: await mailedToken(email, 'deletion') }
    return { path: `${acme}/me`, status: 202, token, query }
  }),
  asCustomer('POST /customer/:tenant/me/accounts/internal', '–', () => ({
    path: `${acme}/me/accounts/internal`,
    status: 201,
    body: { email: uniqueEmail('second'), password },
  })),
  asCustomer('POST /customer/:tenant/me/addresses', '–', () => ({
    path: `${acme}/me/addresses`,
    status: 201,
    body: { contactName: 'Ada', city: 'London', country: 'GB' },
  })),
  asCustomer('GET /customer/:tenant/me/addresses', '–', () => ({
    path: `${acme}/me/addresses`,
    status: 200,
  })),
  withAddress('GET /customer/:tenant/me/addresses/:addressId', 200),
  ...both('PATCH', 'PUT', (method) =>
    withAddress(`${method} /customer/:tenant/me/addresses/:addressId`, 200, { body: { city: 'Paris' } }),
  ),
  withAddress('DELETE /customer/:tenant/me/addresses/:addressId', 204),
  withAddress('POST /customer/:tenant/me/addresses/:addressId/tags', 204, { query: { tags: 'BILLING' } }),
  withAddress('DELETE /customer/:tenant/me/addresses/:addressId/tags', 204, { query: { tags: 'SHIPPING' } }),
  of('POST /customer/:tenant/me/accounts/internal/email/change', '–', async () => {
    const { email, tokens } = await newCustomer('acme')
    return {
      path: `${acme}/me/accounts/internal/email/change`,
      status: 204,
      token: tokens.access_token,
      body: { email, password, newEmail: uniqueEmail('new') },
    }
  }),
  of('POST /customer/:tenant/me/accounts/internal/email/change/confirm', 'anonymous', async () => ({
    ...(await emailChangeBegun()),
    token: (await anonymous('acme')).access_token,
  })),
  of('POST /customer/:tenant/me/accounts/internal/email/change/confirm', 'customer', emailChangeBegun),
  of('POST /customer/:tenant/password/reset', '–', async () => {
    const { email, token } = await signUp('acme')
    return { path: `${acme}/password/reset`, status: 204, token, body: { email } }
  }),
  of('POST /customer/:tenant/password/reset/update', '–', async () => {
    const { email, token } = await newCustomer('acme')
    await call('POST', `${acme}/password/reset`, { token, body: { email } })
    await deliverMails()
    const secret = await mailedToken(email, 'password-reset')
    const body = { token: secret, password: 'another horse' }
    return { path: `${acme}/password/reset/update`, status: 204, token, body }
  }),
  asCustomer('POST /customer/:tenant/password/change', '–', () => ({
    path: `${acme}/password/change`,
    status: 204,
    body: { currentPassword: password, newPassword: 'another horse' },
  })),
  byOffice('POST /legal-entities', '–', 201, () => ({ body: { name: 'ABC Company' } })),
  byOffice('GET /legal-entities', 'with total', 200, ({ company }) => ({
    query: { id: company },
    headers: { 'X-Total-Count': 'true' },
  })),
  byOffice('GET /legal-entities', 'with an approval group', 200, ({ grouped }) => ({
    query: { id: grouped },
  })),
  of('GET /customer-management/:tenant/legal-entities', 'one’s own', async () => ({
    path: '/customer-management/acme/legal-entities',
    status: 200,
    token: (await newMember()).tokens.access_token,
  })),
  byOffice('POST /legal-entities/search', '–', 200, ({ company }) => ({ body: { q: `id:${company}` } })),
  byOffice('GET /legal-entities/:legalEntityId', '–', 200),
  byOffice('PUT /legal-entities/:legalEntityId', '–', 204, () => ({ body: { name: 'B', type: 'COMPANY' } })),
  byOffice('DELETE /legal-entities/:legalEntityId', 'one member', 204),
  byOffice('GET /legal-entities/:legalEntityId/parent-hierarchy', '–', 200),
  byOffice('POST /contact-assignments', '–', 201, ({ customerId, other }) => ({
    body: { customer: { id: customerId }, legalEntity: { id: other } },
  })),
  byOffice('GET /contact-assignments', 'with total', 200, ({ customerId }) => ({
    query: { 'customer.id': customerId },
    headers: { 'X-Total-Count': 'true' },
  })),
  byOffice('GET /contact-assignments/:contactAssignmentId', '–', 200),
  byOffice('PUT /contact-assignments/:contactAssignmentId', '–', 204, ({ customerId, company }) => ({
    body: { customer: { id: customerId }, legalEntity: { id: company }, type: 'PRIMARY' },
  })),
  byOffice('DELETE /contact-assignments/:contactAssignmentId', '–', 204),
  of('POST /oauth/token', '–', async () => {
    const form = {
      grant_type: 'client_credentials',
      client_id: 'acme-admin',
      client_secret: 'acme-admin-secret',
    }
    await call('POST', '/oauth/token', { form })
    return { path: '/oauth/token', status: 200, form }
  }),
  of('POST /oauth/token', 'refresh of a customer', async () => {
    const { refresh_token } = await oauthToken('customers', await newCustomer('acme'))
    return {
      path: '/oauth/token',
      status: 200,
      form: asClient({ grant_type: 'refresh_token', refresh_token }),
    }
  }),
  of('POST /oauth/token', 'refresh of a visitor', async () => {
    const { refresh_token } = await oauthToken('anonymous')
    return {
      path: '/oauth/token',
      status: 200,
      form: asClient({ grant_type: 'refresh_token', refresh_token }),
    }
  }),
  of('POST /oauth/:tenant/customers/token', 'right password', async () => ({
    path: '/oauth/acme/customers/token',
    status: 200,
    form: passwordGrant(await newCustomer('acme')),
  })),
  of('POST /oauth/:tenant/customers/token', 'wrong password', async () => ({
    path: '/oauth/acme/customers/token',
    status: 400,
    form: passwordGrant({ ...(await newCustomer('acme')), password: 'wrong horse' }),
  })),
  of('POST /oauth/:tenant/anonymous/token', 'an id of ours', async () => ({
    path: '/oauth/acme/anonymous/token',
    status: 200,
    form: asClient({ grant_type: 'client_credentials' }),
  })),
  of('POST /oauth/:tenant/anonymous/token', 'an id of the client’s', async () => ({
    path: '/oauth/acme/anonymous/token',
    status: 200,
    form: asClient({ grant_type: 'client_credentials', anonymous_id: crypto.randomUUID() }),
  })),
  of('POST /oauth/introspect', 'token of a customer', async () => {
    const { access_token: token } = await oauthToken('customers', await newCustomer('acme'))
    return {
      path: '/oauth/introspect',
      status: 200,
      form: { token, client_id: 'acme-admin', client_secret: 'acme-admin-secret' },
    }
  }),
  of('POST /oauth/token/revoke', 'token of a customer', async () => {
    const { access_token: token } = await oauthToken('customers', await newCustomer('acme'))
    return { path: '/oauth/token/revoke', status: 200, form: asClient({ token }) }
  }),
  of('POST /oauth/token/revoke', 'token of a visitor', async () => {
    const { access_token: token } = await oauthToken('anonymous')
    return { path: '/oauth/token/revoke', status: 200, form: asClient({ token }) }
  }),
  of('POST /oauth/:tenant/in-store/:storeKey/customers/token', 'right password', async () => {
    const { email, store } = await storeCustomer()
    return {
      path: `/oauth/acme/in-store/key=${store}/customers/token`,
      status: 200,
      form: passwordGrant({ email, password }),
    }
  }),
  asCustomer('GET /:tenant/me', '–', () => ({ path: '/acme/me', status: 200 })),
  asCustomer('POST /:tenant/me', '–', () => ({
    path: '/acme/me',
    status: 200,
    body: { version: 1, actions: [{ action: 'setFirstName', firstName: 'Augusta' }] },
  })),
  of('GET /:tenant/me', 'a Type expanded', async () => {
    const { token } = await customised()
    return { path: '/acme/me', status: 200, token, query: { expand: 'custom.type' } }
  }),
  of('POST /:tenant/me', 'with a custom field', async () => {
    const { token, version } = await customised()
    const action = { action: 'setCustomField', name: 'points', value: 2 }
    return { path: '/acme/me', status: 200, token, body: { version, actions: [action] } }
  }),
  of('POST /:tenant/me', 'with a Type by key', async () => {
    const { token, version, type } = await customised()
    const action = { action: 'setCustomType', type: { typeId: 'type', key: type.key }, fields: {} }
    return { path: '/acme/me', status: 200, token, body: { version, actions: [action] } }
  }),
  of('POST /:tenant/me/signup', 'with custom fields', async () => {
    const type = { typeId: 'type', id: (await resource('types')).id }
    return {
      path: '/acme/me/signup',
      status: 201,
      token: (await anonymous('acme')).access_token,
      body: { email: uniqueEmail(), password, custom: { type, fields: { points: 1 } } },
    }
  }),
  of('GET /:tenant', '–', async () => ({ path: '/acme', status: 200, token: await serviceToken('acme') })),
  ...(['stores', 'customer-groups', 'types'] as const).flatMap((kind) => [
    of(`GET /:tenant/${kind}`, '–', async () => {
      await resource(kind)
      return { path: `/acme/${kind}`, status: 200, token: await serviceToken('acme') }
    }),
    asShop(`POST /:tenant/${kind}`, 201, () => ({ body: drafts[kind]() })),
    ofResource(`GET /:tenant/${kind}/:ref`, kind),
    ofResource(`POST /:tenant/${kind}/:ref`, kind, { body: { version: 1, actions: [changes[kind]] } }),
    ofResource(`DELETE /:tenant/${kind}/:ref`, kind, { query: { version: 1 } }),
  ]),
  asCustomer('DELETE /:tenant/me', '–', () => ({ path: '/acme/me', status: 200, query: { version: 1 } })),
  of('POST /:tenant/me/signup', '–', async () => ({
    path: '/acme/me/signup',
    status: 201,
    token: (await anonymous('acme')).access_token,
    body: { email: uniqueEmail(), password },
  })),
  of('POST /:tenant/me/login', 'right password', async () => {
    const { email, token } = await newCustomer('acme')
    return { path: '/acme/me/login', status: 200, token, body: { email, password } }
  }),
  of('POST /:tenant/me/login', 'wrong password', async () => {
    const { email, token } = await newCustomer('acme')
    return { path: '/acme/me/login', status: 400, token, body: { email, password: 'wrong horse' } }
  }),
  asCustomer('POST /:tenant/me/password', '–', () => ({
    path: '/acme/me/password',
    status: 200,
    body: { version: 1, currentPassword: password, newPassword: 'another horse' },
  })),
  asBackOffice('GET /customer/:tenant/customers', ({ email }) => ({
    path: `${acme}/customers`,
    query: { q: `contactEmail:${email}`, expand: 'addresses,accounts,mixin:*' },
  })),
  asBackOffice('POST /customer/:tenant/customers/search', ({ email }) => ({
    path: `${acme}/customers/search`,
    body: { q: `contactEmail:${email}` },
  })),
  ...mailTemplateCases(),
  asBackOffice('GET /customer/:tenant/customers/:customerNumber', ({ id }) => ({
    path: `${acme}/customers/${id}`,
  })),
  asBackOffice('GET /customer/:tenant/customers/:customerNumber/addresses', ({ id }) => ({
    path: `${acme}/customers/${id}/addresses`,
  })),
  asBackOffice(
    'GET /customer/:tenant/customers/:customerNumber/addresses/:addressId',
    ({ id, addressId }) => ({
      path: `${acme}/customers/${id}/addresses/${addressId}`,
    }),
  ),
  asBackOffice('POST /customer/:tenant/customers', () => ({
    path: `${acme}/customers`,
    status: 201,
    query: { sendPasswordResetNotifications: false },
    body: { contactEmail: uniqueEmail() },
  })),
  asBackOffice('PUT /customer/:tenant/customers/:customerNumber', ({ id }) => ({
    path: `${acme}/customers/${id}`,
    status: 204,
    body: { firstName: 'Augusta' },
  })),
  asBackOffice('PATCH /customer/:tenant/customers/:customerNumber', ({ id }) => ({
    path: `${acme}/customers/${id}`,
    body: { firstName: 'Augusta' },
  })),
  asBackOffice('DELETE /customer/:tenant/customers/:customerNumber', ({ id }) => ({
    path: `${acme}/customers/${id}`,
    status: 202,
  })),
  asBackOffice('POST /customer/:tenant/customers/:customerNumber/accounts/internal', ({ id }) => ({
    path: `${acme}/customers/${id}/accounts/internal`,
    status: 201,
    body: { email: uniqueEmail() },
  })),
  asBackOffice('POST /customer/:tenant/customers/:customerNumber/addresses', ({ id }) => ({
    path: `${acme}/customers/${id}/addresses`,
    status: 201,
    body: { contactName: 'Bob' },
  })),
  asBackOffice(
    'PUT /customer/:tenant/customers/:customerNumber/addresses/:addressId',
    ({ id, addressId }) => ({
      path: `${acme}/customers/${id}/addresses/${addressId}`,
      status: 204,
      body: { contactName: 'Bob' },
    }),
  ),
  asBackOffice(
    'PATCH /customer/:tenant/customers/:customerNumber/addresses/:addressId',
    ({ id, addressId }) => ({
      path: `${acme}/customers/${id}/addresses/${addressId}`,
      body: { city: 'London' },
    }),
  ),
  asBackOffice(
    'DELETE /customer/:tenant/customers/:customerNumber/addresses/:addressId',
    ({ id, addressId }) => ({ path: `${acme}/customers/${id}/addresses/${addressId}`, status: 204 }),
  ),
  ...(['POST', 'DELETE'] as const).map((method) =>
    asBackOffice(
      `${method} /customer/:tenant/customers/:customerNumber/addresses/:addressId/tags`,
      ({ id, addressId }) => ({
        path: `${acme}/customers/${id}/addresses/${addressId}/tags`,
        status: 204,
        query: { tags: 'SHIPPING' },
      }),
    ),
  ),
  asBackOffice('GET /customer/:tenant/config/password-migration-retention', () => ({
    path: `${acme}/config/password-migration-retention`,
    status: 404,
  })),
  asBackOffice('POST /customer/:tenant/config/password-migration-retention', () => ({
    path: `${acme}/config/password-migration-retention`,
    body: { retentionEndDate: '2999-12-31' },
  })),
  asBackOffice('DELETE /customer/:tenant/config/password-migration-retention', () => ({
    path: `${acme}/config/password-migration-retention`,
    status: 204,
  })),
  of('POST /customer/:tenant/customers/import', 'fifty customers', async () => ({
    path: `${acme}/customers/import`,
    status: 207,
    token: await serviceToken('acme'),
    body: Array.from({ length: 50 }, () => ({
      account: { email: uniqueEmail(), passwordHash: '1:1000:c2FsdHNhbHQ=:aGFzaGhhc2g=' },
    })),
  })),
  asBackOffice('POST /customer/:tenant/assisted-buying-login', ({ id }) => ({
    path: `${acme}/assisted-buying-login`,
    body: { customerNumber: id },
  })),
  of('GET /:tenant/customers', 'with total', async () => ({
    path: '/acme/customers',
    status: 200,
    token: await serviceToken('acme'),
    query: { where: `email="${(await signUp('acme')).email}"`, withTotal: true },
  })),
  of('GET /:tenant/customers', 'without total', async () => ({
    path: '/acme/customers',
    status: 200,
    token: await serviceToken('acme'),
    query: { where: `email="${(await signUp('acme')).email}"`, withTotal: false },
  })),
  of('GET /:tenant/customers/:key', 'an unknown key', async () => ({
    path: '/acme/customers/key=nobody',
    status: 404,
    token: await serviceToken('acme'),
  })),
  of('GET /:tenant/customers/:id', '–', async () => ({
    path: `/acme/customers/${(await signUp('acme')).id}`,
    status: 200,
    token: await serviceToken('acme'),
  })),
  ...managementCases('customers', 'POST DELETE'),
  ...managementCases('in-store/:storeKey/customers', 'GET POST DELETE'),
  ...credentialsCases(''),
  ...credentialsCases('/in-store/:storeKey'),
  of('POST /:tenant/customers', '–', async () => ({
    path: '/acme/customers',
    status: 201,
    token: await serviceToken('acme'),
    body: { email: uniqueEmail(), password },
  })),
  of('POST /:tenant/in-store/:storeKey/customers', '–', async () => ({
    path: `/acme/in-store/key=${await aStore()}/customers`,
    status: 201,
    token: await serviceToken('acme'),
    body: { email: uniqueEmail(), password },
  })),
  of('GET /:tenant/in-store/:storeKey/customers', '–', async () => ({
    ...(await managed('id', 'in-store/:storeKey/customers', 200, true)),
  })),
  of('GET /:tenant/messages', 'with total', async () => ({
    path: '/acme/messages',
    status: 200,
    token: await serviceToken('acme'),
    query: { where: `resource(id="${(await signUp('acme')).id}")`, withTotal: true },
  })),
  of('GET /:tenant/messages', 'nothing new', async () => ({
    path: '/acme/messages',
    status: 200,
    token: await serviceToken('acme'),
    query: { where: 'createdAt > "2999-01-01T00:00:00Z"', sort: 'createdAt', withTotal: false },
  })),
  of('GET /:tenant/messages/:id', '–', async () => ({
    path: '/acme/messages/nobody',
    status: 404,
    token: await serviceToken('acme'),
  })),
  of('POST /:tenant/me/email/confirm', '–', async () => {
    const { id } = await storeCustomer()
    const token = await serviceToken('acme')
    const tokenValue = await issuedToken('', 'email-token', { id, ttlMinutes: 60 })
    return { path: '/acme/me/email/confirm', status: 200, token, body: { tokenValue } }
  }),
  of('GET /admin/openapi.json', '–', async () => ({ path: '/admin/openapi.json', status: 200 })),
  of('GET /admin/:tenant/webhooks', '–', async () => ({
    path: '/admin/acme/webhooks',
    status: 200,
    token: await serviceToken('acme'),
  })),
  of('POST /admin/:tenant/webhooks', '–', async () => {
    for (const { path, token } of hooks.splice(0)) await call('DELETE', path, { token })
    const body = { url: 'https://shop.example/hook', format: 'emporix', events: ['customer.deleted'] }
    return { path: '/admin/acme/webhooks', status: 201, token: await serviceToken('acme'), body }
  }),
  ofWebhook('GET /admin/:tenant/webhooks/:webhookId', 200),
  ofWebhook('PATCH /admin/:tenant/webhooks/:webhookId', 200, '', { events: ['customer.deleted'] }),
  ofWebhook('DELETE /admin/:tenant/webhooks/:webhookId', 204),
  ofWebhook('POST /admin/:tenant/webhooks/:webhookId/secret', 200, '/secret'),
  ofWebhook('POST /admin/:tenant/webhooks/:webhookId/ping', 200, '/ping'),
  ofWebhook('GET /admin/:tenant/webhooks/:webhookId/deliveries', 200, '/deliveries'),
  ofWebhook('POST /admin/:tenant/webhooks/:webhookId/replay', 202, '/replay', { eventId: 'none' }),
  of('POST /:tenant/me/password/reset', '–', async () => {
    const { email, token } = await newCustomer('acme')
    await call('POST', `${acme}/password/reset`, { token, body: { email } })
    await deliverMails()
    const tokenValue = await mailedToken(email, 'password-reset')
    return {
      path: '/acme/me/password/reset',
      status: 200,
      token,
      body: { tokenValue, newPassword: 'another horse' },
    }
  }),
]

/** Tokens of mails, by the page that their link opens. */
const pageTokens: Record<string, () => Promise<{ token: string; tenant?: string; password?: string }>> = {
  'opt-in': async () => {
    const { email } = await signUp('globex')
    await deliverMails()
    return { token: await mailedToken(email, 'opt-in'), tenant: 'globex' }
  },
  'reset-password': async () => {
    const { email, token } = await newCustomer('acme')
    await call('POST', `${acme}/password/reset`, { token, body: { email } })
    await deliverMails()
    return { token: await mailedToken(email, 'password-reset'), password: 'another horse' }
  },
  'change-email': async () => {
    const { body } = await emailChangeBegun()
    return body as { token: string }
  },
  'confirm-email': async () => {
    const { tokens } = await newCustomer('acme')
    const email = uniqueEmail('changed')
    const body = { version: 1, actions: [{ action: 'changeEmail', email }] }
    await call('POST', '/acme/me', { token: tokens.access_token, body })
    await deliverMails()
    return { token: await mailedToken(email, 'email-confirmation'), password }
  },
  'confirm-account': async () => {
    const { tokens } = await newCustomer('acme')
    const email = uniqueEmail('second')
    await call('POST', `${acme}/me/accounts/internal`, {
      token: tokens.access_token,
      body: { email, password },
    })
    await deliverMails()
    return { token: await mailedToken(email, 'account-confirmation'), password }
  },
  'not-me': async () => {
    const { email } = await signUp('globex')
    await deliverMails()
    const [mail] = await mailbox(email, 'opt-in')
    return { token: /not-me\?token=([\w-]{43})/.exec(mail?.text ?? '')?.[1] ?? '', tenant: 'globex' }
  },
  'undo-email-change': async () => {
    const { email, tokens } = await provedCustomer('acme', deliverMails)
    const body = { version: 2, actions: [{ action: 'changeEmail', email: uniqueEmail('changed') }] }
    await call('POST', '/acme/me', { token: tokens.access_token, body })
    await deliverMails()
    return { token: await mailedToken(email, 'email-changed') }
  },
  delete: async () => {
    const { email, tokens } = await newCustomer('acme')
    await call('DELETE', `${acme}/me`, { token: tokens.access_token })
    await deliverMails()
    return { token: await mailedToken(email, 'deletion') }
  },
}

for (const [name, prepare] of Object.entries(pageTokens))
  // First, because subscriptions of later cases would be told of deletions.
  cases.unshift(
    of(`GET /account/:tenant/${name}`, '–', async () => ({
      ...{ path: `/account/acme/${name}`, status: 200, query: { token: 'A'.repeat(43) } },
    })),
    of(`POST /account/:tenant/${name}`, '–', async () => {
      const { tenant = 'acme', ...form } = await prepare()
      return { path: `/account/${tenant}/${name}`, status: 200, form }
    }),
  )

const budgets = readBudgets(document)

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 })
  vi.stubGlobal('fetch', async () => Response.json({ type: 'object' }))
  for (const tenant of ['acme', 'globex']) await anonymous(tenant)
  return () => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  }
})

describe('every call to an endpoint', () => {
  test.each(cases)('costs what the table says: $endpoint, $what', async ({ endpoint, what, prepare }) => {
    const platform = meter()
    const send = async ({ path, status, ...options }: Prepared): Promise<Usage> => {
      let answer: Answer | undefined
      const usage = await platform.use(async () => {
        answer = await call(endpoint.split(' ')[0] ?? '', path, options)
      })
      expect(answer?.status, answer?.text).toBe(status)
      return usage
    }
    const warm = await send(await prepare())
    const prepared = await prepare()
    await evictAllDurableObjects()
    const cold = await send(prepared)

    expect({ ...warm, d1Cold: cold.d1 }).toEqual(budgets.get(rowName(endpoint, what)))
    expect({ ...cold, d1: warm.d1 }).toEqual(warm)
  })
})

test('delivering a mail costs what the table says', async () => {
  const platform = meter()
  const { email } = await signUp('globex')
  await deliverMails()
  await call('POST', '/customer/globex/signup/optin/refresh_token', {
    token: (await anonymous('globex')).access_token,
    body: { email },
  })
  // `deliverMails` itself asks the database once for what there is to deliver.
  const { d1, ...others } = await platform.use(deliverMails)
  expect({ ...others, d1: d1 - 1, d1Cold: d1 - 1 }).toEqual(budgets.get(rowName('queue', 'one mail')))
})

test('the table has every endpoint, and nothing that does not exist', () => {
  const endpoints = dialects
    .flatMap((dialect) => dialect.endpoints)
    .map(({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{[^}]*\}/g, '')}`)
  expect(new Set(cases.map(({ endpoint }) => endpoint))).toEqual(new Set(endpoints))
  const measured = cases.map(({ endpoint, what }) => rowName(endpoint, what))
  expect([...budgets.keys()].sort()).toEqual([...measured, rowName('queue', 'one mail')].sort())
})

/** A customer of a store, named by id or by key; of the store's list when `whole`. */
async function managed(by: 'id' | 'key', place: string, status: number, whole = false): Promise<Prepared> {
  const [token, { id, key, store }] = [await serviceToken('acme'), await storeCustomer()]
  const path = `/acme/${place.replace(':storeKey', `key=${store}`)}`
  const name = by === 'id' ? id : `key=${key}`
  return { path: whole ? path : `${path}/${name}`, status, token }
}

async function storeCustomer() {
  const [token, store, key] = [await serviceToken('acme'), await aStore(), `key-${crypto.randomUUID()}`]
  const email = uniqueEmail()
  const body = { email, password, key, stores: [{ key: store }] }
  const made = await call<{ customer: { id: string } }>('POST', '/acme/customers', { token, body })
  return { id: made.body.customer.id, email, key, store }
}

/** Passwords, tokens and log-in by the back office, in the project or in a store. */
function credentialsCases(office: string): Case[] {
  const customers = `/:tenant${office}/customers`
  const by = (
    endpoint: string,
    what: string,
    prepare: (customer: { id: string; email: string; place: string }) => Promise<Partial<Prepared>>,
  ) =>
    of(endpoint, what, async () => {
      const token = await serviceToken('acme')
      const inStore = office === '' ? undefined : await storeCustomer()
      const { id, email } = inStore ?? (await signUp('acme'))
      const place = inStore ? `/in-store/key=${inStore.store}` : ''
      const path = endpoint.replace(/^\w+ \/:tenant/, '/acme').replace(office, place)
      return { path, status: 200, token, ...(await prepare({ id, email, place })) }
    })
  const issuing = { ttlMinutes: 60 }
  const found = (name: string, secret: string, place: string) => ({
    path: `/acme${place}/customers/${name}=${secret}`,
  })
  return [
    by(`POST /:tenant${office}/login`, 'right password', async ({ email }) => ({
      body: { email, password },
    })),
    by(`POST /:tenant${office}/login`, 'with a visitor', async ({ email }) => ({
      body: { email, password, anonymousId: 'visitor' },
    })),
    by(`POST /:tenant${office}/login`, 'wrong password', async ({ email }) => ({
      body: { email, password: 'wrong horse' },
      status: 400,
    })),
    by(`POST ${customers}/password-token`, '–', async ({ email }) => ({ body: { email, ...issuing } })),
    by(`POST ${customers}/email-token`, '–', async ({ id }) => ({ body: { id, ...issuing } })),
    by(`GET ${customers}/:token`, 'password token', async ({ email, place }) =>
      found('password-token', await issuedToken(place, 'password-token', { email, ...issuing }), place),
    ),
    by(`GET ${customers}/:token`, 'email token', async ({ id, place }) =>
      found('email-token', await issuedToken(place, 'email-token', { id, ...issuing }), place),
    ),
    by(`POST ${customers}/password`, '–', async ({ id }) => ({
      body: { id, version: 1, currentPassword: password, newPassword: 'another horse' },
    })),
    by(`POST ${customers}/password/reset`, '–', async ({ email, place }) => ({
      body: {
        tokenValue: await issuedToken(place, 'password-token', { email, ...issuing }),
        newPassword: 'another horse',
      },
    })),
    by(`POST ${customers}/email/confirm`, '–', async ({ id, place }) => ({
      body: { tokenValue: await issuedToken(place, 'email-token', { id, ...issuing }) },
    })),
  ]
}

async function issuedToken(place: string, kind: string, body: object): Promise<string> {
  const token = await serviceToken('acme')
  const issued = await call<{ value: string }>('POST', `/acme${place}/customers/${kind}`, { token, body })
  return issued.body.value
}

function managementCases(place: string, methods: string): Case[] {
  return (['id', 'key'] as const).flatMap((by) =>
    methods.split(' ').map((method) =>
      of(`${method} /:tenant/${place}/:${by}`, method === 'GET' ? '–' : 'a change', async () => ({
        ...(await managed(by, place, 200)),
        ...(method === 'POST' && {
          body: { version: 1, actions: [{ action: 'setExternalId', externalId: 'x' }] },
        }),
        ...(method === 'DELETE' && { query: { version: 1, dataErasure: true } }),
      })),
    ),
  )
}

async function aStore(): Promise<string> {
  const key = `store-${crypto.randomUUID()}`
  await call('POST', '/acme/stores', { token: await serviceToken('acme'), body: { key } })
  return key
}

function of(endpoint: string, what: string, prepare: Case['prepare']): Case {
  return { endpoint, what, prepare }
}

function both<M extends string>(first: M, second: M, make: (method: M) => Case): Case[] {
  return [make(first), make(second)]
}

function asVisitor(endpoint: string, what: string, prepared: Prepared): Case {
  return of(endpoint, what, async () => ({ token: (await anonymous('acme')).access_token, ...prepared }))
}

function asCustomer(endpoint: string, what: string, prepare: () => Prepared): Case {
  return of(endpoint, what, async () => {
    const { tokens } = await newCustomer('acme')
    return { token: tokens.access_token, ...prepare() }
  })
}

/** Looking at a customer who has one address. */
function asBackOffice(
  endpoint: string,
  prepare: (customer: {
    id: string
    email: string
    addressId: string
  }) => Omit<Prepared, 'status'> & Partial<Pick<Prepared, 'status'>>,
): Case {
  return of(endpoint, '–', async () => {
    const { id, email, tokens } = await newCustomer('acme')
    const added = await call<{ id: string }>('POST', `${acme}/me/addresses`, {
      token: tokens.access_token,
      body: { contactName: 'Ada' },
    })
    const prepared = prepare({ id, email, addressId: added.body.id })
    return { token: await serviceToken('acme'), status: 200, ...prepared }
  })
}

const hooks: { path: string; token: string }[] = []

/** A webhook that nothing happens for. */
function ofWebhook(endpoint: string, status: number, below = '', body?: object): Case {
  return of(endpoint, '–', async () => {
    const token = await serviceToken('acme')
    const draft = { url: 'https://shop.example/hook', format: 'emporix', events: ['customer.deleted'] }
    const made = await call<{ id: string }>('POST', '/admin/acme/webhooks', { token, body: draft })
    const path = `/admin/acme/webhooks/${made.body.id}`
    hooks.push({ path, token })
    return { path: path + below, status, token, ...(body && { body }) }
  })
}

function withAddress(endpoint: string, status: number, options: CallOptions = {}): Case {
  return of(endpoint, '–', async () => {
    const address = { contactName: 'Ada', city: 'London', country: 'GB', tags: ['SHIPPING'] }
    const { tokens } = await newCustomer('acme')
    const token = tokens.access_token
    const { body } = await call<{ id: string }>('POST', `${acme}/me/addresses`, { token, body: address })
    const tags = endpoint.endsWith('/tags') ? '/tags' : ''
    return { path: `${acme}/me/addresses/${body.id}${tags}`, status, token, ...options }
  })
}

function mailTemplateCases(): Case[] {
  const all = '/admin/:tenant/templates'
  const body = { subject: 'Welcome', text: 'Welcome', html: '<p>Welcome</p>' }
  const prepared = async (path: string, status: number, more: CallOptions = {}) => ({
    path: `/admin/acme/templates${path}`,
    status,
    token: await serviceToken('acme'),
    ...more,
  })
  return [
    of(`GET ${all}`, '–', () => prepared('', 200)),
    of(`GET ${all}/:template/:language`, '–', () => prepared('/welcome/de', 200)),
    of(`PUT ${all}/:template/:language`, '–', () => prepared('/welcome/nl', 200, { body })),
    of(`DELETE ${all}/:template/:language`, '–', async () => {
      const deletion = await prepared('/welcome/nl', 204)
      await call('PUT', deletion.path, { ...deletion, body })
      return deletion
    }),
    of(`POST ${all}/:template/:language/preview`, '–', () => prepared('/welcome/nl/preview', 200, { body })),
  ]
}

function asShop(endpoint: string, status: number, options: () => CallOptions = () => ({})): Case {
  return of(endpoint, '–', async () => ({
    path: endpoint.replace(/^\w+ \/:tenant/, '/acme'),
    status,
    token: await serviceToken('acme'),
    ...options(),
  }))
}

function ofResource(endpoint: string, kind: keyof typeof drafts, options: CallOptions = {}): Case {
  return of(endpoint, '–', async () => ({
    path: `/acme/${kind}/${(await resource(kind)).id}`,
    status: 200,
    token: await serviceToken('acme'),
    ...options,
  }))
}

async function resource(kind: keyof typeof drafts): Promise<{ id: string; key: string }> {
  const token = await serviceToken('acme')
  const made = await call<{ id: string; key: string }>('POST', `/acme/${kind}`, {
    token,
    body: drafts[kind](),
  })
  return made.body
}

/** A customer with a custom field. */
async function customised() {
  const type = await resource('types')
  const { tokens } = await newCustomer('acme')
  const token = tokens.access_token
  const custom = { type: { typeId: 'type', id: type.id }, fields: { points: 1 } }
  const { body } = await call<{ version: number }>('POST', '/acme/me', {
    token,
    body: { version: 1, actions: [{ action: 'setCustomType', ...custom }] },
  })
  return { token, type, version: body.version }
}

/** A customer who acts for a company, and another company whose approval group the customer is in. */
async function newMember() {
  const [customer, office] = [await newCustomer('acme'), await officeOf('acme')]
  const company = await office.company()
  const assignment = await office.assign(customer.id, company)
  const grouped = await office.company({ approvalGroup: [{ id: assignment }] })
  return { ...customer, customerId: customer.id, company, assignment, grouped, other: grouped }
}

function byOffice(
  endpoint: string,
  what: string,
  status: number,
  optionsFor: (member: Awaited<ReturnType<typeof newMember>>) => CallOptions = () => ({}),
): Case {
  const [method = '', path = ''] = endpoint.split(' ')
  return of(`${method} /customer-management/:tenant${path}`, what, async () => {
    const member = await newMember()
    const ids = path
      .replace(':legalEntityId', member.company)
      .replace(':contactAssignmentId', member.assignment)
    const token = await serviceToken('acme')
    return { path: `/customer-management/acme${ids}`, status, token, ...optionsFor(member) }
  })
}

/** With the credentials of the shop in the form. */
function asClient(form: Record<string, string>): Record<string, string> {
  return { ...form, client_id: 'acme-storefront', client_secret: 'acme-storefront-secret' }
}

function passwordGrant({ email, password }: { email: string; password: string }): Record<string, string> {
  return asClient({ grant_type: 'password', username: email, password })
}

async function oauthToken(kind: 'customers' | 'anonymous', customer?: { email: string; password: string }) {
  const form = customer ? passwordGrant(customer) : asClient({ grant_type: 'client_credentials' })
  const answer = await call<{ access_token: string; refresh_token: string }>(
    'POST',
    `/oauth/acme/${kind}/token`,
    {
      form,
    },
  )
  return answer.body
}

async function emailChangeBegun(): Promise<Prepared> {
  const { email, ...customer } = await signUp('acme')
  const tokens = await logIn('acme', { email, ...customer })
  const newEmail = uniqueEmail('new')
  const path = `${acme}/me/accounts/internal/email/change`
  await call('POST', path, { token: tokens.access_token, body: { email, password, newEmail } })
  await deliverMails()
  const token = await mailedToken(newEmail, 'email-change')
  return { path: `${path}/confirm`, status: 204, token: tokens.access_token, body: { token } }
}

/** As the first two columns of the table write it. */
function rowName(endpoint: string, what: string): string {
  return `${endpoint.replaceAll(/:(\w+)/g, '{$1}')} | ${what}`
}

function readBudgets(text: string): Map<string, Budget> {
  const rows = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
  const isBudget = (cells: string[]) =>
    cells.length === 11 && cells.slice(3, 10).every((cell) => /^\d+$/.test(cell))
  return new Map(
    rows.filter(isBudget).map(([, endpoint = '', what = '', ...cells]) => {
      const [
        d1 = 0,
        d1Cold = 0,
        kvReads = 0,
        kvWrites = 0,
        customerObject = 0,
        attemptObject = 0,
        queueSends = 0,
      ] = cells.map(Number)
      return [
        `${endpoint} | ${what}`,
        { d1, d1Cold, kvReads, kvWrites, customerObject, attemptObject, queueSends },
      ]
    }),
  )
}
