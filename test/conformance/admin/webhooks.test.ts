/**
 * Managing webhooks, and what arrives at a real receiver: every event of each format, signed as promised.
 */
import { describe, expect, it } from 'vitest'
import { emporixEvents } from '../../../src/domain/events/event.ts'
import {
  anonymous,
  call,
  mailedToken,
  newCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
} from '../../support/client.ts'
import { subscribe } from '../../support/webhooks.ts'
import { newTenant } from '../../security/service.ts'

const all = (tenant: string) => `/admin/${tenant}/webhooks`
const password = 'correct horse battery'

/** Everything of one customer's life that Emporix has an event for. */
async function live(
  tenant: string,
): Promise<{ id: string; email: string; newEmail: string; erase(): Promise<void> }> {
  const { id, email, token } = await signUp(tenant)
  await call('POST', `/customer/${tenant}/signup/optin/refresh_token`, { token, body: { email } })
  const secret = await mailedToken(email, 'opt-in-resent')
  await call('GET', `/customer/${tenant}/signup/optin/${secret}`, { token })
  await call('POST', `/customer/${tenant}/password/reset`, { token, body: { email, site: 'main' } })
  await mailedToken(email, 'password-reset')
  const { access_token } = (
    await call<{ access_token: string }>('POST', `/customer/${tenant}/login`, {
      token,
      body: { email, password },
    })
  ).body
  const own = { token: access_token }
  await call('PATCH', `/customer/${tenant}/me`, {
    ...own,
    body: { firstName: 'Augusta', lastName: 'King', company: 'Engines' },
  })
  await call('POST', `/customer/${tenant}/me/addresses`, {
    ...own,
    body: { contactName: 'Ada', city: 'London', country: 'GB', isDefault: true },
  })
  const newEmail = uniqueEmail('new')
  const change = `/customer/${tenant}/me/accounts/internal/email/change`
  await call('POST', change, { ...own, body: { email, password, newEmail } })
  await call('POST', `${change}/confirm`, {
    ...own,
    body: { token: await mailedToken(newEmail, 'email-change') },
  })
  const erase = async () => {
    await call('DELETE', `/customer/${tenant}/me`, own)
    const query = { token: await mailedToken(email, 'deletion') }
    const gone = await call('DELETE', `/customer/${tenant}/me`, { token, query })
    expect(gone.status, gone.text).toBe(202)
  }
  return { id, email, newEmail, erase }
}

