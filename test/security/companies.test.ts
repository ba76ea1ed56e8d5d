/**
 * Companies and stores, against those who act for one of them: whom a company's administrator sees, changes, makes and erases;
 * which scopes a company adds to a session; and where a client that is limited to some stores may put customers.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import {
  anonymous,
  call,
  mailbox,
  newCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
  type Answer,
  type CallOptions,
} from '../support/client.ts'
import { asShop, failure, refusal } from '../support/commercetools.ts'
import { officeOf, refresh, type Office } from '../support/company.ts'
import { visible } from './routes.ts'

const customers = '/customer/acme/customers'
const own = ['customer.customer_read_own', 'customer.customer_manage_own']

let office: Office
let serviceBearer: string

beforeAll(async () => {
  office = await officeOf('acme')
  serviceBearer = await serviceToken('acme')
})

/** A company with an administrator, who holds a token of it. */
async function companyWithBoss(registrationId = crypto.randomUUID()) {
  const [boss, company] = [await newCustomer('acme'), await office.company({ legalInfo: { registrationId } })]
  await office.assign(boss.id, company, { type: 'PRIMARY' })
  const { access_token: token } = (await refresh('acme', boss.tokens, company)).body
  const send = <Body = unknown>(method: string, path: string, options: CallOptions = {}) =>
    call<Body>(method, `${customers}${path}`, { token, ...options })
  const join = async () => {
    const { id } = await signUp('acme', {
      customerDetails: { company: 'Analytical Ltd', b2b: { companyRegistrationId: registrationId } },
    })
    return id
  }
  const make = async (body: object = {}) =>
    (await send<{ id: string }>('POST', '', { body: { contactEmail: uniqueEmail(), ...body } })).body.id
  return { boss, company, token, send, join, make }
}
type Company = Awaited<ReturnType<typeof companyWithBoss>>

const seen = async (id: string) => {
  const answer = await call<{ active: boolean; b2b: { legalEntities: { contactAssignmentId: string }[] } }>(
    'GET',
    `${customers}/${id}`,
    { token: serviceBearer },
  )
  return { status: answer.status, body: answer.body }
}
const assignmentOf = async (id: string) =>
  (await seen(id)).body.b2b.legalEntities[0]?.contactAssignmentId ?? 'none'
const rewrite = async (id: string, company: string, type = 'CONTACT') => {
  const body = { customer: { id }, legalEntity: { id: company }, type }
  return (await office.send('PUT', `/contact-assignments/${await assignmentOf(id)}`, { body })).status
}
/** What an answer shows, whichever customer it is about. */
const anonymised = (answer: Answer, id: string) => {
  const { status, text } = visible(answer)
  return { status, text: text.replaceAll(id, 'id') }
}

/** Everything that an administrator can send to one customer; `erases` for the last one. */
const deeds: [name: string, method: string, body: object | undefined][] = [
  ['edits', 'PATCH', { firstName: 'Mallory' }],
  ['deactivates', 'PATCH', { active: false }],
  ['puts on hold', 'PATCH', { onHold: true }],
  ['gives a log-in', 'PATCH', { type: 'CUSTOMER', contactEmail: 'mallory@shop.example' }],
  ['replaces', 'PUT', { lastName: 'Mallory' }],
  ['replaces a version of', 'PUT', { lastName: 'Mallory', metadata: { version: 1 } }],
  ['erases', 'DELETE', undefined],
]

async function expectAllRefused({ send }: Company, id: string, status: number) {
  const before = await seen(id)
  for (const [name, method, body] of deeds) {
    const answer = await send(method, `/${id}`, body === undefined ? {} : { body })
    expect([name, answer.status]).toEqual([name, status])
  }
  expect(await seen(id)).toEqual(before)
}

