/**
 * Where all ways of signing in end: whatever the proof was, what keeps a customer out keeps it out, nothing is opened or told
 * before the record says so, and the session knows when, by what and through whom it was opened.
 */
import { describe, expect, it } from 'vitest'
import type { CustomerAction } from '../../../src/domain/changes/update-action.ts'
import type { Result } from '../../../src/domain/base/result.ts'
import { recentLoginSeconds } from '../../../src/domain/credentials/session.ts'
import {
  clientOf,
  network,
  password,
  serviceInMemory,
  storefront,
  type Service,
} from '../../support/service.ts'
import { valueOf } from '../../support/records.ts'

const email = 'ada@shop.example'
const link = {
  anonymousId: 'visit',
  cartSignInMode: 'MergeWithExistingCustomerCart',
  updateProductData: false,
} as const
const office = { clientId: 'acme-admin' }

/** Each way of signing in, with what its session is to know. */
const ways = [
  {
    name: 'the log-in with a password',
    methods: ['pwd'],
    clientId: storefront.id,
    enter: ({ flows, visitor }: Service) => flows.signIn.signIn(visitor, { email, password }),
  },
  {
    name: 'the password flow of a client',
    methods: ['pwd'],
    clientId: storefront.id,
    enter: ({ flows, tenant }: Service) =>
      flows.clientSessions.signIn(
        { client: storefront, tenant },
        { network, actor: {}, signInAt: { store: undefined } },
        { email, password },
        undefined,
      ),
  },
  {
    name: 'the assisted log-in',
    methods: [],
    clientId: office.clientId,
    assistedBy: office,
    enter: ({ flows, tenant }: Service, id: string) => flows.assistedLogin({ tenant, actor: office }, id),
  },
]
const withoutSession = {
  name: 'the log-in without a session',
  enter: ({ flows, visitor }: Service): Promise<Result<unknown>> =>
    flows.signIn.identify({ ...visitor, link }, { email, password }),
}

async function signedUp() {
  const service = serviceInMemory()
  const { id } = await service.signUp()
  const ref = { tenant: 'acme', customerId: id }
  const act = (...actions: CustomerAction[]) =>
    service.customers.execute(ref, { now: service.clock.now(), operationId: crypto.randomUUID(), actions })
  return { service, id, act, sessions: service.customers.portsOf(ref).sessionRows }
}

describe.each([...ways, withoutSession])('$name', ({ enter }) => {
  it.each([
    { state: 'inactive', status: { active: false } },
    { state: 'on hold', status: { onHold: true } },
  ])('lets nobody in who is $state, and leaves no trace', async ({ status }) => {
    const { service, id, act, sessions } = await signedUp()
    valueOf(await act({ action: 'setStatus', ...status }))
    const before = structuredClone(service.recordOf(id))
    expect(await enter(service, id)).toEqual({ ok: false, error: { kind: 'AccountBlocked' } })
    expect(service.recordOf(id)).toEqual(before)
    expect(sessions.size).toBe(0)
    expect(service.carts.told).toEqual([])
  })
})

describe.each([...ways.filter(({ assistedBy }) => !assistedBy), withoutSession])('$name', ({ enter }) => {
  const meanwhile = ({ passwords }: Service, happen: () => Promise<unknown>) => {
    const { verify } = passwords
    passwords.verify = async (...given) => {
      const correct = await verify(...given)
      await happen()
      return correct
    }
  }

  it('is refused when the password is changed while it is looked at', async () => {
    const { service, id, act, sessions } = await signedUp()
    const [account] = service.recordOf(id).credentials.accounts
    const changed = { accountId: account?.id ?? '', passwordHash: 'hash of another' }
    meanwhile(service, () => act({ action: 'setPassword', ...changed, cause: 'mailed_token' }))
    expect(await enter(service, id)).toEqual({ ok: false, error: { kind: 'CredentialsRejected' } })
    expect(sessions.size).toBe(0)
    expect(service.carts.told).toEqual([])
  })

  it('of a customer who is erased meanwhile is answered like a wrong password', async () => {
    const { service, id } = await signedUp()
    const ref = { tenant: 'acme', customerId: id }
    meanwhile(service, () => service.customers.erase(ref, { now: service.clock.now() }))
    expect(await enter(service, id)).toEqual({ ok: false, error: { kind: 'CredentialsRejected' } })
  })
})