describe('Webhooks', () => {
  it('are made with a secret that is shown once, listed, read, changed and deleted', async () => {
    const tenant = await newTenant()
    const token = await serviceToken(tenant)
    const body = {
      url: 'https://shop.example/hook',
      format: 'emporix',
      events: ['customer.created'],
      excludedFields: ['mixins', 'metadata.mixins'],
    }
    const made = await call<Record<string, string>>('POST', all(tenant), { token, body })
    expect(made.status).toBe(201)
    const { secret, ...webhook } = made.body
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const expected = { ...body, includeTokens: false, enabled: true }
    expect(webhook).toEqual({
      ...{ id: expect.any(String), createdAt: expect.any(String), modifiedAt: expect.any(String) },
      ...expected,
    })
    const path = `${all(tenant)}/${webhook['id']}`
    expect((await call('GET', all(tenant), { token })).body).toEqual({ webhooks: [webhook] })
    expect((await call('GET', path, { token })).body).toEqual(webhook)
    const changes = { events: ['*'], excludedFields: [], includeTokens: true, enabled: false }
    const changed = await call('PATCH', path, { token, body: changes })
    expect(changed.body).toMatchObject({ ...changes, disabledReason: 'operator' })
    const enabled = await call<object>('PATCH', path, { token, body: { enabled: true } })
    expect(enabled.body).toMatchObject({ enabled: true, events: ['*'] })
    expect(enabled.body).not.toHaveProperty('disabledAt')
    expect((await call('DELETE', path, { token })).status).toBe(204)
    expect((await call('GET', path, { token })).status).toBe(404)
    expect((await call('DELETE', path, { token })).status).toBe(404)
    expect((await call('GET', all(tenant), { token })).body).toEqual({ webhooks: [] })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['no url', { url: undefined }, 'url'],
    ['a url that is none', { url: 'shop.example' }, 'url'],
    ['http on a public host', { url: 'http://shop.example/' }, 'url'],
    ['a private address', { url: 'https://10.0.0.1/' }, 'url'],
    ['a link-local address', { url: 'https://169.254.169.254/latest' }, 'url'],
    ['a private name', { url: 'https://db.internal/' }, 'url'],
    ['credentials in the url', { url: 'https://a:b@shop.example/' }, 'url'],
    ['another scheme', { url: 'ftp://shop.example/' }, 'url'],
    ['an unknown format', { format: 'xml' }, 'format'],
    ['no events', { events: [] }, 'events'],
    ['an event of another format', { events: ['CustomerCreated'] }, 'events.0'],
    ['an unknown event', { events: ['customer.created', 'customer.sneezed'] }, 'events.1'],
    ['a field path that is none', { excludedFields: ['a..b'] }, 'excludedFields.0'],
    ['an unknown field', { secret: 'mine' }, ''],
  ])('are refused with %s, by name', async (_what, wrong, field) => {
    const token = await serviceToken('acme')
    const good = { url: 'https://shop.example/', format: 'emporix', events: ['*'] }
    const answer = await call<{ errors: { field: string }[] }>('POST', all('acme'), {
      token,
      body: { ...good, ...wrong },
    })
    expect(answer.status, answer.text).toBe(400)
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json')
    expect(answer.body).toMatchObject({ title: 'Bad Request', status: 400 })
    expect(answer.body.errors.map((error) => error.field)).toEqual([field])
  })

  it('keep to the rules when they are changed', async () => {
    const { path, token } = await subscribe('acme')
    const wrong = [{ url: 'https://192.168.0.1/' }, { events: ['customer.created'] }, { format: 'emporix' }]
    for (const body of wrong) expect((await call('PATCH', path, { token, body })).status).toBe(400)
    await call('DELETE', path, { token })
  })

  it('are twenty at most', async () => {
    const tenant = await newTenant()
    const token = await serviceToken(tenant)
    const body = { url: 'https://shop.example/', format: 'emporix', events: ['*'] }
    for (let count = 0; count < 20; count += 1)
      expect((await call('POST', all(tenant), { token, body })).status).toBe(201)
    const refused = await call('POST', all(tenant), { token, body })
    expect(refused.status).toBe(409)
    expect(refused.body).toMatchObject({ title: 'Conflict', detail: expect.stringContaining('20') })
  })

  it('are seen with one scope, and touched with the other', async () => {
    const { path } = await subscribe('acme')
    const [none, reader] = [
      await serviceToken('acme', 'customer.customer_read'),
      await serviceToken('acme', 'admin.webhook_read'),
    ]
    const statusOf = async (method: string, to: string, token: string, body?: object) =>
      (await call(method, to, { token, body })).status
    for (const to of [all('acme'), path, `${path}/deliveries`]) {
      expect(await statusOf('GET', to, none)).toBe(403)
      expect(await statusOf('GET', to, reader)).toBe(200)
    }
    const replay = { eventId: 'x' }
    for (const token of [none, reader]) {
      expect(await statusOf('POST', all('acme'), token, {})).toBe(403)
      expect(await statusOf('PATCH', path, token, {})).toBe(403)
      expect(await statusOf('POST', `${path}/secret`, token)).toBe(403)
      expect(await statusOf('POST', `${path}/ping`, token)).toBe(403)
      expect(await statusOf('POST', `${path}/replay`, token, replay)).toBe(403)
      expect(await statusOf('DELETE', path, token)).toBe(403)
    }
    await call('DELETE', path, { token: await serviceToken('acme') })
  })

  it('of another tenant do not exist', async () => {
    const { id, path, token } = await subscribe('acme')
    const [tenant, foreign] = ['globex', await serviceToken('globex')]
    const other = `${all(tenant)}/${id}`
    const calls: [string, string, object?][] = [
      ['GET', other],
      ['PATCH', other, { enabled: false }],
      ['DELETE', other],
      ['POST', `${other}/secret`],
      ['POST', `${other}/ping`],
      ['GET', `${other}/deliveries`],
      ['POST', `${other}/replay`, { eventId: 'x' }],
    ]
    for (const [method, to, body] of calls)
      expect((await call(method, to, { token: foreign, body })).status, `${method} ${to}`).toBe(404)
    expect((await call('GET', path, { token })).body).toMatchObject({ enabled: true })
    await call('DELETE', path, { token })
  })
})

describe('The secret', () => {
  it('can be rotated, and the one before stays good beside it', async () => {
    const hook = await subscribe('acme')
    const rotated = await call<{ secret: string }>('POST', `${hook.path}/secret`, { token: hook.token })
    expect(rotated.status).toBe(200)
    expect(rotated.body).toMatchObject({ previousSecretUntil: expect.any(String) })
    expect(rotated.body.secret).not.toBe(hook.secret)
    await call('POST', `${hook.path}/ping`, { token: hook.token })
    await hook.plan({ secret: rotated.body.secret })
    await call('POST', `${hook.path}/ping`, { token: hook.token })
    await hook.plan({ secret: `whsec_${btoa('another secret')}` })
    await call('POST', `${hook.path}/ping`, { token: hook.token })
    expect((await hook.received(3)).map(({ standard }) => standard)).toEqual(['good', 'good', 'bad'])
    await call('DELETE', hook.path, { token: hook.token })
  })
})