describe('a customer who attached himself to a company', () => {
  it('T63 is a stranger to its administrator, in every answer, until the back office has confirmed it', async () => {
    const company = await companyWithBoss()
    const { send, join } = company
    const [id, unknown] = [await join(), 'nobody-at-all']
    for (const [, method, body] of [['', 'GET', undefined] as const, ...deeds]) {
      const options = body === undefined ? {} : { body }
      const [answer, other] = [
        await send(method, `/${id}`, options),
        await send(method, `/${unknown}`, options),
      ]
      expect(answer.status).toBe(404)
      expect(anonymised(answer, id)).toEqual(anonymised(other, unknown))
    }
    await expectAllRefused(company, id, 404)
    const found = async (q?: string) => {
      const listed = await send<{ id: string }[]>('GET', '', { query: { ...(q && { q }), sort: 'id:asc' } })
      const searched = await send<{ id: string }[]>('POST', '/search', { body: { ...(q && { q }) } })
      expect(searched.headers.get('Count')).toBe(listed.headers.get('Count'))
      return [listed.headers.get('Count'), listed.body.some((one) => one.id === id)]
    }
    const entity = `b2b.legalEntities.id:${company.company}`
    expect(await found()).toEqual(['1', false])
    expect(await found(entity)).toEqual(['1', false])
    expect(await found(`id:${id}`)).toEqual(['0', false])
    expect(await found(`b2b.legalEntities.contactAssignmentId:${await assignmentOf(id)}`)).toEqual([
      '0',
      false,
    ])

    expect(await rewrite(id, company.company)).toBe(204)
    expect(await found()).toEqual(['2', true])
    expect((await send('PATCH', `/${id}`, { body: { firstName: 'Grace' } })).status).toBe(200)
  })

  it('T63 is shown to no member as an approver before that', async () => {
    const { company, token, join } = await companyWithBoss()
    const id = await join()
    const body = { name: 'ABC Company', type: 'COMPANY', approvalGroup: [{ id: await assignmentOf(id) }] }
    expect((await office.send('PUT', `/legal-entities/${company}`, { body })).status).toBe(204)
    const approvers = async () => {
      const page = await office.send<{ approvalGroup: unknown[] }[]>('GET', '/legal-entities', { token })
      return page.body.flatMap(({ approvalGroup }) => approvalGroup)
    }
    expect(await approvers()).toEqual([])
    expect(await rewrite(id, company)).toBe(204)
    expect(await approvers()).toMatchObject([{ customer: { id } }])
  })

  it('T63 gains nothing by being reached through a company that he has founded', async () => {
    const number = crypto.randomUUID()
    const { tokens } = await newCustomer('acme', {
      customerDetails: { company: 'Own Ltd', b2b: { companyRegistrationId: number } },
    })
    const query = { 'legalInfo.registrationId': number }
    const [entity] = (await office.send<{ id: string }[]>('GET', '/legal-entities', { query })).body
    const { access_token: token } = (await refresh('acme', tokens, entity?.id)).body
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
    ] as const)
      expect((await call(method, `${customers}${path}`, { token })).status).toBe(403)
  })
})