describe.each(ways)('a session of $name', ({ enter, methods, clientId, assistedBy }) => {
  it('knows when, by what and through whom it was opened', async () => {
    const { service, id, sessions } = await signedUp()
    service.clock.time += 5000
    expect(await enter(service, id)).toMatchObject({ ok: true })
    const [session] = sessions.values()
    expect(session).toMatchObject({ authTime: service.clock.time, methods, clientId })
    expect(session?.assistedBy).toEqual(assistedBy)
  })
})

describe('a session', () => {
  it('that is refreshed was still opened when it was opened', async () => {
    const { service, sessions } = await signedUp()
    const tokens = await service.logIn()
    const opened = service.clock.time
    service.clock.time += (recentLoginSeconds + 1) * 1000
    valueOf(
      await service.flows.sessions.refresh(service.visitor, { clientId: storefront.id }, tokens.refreshToken),
    )
    expect([...sessions.values()]).toMatchObject([
      { authTime: opened, methods: ['pwd'], clientId: storefront.id },
    ])
  })

  it('is known by a key of its own at each log-in, whatever the public id', async () => {
    const { service } = await signedUp()
    const contexts = await Promise.all(
      [await service.logIn(), await service.logIn()].map((tokens) => service.holding(tokens)),
    )
    expect(contexts.map(({ principal }) => principal.sessionId)).toEqual(['visit', 'visit'])
    expect(new Set(contexts.map(({ principal }) => principal.sessionKey)).size).toBe(2)
  })

  it('has a public id, also where the visitor had none', async () => {
    const { service } = await signedUp()
    const { sessionId: _none, ...visitor } = service.visitor
    const signedIn = valueOf(await service.flows.signIn.signIn(visitor, { email, password }))
    expect(signedIn.sessionId).not.toBe('')
    expect((await service.holding(signedIn)).principal.sessionId).toBe(signedIn.sessionId)
  })
})

describe('the cart service', () => {
  it('is told of the visitor after the log-in, and its cart is in the answer', async () => {
    const { service, id } = await signedUp()
    service.carts.cart = { id: 'cart' }
    const identified = valueOf(
      await service.flows.signIn.identify({ ...service.visitor, link }, { email, password }),
    )
    expect(identified).toMatchObject({ customer: { id }, cart: { id: 'cart' } })
    expect(service.carts.told).toEqual([{ customerId: id, link }])
    expect(service.database.messages.map(({ type }) => type)).toContain('CustomerAnonymousSessionLinked')
  })

  it('without an answer costs the cart and no more', async () => {
    const { service } = await signedUp()
    const identified = await service.flows.signIn.identify({ ...service.visitor, link }, { email, password })
    expect(valueOf(identified)).not.toHaveProperty('cart')
  })

  it('is not told of a wrong password', async () => {
    const { service } = await signedUp()
    await service.flows.signIn.identify({ ...service.visitor, link }, { email, password: 'wrong horse' })
    expect(service.carts.told).toEqual([])
  })
})

describe('a log-in without a session', () => {
  it('is recorded like any other, and opens none', async () => {
    const { service, id, sessions } = await signedUp()
    service.clock.time += 1000
    valueOf(await withoutSession.enter(service))
    expect(service.recordOf(id).customer.lastLoginAt).toBe(new Date(service.clock.time).toISOString())
    expect(sessions.size).toBe(0)
  })
})

it('a customer of a store signs in there and nowhere else', async () => {
  const { service, act } = await signedUp()
  valueOf(await act({ action: 'setStores', stores: ['berlin'] }))
  const at = (store: string | undefined) =>
    service.flows.clientSessions.signIn(
      { client: clientOf('acme-app', 'manage_my_profile'), tenant: service.tenant },
      { network, actor: {}, signInAt: { store } },
      { email, password },
      undefined,
    )
  const rejected = { ok: false, error: { kind: 'CredentialsRejected' } }
  expect(await at('paris')).toEqual(rejected)
  expect(await at(undefined)).toEqual(rejected)
  expect(await at('berlin')).toMatchObject({ ok: true })
})