describe('A test event', () => {
  it.each([
    [204, { delivered: true, responseStatus: 204 }],
    [302, { delivered: false, responseStatus: 302, reason: 'Redirects are not followed.' }],
    [500, { delivered: false, responseStatus: 500, reason: 'The answer was 500.' }],
    [0, { delivered: false, reason: 'No connection.' }],
  ])('tells whether it arrived, and nothing of the answer: %i', async (status, expected) => {
    const hook = await subscribe('acme', {}, { answers: [status], headers: { Location: '/elsewhere' } })
    const ping = await call('POST', `${hook.path}/ping`, { token: hook.token })
    expect(ping.body).toEqual(expected)
    const [event, ...others] = await hook.received(1)
    expect(others).toEqual([])
    expect(event).toMatchObject({ standard: 'good', body: { specversion: '1.0', type: 'webhook.ping' } })
    await call('DELETE', hook.path, { token: hook.token })
  })
})

describe('Events in Emporix’s format', () => {
  it('are all that the document names, in order, with its payloads and its signature', async () => {
    const tenant = await newTenant({ optIn: 'double' })
    const hook = await subscribe(tenant, { format: 'emporix' })
    const { id, email, newEmail, erase } = await live(tenant)
    await hook.received(13)
    await erase()
    const events = await hook.received(14)
    for (const { standard, emporix } of events)
      expect({ standard, emporix }).toEqual({ standard: 'good', emporix: 'good' })
    const log = await call<{ deliveries: { eventId: string; event: string; sequence: number }[] }>(
      'GET',
      `${hook.path}/deliveries`,
      { token: hook.token },
    )
    const nameOf = new Map(log.body.deliveries.map(({ eventId, event }) => [eventId, event]))
    const named = events.map(({ headers, body }) => ({
      name: nameOf.get(headers['webhook-id'] ?? '') ?? '',
      body,
    }))
    expect(new Set(named.map(({ name }) => name))).toEqual(new Set(emporixEvents))
    const bodiesOf = (wanted: string) => named.filter(({ name }) => name === wanted).map(({ body }) => body)
    const customer = { id, customerNumber: id, tenant, lastName: 'Lovelace', accounts: [email] }
    expect(bodiesOf('customer.created')).toEqual([expect.objectContaining(customer)])
    expect(bodiesOf('customer.sign-up')).toEqual([expect.objectContaining(customer)])
    expect(bodiesOf('customer.opt-in')).toEqual([{ customerNumber: id, tenant }])
    expect(bodiesOf('customer.refresh-token')).toEqual([{ email, tenant }])
    expect(bodiesOf('customer.password-reset')).toEqual([{ email, site: 'main', tenant }])
    const loggedIn = { customerId: id, sessionId: expect.any(String), tenant }
    expect(bodiesOf('customer.logged.in')).toEqual([loggedIn, loggedIn])
    expect(bodiesOf('customer.email-change-request')).toEqual([{ customerId: id, email, newEmail, tenant }])
    expect(bodiesOf('customer.email-change')).toEqual([{ customerId: id, email, newEmail, tenant }])
    expect(bodiesOf('customer.deleted')).toEqual([{ customerNumber: id, tenant }])
    const sequences = log.body.deliveries.toReversed().map(({ sequence }) => sequence)
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b))
  })

  it('show the whole customer after a change, once for each change, without the fields that are left out', async () => {
    const tenant = await newTenant()
    const excludedFields = ['addresses.city', 'metadata.mixins', 'lastName']
    const hook = await subscribe(tenant, { format: 'emporix', events: ['customer.updated'], excludedFields })
    const { id, tokens } = await newCustomer(tenant)
    const own = { token: tokens.access_token }
    const b2b = { companyRegistrationId: 'HRB 1' }
    const body = { firstName: 'Augusta', lastName: 'King', company: 'Engines', b2b }
    await call('PATCH', `/customer/${tenant}/me`, { ...own, body })
    const [renamed] = await hook.received(1)
    await call('POST', `/customer/${tenant}/me/addresses`, {
      ...own,
      body: { city: 'London', street: 'Main' },
    })
    const events = await hook.received(2)
    expect(renamed?.body).toMatchObject({
      ...{ customerNumber: id, firstName: 'Augusta', company: 'Engines', b2b, updatedBy: id, tenant },
      metadata: { version: 2 },
    })
    expect(renamed?.body).not.toHaveProperty('lastName')
    for (const path of ['businessModel', 'b2b.legalEntities']) expect(renamed?.body).not.toHaveProperty(path)
    expect(renamed?.body['metadata']).not.toHaveProperty('mixins')
    expect(events[1]?.body).toMatchObject({ addresses: [{ street: 'Main' }], metadata: { version: 3 } })
    expect(events[1]?.text).not.toContain('London')
    expect(events).toHaveLength(2)
  })

  it('hold a one-time token only for a subscription that asks for it', async () => {
    const links = { optIn: 'https://acc.example/activate' }
    const tenant = await newTenant({ optIn: 'double', links })
    const events = ['customer.opt-in', 'customer.password-reset']
    const open = await subscribe(tenant, { format: 'emporix', events, includeTokens: true })
    const closed = await subscribe(tenant, { format: 'emporix', events })
    const neutral = await subscribe(tenant, { events: ['CustomerOptInRequested'] })
    const { email, token } = await signUp(tenant)
    const optIn = await mailedToken(email, 'opt-in')
    await call('POST', `/customer/${tenant}/password/reset`, { token, body: { email } })
    const reset = await mailedToken(email, 'password-reset')
    const told = (await open.received(2)).map(({ body }) => body)
    expect(told.map(({ token }) => token)).toEqual([optIn, reset])
    expect(told.map(({ activateAccountUrl }) => activateAccountUrl)).toEqual([
      `https://acc.example/activate?token=${optIn}`,
      undefined,
    ])
    for (const { text } of [...(await closed.received(2)), ...(await neutral.received(1))]) {
      expect(text).not.toContain(optIn)
      expect(text).not.toContain(reset)
      expect(text).not.toContain('token')
      expect(text).not.toContain('activateAccountUrl')
    }
  })
})