describe('the administrator of a company', () => {
  it('T63 sees a member who belongs to another company too, and changes nothing of him', async () => {
    const company = await companyWithBoss()
    const id = await company.make()
    const other = await office.assign(id, await office.company())
    expect((await company.send('GET', `/${id}`)).status).toBe(200)
    await expectAllRefused(company, id, 403)
    expect((await office.send('DELETE', `/contact-assignments/${other}`)).status).toBe(204)
    expect((await company.send('PATCH', `/${id}`, { body: { active: false } })).status).toBe(200)
    expect((await company.send('DELETE', `/${id}`)).status).toBe(202)
  })

  it('T63 changes no member who is in two companies, whichever of the two asks and whoever made him', async () => {
    const [one, two] = [await companyWithBoss(), await companyWithBoss()]
    const id = await one.make()
    await office.assign(id, two.company)
    for (const company of [one, two]) await expectAllRefused(company, id, 403)
  })

  it('T63 erases whom the company has made, and nobody whom it was given', async () => {
    const { company, send, make } = await companyWithBoss()
    const { id: given } = await signUp('acme')
    await office.assign(given, company)
    expect((await send('DELETE', `/${given}`)).status).toBe(403)
    expect((await seen(given)).status).toBe(200)

    const [made, moved, promoted] = [await make(), await make(), await make({ type: 'CONTACT' })]
    const { company: later, send: sendLater } = await companyWithBoss()
    expect(await rewrite(moved, later)).toBe(204)
    expect((await send('DELETE', `/${moved}`)).status).toBe(404)
    expect((await sendLater('DELETE', `/${moved}`)).status).toBe(403)
    expect(await rewrite(moved, company)).toBe(204)
    expect((await send('DELETE', `/${moved}`)).status).toBe(403)
    expect(await rewrite(promoted, company, 'BILLING')).toBe(204)
    for (const id of [made, promoted]) {
      expect((await send('DELETE', `/${id}`)).status).toBe(202)
      expect((await seen(id)).status).toBe(404)
    }
  })

  it('T63 chooses no password for anybody: the address is invited, even when no mail is asked for', async () => {
    const { send } = await companyWithBoss()
    for (const password of ['correct horse battery', 'x']) {
      const contactEmail = uniqueEmail()
      const query = { sendPasswordResetNotifications: false }
      expect((await send('POST', '', { body: { contactEmail, password }, query })).status).toBe(201)
      const [mail] = await mailbox(contactEmail, 'initial-password')
      expect(mail?.token).toBeDefined()
      const { access_token: token } = await anonymous('acme')
      const body = { email: contactEmail, password }
      expect((await call('POST', '/customer/acme/login', { token, body })).status).not.toBe(200)
    }
    const contact = { firstName: 'Grace', type: 'CONTACT', password: 'correct horse battery' }
    expect((await send('POST', '', { body: contact })).status).toBe(201)
  })

  it('T63 learns of no id whether it is given out, and makes nobody by PUT', async () => {
    const { company, send, make } = await companyWithBoss()
    const { id: foreign } = await signUp('acme')
    const former = await make()
    await office.send('DELETE', `/contact-assignments/${await assignmentOf(former)}`)
    const erased = await make()
    expect((await send('DELETE', `/${erased}`)).status).toBe(202)
    const unknown = `erp-${crypto.randomUUID()}`
    const ids = [foreign, former, erased, unknown]
    for (const body of [{ firstName: 'Eve' }, { firstName: 'Eve', metadata: { version: 1 } }]) {
      const shown = []
      for (const id of ids) shown.push(anonymised(await send('PUT', `/${id}`, { body }), id))
      for (const answer of shown) expect(answer).toEqual({ ...shown[0], status: 404 })
    }
    expect((await seen(unknown)).status).toBe(404)
    const made: string[] = []
    for (const id of ids) made.push(await make({ id }))
    expect(ids.filter((id) => made.includes(id))).toEqual([])
    for (const id of made)
      expect((await seen(id)).body).toMatchObject({ b2b: { legalEntities: [{ id: company }] } })
  })

  it('T63 reaches nobody through the other dialect', async () => {
    const { token, make } = await companyWithBoss()
    const id = await make()
    const body = { version: 1, actions: [{ action: 'setFirstName', firstName: 'Mallory' }] }
    const before = await seen(id)
    for (const [method, path, options] of [
      ['GET', '', {}],
      ['POST', '', { body: { email: uniqueEmail(), password: 'correct horse battery' } }],
      ['GET', `/${id}`, {}],
      ['POST', `/${id}`, { body }],
      ['DELETE', `/${id}`, { query: { version: 1 } }],
    ] as const)
      expect((await call(method, `/acme/customers${path}`, { token, ...options })).status).toBe(403)
    expect(await seen(id)).toEqual(before)
  })
})