describe('Events in commercetools’ format', () => {
  it('are the messages that the API shows, with their project', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(tenant, { format: 'commercetools' })
    const { id, tokens } = await newCustomer(tenant)
    const actions = [
      { action: 'setFirstName', firstName: 'Augusta' },
      { action: 'setTitle', title: 'Dr' },
    ]
    await call('POST', `/${tenant}/me`, { token: tokens.access_token, body: { version: 1, actions } })
    const events = await hook.received(3)
    const { results } = (
      await call<{ results: object[] }>('GET', `/${tenant}/messages`, {
        token: hook.token,
        query: { where: `resource(id="${id}")`, sort: 'sequenceNumber' },
      })
    ).body
    const delivery = { notificationType: 'Message', projectKey: tenant }
    expect(events.map(({ body }) => body)).toEqual(results.map((message) => ({ ...delivery, ...message })))
    expect(events.map(({ headers, body }) => headers['webhook-id'] === body['id'])).toEqual([
      true,
      true,
      true,
    ])
    for (const { standard, emporix } of events) expect([standard, emporix]).toEqual(['good', 'absent'])
  })
})

describe('CloudEvents', () => {
  it('have the attributes of the standard, and tell also what only we know of', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(tenant, { excludedFields: ['customer.contactEmail', 'createdBy'] })
    const { id, email } = await newCustomer(tenant)
    const [created, loggedIn] = await hook.received(2)
    expect(created?.headers['content-type']).toBe('application/cloudevents+json')
    expect(created?.body).toEqual({
      specversion: '1.0',
      id: created?.headers['webhook-id'],
      source: `/${tenant}/customers`,
      type: 'CustomerCreated',
      subject: id,
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      sequence: '000000000001',
      datacontenttype: 'application/json',
      data: { customerId: id, version: 1, customer: expect.objectContaining({ id, email }) },
    })
    expect(created?.body['data']).not.toHaveProperty('customer.contactEmail')
    expect(loggedIn?.body).toMatchObject({
      type: 'CustomerLoggedIn',
      sequence: '000000000002',
      data: { customerId: id, sessionId: expect.any(String) },
    })
  })
})