describe('a company adds to a session', () => {
  const scopesOf = async (token: string) => {
    const { body } = await call<{ scope: string }>('GET', '/customer/acme/validateauthtoken', { token })
    return (body.scope ?? '').split(' ').filter((scope) => own.includes(scope))
  }
  const reached = async (token: string, colleague: string) => {
    const options = { token, body: { firstName: 'Mallory' } }
    const answers = [
      await call('GET', customers, { token }),
      await call('GET', `${customers}/${colleague}`, { token }),
      await call('PATCH', `${customers}/${colleague}`, options),
      await call('POST', customers, options),
    ]
    return answers.map(({ status }) => status)
  }

  it('T63 what the customer’s own log-in has room for', async () => {
    const { boss, company, token, make } = await companyWithBoss()
    expect(await scopesOf(token)).toEqual(own)
    expect(await scopesOf((await refresh('acme', boss.tokens, company)).body.access_token)).toEqual(own)
    expect(await reached(token, await make())).toEqual([200, 200, 200, 201])
  })

  it('T63 nothing when an employee has opened it for the customer', async () => {
    const { boss, company, make } = await companyWithBoss()
    const colleague = await make()
    const assisted = await call<{ accessToken: string; refreshToken: string }>(
      'POST',
      '/customer/acme/assisted-buying-login',
      {
        token: await serviceToken('acme', 'customer.assistedBuying_manage'),
        body: { customerNumber: boss.id },
      },
    )
    const { accessToken: access_token, refreshToken: refresh_token } = assisted.body
    const refreshed = await refresh('acme', { access_token, refresh_token }, company)
    expect(refreshed.status).toBe(200)
    const token = refreshed.body.access_token
    expect(await scopesOf(token)).toEqual([])
    expect(await reached(token, colleague)).toEqual([403, 403, 403, 403])
  })

  it.each(['manage_my_profile', 'manage_my_profile customermanagement.legalentity_read_own'])(
    'T63 nothing when a client was granted less: %s',
    async (scope) => {
      const { boss, company, make } = await companyWithBoss()
      const colleague = await make()
      const headers = { Authorization: `Basic ${btoa('acme-admin:acme-admin-secret')}` }
      const form = { grant_type: 'password', username: boss.email, password: boss.password, scope }
      const granted = await call<{ access_token: string; refresh_token: string }>(
        'POST',
        '/oauth/acme/customers/token',
        { form, headers },
      )
      expect(granted.status).toBe(200)
      const refresh_token = granted.body.refresh_token.replace(/^acme:/, '')
      const refreshed = await refresh('acme', { ...granted.body, refresh_token }, company)
      // A session may keep to its client altogether; then there is no such token.
      if (refreshed.status !== 200) return expect(refreshed.status).toBe(401)
      const token = refreshed.body.access_token
      for (const status of await reached(token, colleague)) expect(status).toBe(403)
    },
  )
})