describe('The delivery log', () => {
  it('shows each event with what became of it, page by page, and holds nothing about the customer', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(tenant, { events: ['CustomerCreated'] })
    const people = [await signUp(tenant), await signUp(tenant), await signUp(tenant)]
    await hook.received(3)
    const log = async (query: Record<string, string | number> = {}) =>
      (
        await call<{ deliveries: Record<string, unknown>[]; next?: string }>(
          'GET',
          `${hook.path}/deliveries`,
          {
            token: hook.token,
            query,
          },
        )
      ).body
    await expect.poll(async () => (await log({ status: 'delivered' })).deliveries.length).toBe(3)
    const first = await log({ limit: 2 })
    const second = await log({ limit: 2, after: first.next ?? '' })
    const listed = [...first.deliveries, ...second.deliveries]
    expect(second).not.toHaveProperty('next')
    expect(listed.map((delivery) => delivery['customerId'])).toEqual(people.map(({ id }) => id).toReversed())
    expect(listed[0]).toEqual({
      ...{ id: expect.any(String), eventId: expect.any(String), event: 'CustomerCreated' },
      ...{ customerId: people[2]?.id, sequence: 1, createdAt: expect.any(String), status: 'delivered' },
      ...{ attempts: 1, responseStatus: 204 },
      ...{ firstAttemptAt: expect.any(String), lastAttemptAt: expect.any(String) },
    })
    for (const { email } of people) expect(JSON.stringify(listed)).not.toContain(email)
    const only = await log({ eventId: String(listed[1]?.['eventId']) })
    expect(only.deliveries).toEqual([listed[1]])
    expect((await log({ status: 'failed' })).deliveries).toEqual([])
  })

  it.each([
    ['status', 'lost'],
    ['limit', '0'],
    ['limit', '201'],
    ['limit', 'many'],
  ])('refuses a bad %s: %s', async (name, value) => {
    const { path, token } = await subscribe('acme')
    const answer = await call<{ errors: { field: string }[] }>('GET', `${path}/deliveries`, {
      token,
      query: { [name]: value },
    })
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map(({ field }) => field)).toEqual([name])
    await call('DELETE', path, { token })
  })
})

describe('Sending again', () => {
  it('delivers one event, or those of a time, under the ids that they had', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(tenant, { events: ['CustomerCreated', 'CustomerLoggedIn'] })
    await newCustomer(tenant)
    const before = await hook.received(2)
    const idOf = ({ headers }: { headers: Record<string, string> }) => headers['webhook-id'] ?? ''
    const ids = before.map(idOf)
    const replay = async (body: object) =>
      (await call('POST', `${hook.path}/replay`, { token: hook.token, body })).body
    const delivered = async () =>
      (
        await call<{ deliveries: object[] }>('GET', `${hook.path}/deliveries`, {
          token: hook.token,
          query: { status: 'delivered' },
        })
      ).body.deliveries.length
    await expect.poll(delivered).toBe(2)
    expect(await replay({ eventId: ids[1] })).toEqual({ replayed: 1 })
    expect((await hook.received(3)).map(idOf)).toEqual([...ids, ids[1]])
    await expect.poll(delivered).toBe(2)
    const [from, to] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)]
    expect(await replay({ from, to })).toEqual({ replayed: 2 })
    const again = (await hook.received(5)).slice(3)
    expect(again.map(idOf)).toEqual(ids)
    expect(again.map(({ text }) => text)).toEqual(before.map(({ text }) => text))
    expect(await replay({ from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00+02:00' })).toEqual({
      replayed: 0,
    })
    expect(await replay({ eventId: 'unknown' })).toEqual({ replayed: 0 })
  })

  it.each([
    {},
    { from: '2026-01-01T00:00:00Z' },
    { eventId: 'a', from: 'b', to: 'c' },
    { from: 'a', to: 'b' },
  ])('refuses %j', async (body) => {
    const { path, token } = await subscribe('acme')
    expect((await call('POST', `${path}/replay`, { token, body })).status).toBe(400)
    await call('DELETE', path, { token })
  })

  it('is not for a webhook that is disabled', async () => {
    const { path, token } = await subscribe('acme')
    await call('PATCH', path, { token, body: { enabled: false } })
    expect((await call('POST', `${path}/replay`, { token, body: { eventId: 'a' } })).status).toBe(409)
    await call('DELETE', path, { token })
  })
})

describe('Failures', () => {
  it('are problem details', async () => {
    const { access_token } = await anonymous('acme')
    const answers = [
      [await call('GET', all('acme')), 401],
      [await call('GET', all('acme'), { token: access_token }), 401],
      [await call('GET', all('nobody'), { token: access_token }), 404],
      [await call('PUT', all('acme'), { token: access_token }), 405],
      [await call('GET', '/admin/acme/nothing'), 404],
    ] as const
    for (const [{ status, headers, body }, expected] of answers) {
      expect(status).toBe(expected)
      expect(headers.get('Content-Type')).toBe('application/problem+json')
      expect(body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) })
    }
  })
})