describe('a client that is limited to a store', () => {
  const [home, away, third] = ['home', 'away', 'third'].map((name) => `${name}-${crypto.randomUUID()}`) as [
    string,
    string,
    string,
  ]
  const named = (key: string) => ({ typeId: 'store' as const, key })
  const shop = asShop()
  const limitedTo = (...keys: string[]) =>
    asShop({ scopes: keys.map((key) => `manage_customers:acme:${key}`) })
  const within = (storeKey: string, project = limitedTo(home)) =>
    project.inStoreKeyWithStoreKeyValue({ storeKey }).customers()
  const create = async (stores: string[], project = shop) => {
    const body = { email: uniqueEmail(), password: 'correct horse', stores: stores.map(named) }
    return (await project.customers().post({ body }).execute()).body.customer
  }
  const read = async (id: string) => (await shop.customers().withId({ ID: id }).get().execute()).body
  const ids: Record<string, string> = {}
  beforeAll(async () => {
    for (const key of [home, away, third])
      ids[key] = (await shop.stores().post({ body: { key } }).execute()).body.id
  })
  const missing = [403, 'insufficient_scope'] as const

  it('T63 makes customers of no other store, and is not told which stores there are', async () => {
    const answers = []
    for (const stores of [
      [named(away)],
      [named(home), named(away)],
      [{ typeId: 'store', id: ids[away] }],
      [named('no-such-store')],
      [{ typeId: 'store', id: crypto.randomUUID() }],
    ]) {
      const email = uniqueEmail()
      const body = { email, password: 'correct horse', stores } as never
      answers.push(await refusal(within(home).post({ body }).execute()))
      const where = `email = "${email}"`
      expect((await shop.customers().get({ queryArgs: { where } }).execute()).body.total).toBe(0)
    }
    for (const answer of answers)
      expect(answer).toEqual([403, [expect.objectContaining({ code: missing[1] })]])
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    for (const stores of [undefined, [], [named(home)]]) {
      const body = { email: uniqueEmail(), password: 'correct horse', ...(stores && { stores }) }
      expect((await within(home).post({ body }).execute()).body.customer.stores).toEqual([named(home)])
    }
  })

  it.each<[string, string[], object[]]>([
    ['to another store', [home], [{ action: 'setStores', stores: [named(away)] }]],
    ['into another store as well', [home], [{ action: 'addStore', store: named(away) }]],
    ['out of all stores', [home], [{ action: 'setStores', stores: [] }]],
    ['out of the last one', [home], [{ action: 'removeStore', store: named(home) }]],
    [
      'to another store in steps',
      [home],
      [
        { action: 'addStore', store: named(away) },
        { action: 'setFirstName', firstName: 'Mallory' },
        { action: 'removeStore', store: named(home) },
      ],
    ],
    ['out of a store of others', [home, away], [{ action: 'removeStore', store: named(away) }]],
    ['away from others', [home, away], [{ action: 'setStores', stores: [named(home)] }]],
    ['out of every one of several', [home, away], [{ action: 'setStores', stores: [] }]],
    ['to a store that there is not', [home], [{ action: 'addStore', store: named('no-such-store') }]],
  ])('T63 moves nobody %s, by id or by key', async (_what, stores, actions) => {
    const { id } = await create(stores)
    const key = `key-${crypto.randomUUID()}`
    const setKey = { version: 1, actions: [{ action: 'setKey' as const, key }] }
    await shop.customers().withId({ ID: id }).post({ body: setKey }).execute()
    const before = await read(id)
    const body = { version: before.version, actions } as never
    for (const one of [within(home).withId({ ID: id }), within(home).withKey({ key })]) {
      const { statusCode, body: answer } = await failure(one.post({ body }).execute())
      expect([statusCode, answer.errors[0]?.code]).toEqual(missing)
    }
    expect(await read(id)).toEqual(before)
  })

  it('T63 gives its own store up for a customer of others, and moves between several own ones', async () => {
    const shared = await create([home, away])
    const remove = { version: 1, actions: [{ action: 'removeStore' as const, store: named(home) }] }
    await within(home).withId({ ID: shared.id }).post({ body: remove }).execute()
    expect((await read(shared.id)).stores).toEqual([named(away)])

    const both = limitedTo(home, third)
    const { id } = await create([home])
    const move = { version: 1, actions: [{ action: 'setStores' as const, stores: [named(third)] }] }
    await within(home, both).withId({ ID: id }).post({ body: move }).execute()
    expect((await read(id)).stores).toEqual([named(third)])
    const back = { version: 2, actions: [{ action: 'addStore' as const, store: named(away) }] }
    expect(
      (await failure(within(third, both).withId({ ID: id }).post({ body: back }).execute())).statusCode,
    ).toBe(403)
  })

  it('T63 is all that this limits: who manages the whole project moves customers from within a store, too', async () => {
    const { id } = await create([home])
    const body = { version: 1, actions: [{ action: 'setStores' as const, stores: [named(away)] }] }
    await within(home, shop).withId({ ID: id }).post({ body }).execute()
    expect((await read(id)).stores).toEqual([named(away)])
  })

  it('T63 learns of no key whether a customer of another store has it', async () => {
    const key = `key-${crypto.randomUUID()}`
    const body = { email: uniqueEmail(), password: 'correct horse', key, stores: [named(away)] }
    const { id } = (await shop.customers().post({ body }).execute()).body.customer
    const update = { version: 1, actions: [{ action: 'setFirstName' as const, firstName: 'Mallory' }] }
    const ask = async (named: string) => {
      const one = within(home).withKey({ key: named })
      const refusals = [
        await refusal(one.get().execute()),
        await refusal(one.post({ body: update }).execute()),
        await refusal(one.delete({ queryArgs: { version: 1 } }).execute()),
      ]
      return JSON.stringify(refusals).replaceAll(named, 'key')
    }
    const foreign = await ask(key)
    expect(foreign).toEqual(await ask('no-such-key'))
    expect(foreign).not.toContain(id)
  })
})
