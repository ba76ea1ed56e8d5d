/**
 * The customer management document: legal entities and contact assignments over HTTP, as the back office uses them.
 */
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { newCustomer, serviceToken, signUp, type Answer } from '../../support/client.ts'
import { officeOf, type Office } from '../../support/company.ts'
import { newTenant } from '../../security/service.ts'
import { conformCompanyError, ContactAssignment, LegalEntity, Location } from './company-schemas.ts'
import { conform, conformEmpty, conformFault } from './schemas.ts'

const entities = '/legal-entities'
const assignments = '/contact-assignments'
const stranger = '000000000000000000000000'

let office: Office

const full = {
  name: 'ABC Company',
  type: 'COMPANY',
  legalInfo: {
    legalName: 'ABC Company Ltd',
    registrationDate: '2022-03-31T13:18:02.379Z',
    registrationAgency: 'Register of Berlin',
    registrationId: 'HRB 1234',
    countryOfRegistration: 'DE',
    taxRegistrationNumber: '1234',
  },
  accountLimit: { currency: 'EUR', value: 1000.99 },
  customerGroups: [{ id: 'gold', name: { en: 'Gold' } }],
  entitiesAddresses: [{ id: 'hq' }],
}

beforeAll(async () => {
  office = await officeOf('acme')
})

afterEach(() => void vi.unstubAllGlobals())

const readEntity = async (id: string) =>
  conform(await office.send('GET', `${entities}/${id}`), 200, LegalEntity)
const readAssignment = async (id: string) =>
  conform(await office.send('GET', `${assignments}/${id}`), 200, ContactAssignment)
const customerId = async () => (await signUp('acme')).id
const idsOf = (answer: Answer) => (answer.body as { id: string }[]).map(({ id }) => id)

describe('Creating legal entity', () => {
  it('stores every field as it is written, and answers the id', async () => {
    const { id } = conform(await office.send('POST', entities, { body: full }), 201, Location)
    const { metadata, ...stored } = await readEntity(id)
    expect(stored).toEqual({ ...full, id })
    expect(metadata).toMatchObject({ version: 1, createdAt: metadata.modifiedAt })
  })

  it('needs no more than a name, and is a company then', async () => {
    const id = await office.company({ name: 'Small' })
    expect(await readEntity(id)).toMatchObject({ name: 'Small', type: 'COMPANY' })
  })

  it('takes an id, once', async () => {
    const body = { id: `ABC-company_${Date.now()}`, name: 'ABC' }
    expect(conform(await office.send('POST', entities, { body }), 201, Location)).toEqual({ id: body.id })
    conformCompanyError(await office.send('POST', entities, { body }), 409)
  })

  it.each<[string, object, string]>([
    ['no name', {}, 'name'],
    ['an empty name', { name: ' ' }, 'name'],
    ['a name that is no text', { name: 7 }, 'name'],
    ['an unknown type', { name: 'A', type: 'GUILD' }, 'type'],
    ['an id with a slash', { name: 'A', id: 'a/b' }, 'id'],
    ['an id of 67 letters', { name: 'A', id: 'x'.repeat(67) }, 'id'],
    ['an empty id', { name: 'A', id: '' }, 'id'],
    ['a negative limit', { name: 'A', accountLimit: { value: -1 } }, 'accountLimit.value'],
    [
      'a date that is none',
      { name: 'A', legalInfo: { registrationDate: 'soon' } },
      'legalInfo.registrationDate',
    ],
    ['two restrictions', { name: 'A', restrictions: ['US', 'DE'] }, 'restrictions'],
    ['a group without id', { name: 'A', customerGroups: [{}] }, 'customerGroups.0.id'],
    ['a mixin without schema', { name: 'A', mixins: { size: {} } }, 'mixins.size'],
  ])('refuses %s, and names the field', async (_what, body, field) => {
    conformCompanyError(await office.send('POST', entities, { body }), 400, `${field}: `)
  })

  it.each<[string, object]>([
    ['a parent', { parentId: stranger }],
    ['a member of the approval group', { approvalGroup: [{ id: stranger }] }],
  ])('refuses %s that does not exist', async (_what, body) => {
    conformCompanyError(await office.send('POST', entities, { body: { name: 'A', ...body } }), 400)
  })

  it('takes a restriction that the tenant has configured, and no other', async () => {
    const own = await officeOf(await newTenant({ restrictions: ['DE', 'US'] }))
    const id = await own.company({ restrictions: ['US'] })
    const path = `${entities}/${id}`
    expect(conform(await own.send('GET', path), 200, LegalEntity).restrictions).toEqual(['US'])
    const french = { name: 'ABC', type: 'COMPANY', restrictions: ['FR'] }
    conformCompanyError(await own.send('POST', entities, { body: french }), 400, 'restrictions: ')
    conformCompanyError(await own.send('PUT', path, { body: french }), 400, 'restrictions: ')
    conformEmpty(await own.send('PUT', path, { body: { ...french, restrictions: ['DE'] } }), 204)
    conformEmpty(await own.send('PUT', path, { body: { ...french, restrictions: [] } }), 204)
  })

  it('refuses more than 32 KiB, and of an assignment more than 16 KiB', async () => {
    vi.stubGlobal('fetch', async () => Response.json({ type: 'object' }))
    const metadata = { mixins: { about: `https://schemas.example/${crypto.randomUUID()}` } }
    const mixed = (size: number) => ({ metadata, mixins: { about: { text: 'x'.repeat(size) } } })
    const body = { name: 'Large', ...mixed(33_000) }
    conformCompanyError(await office.send('POST', entities, { body }), 400, 'A legal entity has')
    const ends = { customer: { id: await customerId() }, legalEntity: { id: await office.company() } }
    const post = (size: number) => office.send('POST', assignments, { body: { ...ends, ...mixed(size) } })
    conformCompanyError(await post(17_000), 400, 'A contact assignment has')
    conform(await post(15_000), 201, Location)
  })

  it('checks mixins against their schemas', async () => {
    vi.stubGlobal('fetch', async () => Response.json({ type: 'object', required: ['size'] }))
    const metadata = { mixins: { about: `https://schemas.example/${crypto.randomUUID()}` } }
    const post = (about: object) =>
      office.send<{ id: string }>('POST', entities, { body: { name: 'Mixed', metadata, mixins: { about } } })
    conformCompanyError(await post({}), 400, 'mixins.about')
    const { id } = conform(await post({ size: 7 }), 201, Location)
    expect(await readEntity(id)).toMatchObject({ mixins: { about: { size: 7 } }, metadata })
  })
})

describe('Upserting a legal entity', () => {
  it('creates under the id of the path, then replaces as a whole', async () => {
    const path = `${entities}/upsert-${Date.now()}`
    const id = path.slice(entities.length + 1)
    expect(conform(await office.send('PUT', path, { body: full }), 201, Location)).toEqual({ id })
    conformEmpty(await office.send('PUT', path, { body: { name: 'Renamed', type: 'COMPANY' } }), 204)
    const { metadata, ...stored } = await readEntity(id)
    expect(stored).toEqual({ id, name: 'Renamed', type: 'COMPANY' })
    expect(metadata.version).toBe(2)
  })

  it('counts a version only when something changes', async () => {
    const id = await office.company(full)
    conformEmpty(await office.send('PUT', `${entities}/${id}`, { body: full }), 204)
    expect((await readEntity(id)).metadata.version).toBe(1)
  })

  it('takes the current version and refuses any other with 409', async () => {
    const id = await office.company()
    const put = (name: string, version: number) =>
      office.send('PUT', `${entities}/${id}`, { body: { name, type: 'COMPANY', metadata: { version } } })
    conformEmpty(await put('One', 1), 204)
    conformCompanyError(await put('Two', 1), 409)
    expect(await readEntity(id)).toMatchObject({ name: 'One', metadata: { version: 2 } })
  })

  it('lets one of many writers of a version win', async () => {
    const id = await office.company()
    const body = (name: string) => ({ name, type: 'COMPANY', metadata: { version: 1 } })
    const names = ['a', 'b', 'c', 'd', 'e']
    const answers = await Promise.all(
      names.map((name) => office.send('PUT', `${entities}/${id}`, { body: body(name) })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409, 409, 409, 409])
  })

  it('of many at once that name no version one makes it, and all others change it', async () => {
    const path = `${entities}/many-${Date.now()}`
    const put = (name: string) => office.send('PUT', path, { body: { name, type: 'COMPANY' } })
    const statuses = async (names: string[]) =>
      (await Promise.all(names.map(put))).map(({ status }) => status).sort()
    const names = Array.from({ length: 10 }, (_none, at) => `Name ${at}`)
    expect(await statuses(names)).toEqual([201, ...Array<number>(9).fill(204)].sort())
    expect(await statuses(names.map((name) => `New ${name}`))).toEqual(Array<number>(10).fill(204))
    expect((await readEntity(path.slice(entities.length + 1))).metadata.version).toBe(20)
  })

  it.each<[string, string, object, number]>([
    ['a version of nothing', 'nobody', { name: 'A', type: 'COMPANY', metadata: { version: 1 } }, 404],
    ['an id that cannot be', 'a.b', { name: 'A', type: 'COMPANY' }, 400],
    ['no type', 'new', { name: 'A' }, 400],
    ['no name', 'new', { type: 'COMPANY' }, 400],
  ])('refuses %s', async (_what, id, body, status) => {
    conformCompanyError(await office.send('PUT', `${entities}/${id}`, { body }), status)
  })

  it('refuses to put an entity below itself', async () => {
    const top = await office.company()
    const middle = await office.company({ type: 'SUBSIDIARY', parentId: top })
    const bottom = await office.company({ type: 'SUBSIDIARY', parentId: middle })
    for (const parentId of [top, middle, bottom]) {
      const body = { name: 'Top', type: 'COMPANY', parentId }
      conformCompanyError(await office.send('PUT', `${entities}/${top}`, { body }), 400, 'parentId: ')
    }
  })

  it('refuses more levels than fifty', async () => {
    const row = (id: number) =>
      env.DB.prepare(
        `INSERT INTO legal_entities (tenant, id, parent_id, version, created_at, modified_at, body) VALUES ('acme', ?, ?, 1, '', '', '{"name":"L","type":"COMPANY","mixins":{},"mixinSchemas":{}}')`,
      ).bind(`level-${id}`, id === 0 ? null : `level-${id - 1}`)
    await env.DB.batch(Array.from({ length: 51 }, (_, id) => row(id)))
    const put = (parentId: string) => office.send('POST', entities, { body: { name: 'A', parentId } })
    conform(await put('level-49'), 201, Location)
    conformCompanyError(await put('level-50'), 400, 'parentId: ')
  })
})

describe('Retrieving a legal entity', () => {
  it('answers the fields that are asked for', async () => {
    const id = await office.company(full)
    const answer = await office.send('GET', `${entities}/${id}`, {
      query: { fields: 'name,legalInfo.legalName,metadata.version,unknown,__proto__' },
    })
    expect(answer.body).toEqual({
      name: full.name,
      legalInfo: { legalName: full.legalInfo.legalName },
      metadata: { version: 1 },
    })
  })

  it('shows who is in the approval group, as long as they are there', async () => {
    const first = await office.company()
    const id = await office.assign(await customerId(), first, { type: 'BILLING' })
    const second = await office.company({ approvalGroup: [{ id }, { id }] })
    const { approvalGroup } = await readEntity(second)
    expect(approvalGroup).toMatchObject([{ id, type: 'BILLING', legalEntity: { id: first } }])
    await office.send('DELETE', `${assignments}/${id}`)
    expect((await readEntity(second)).approvalGroup).toEqual([])
  })

  it('answers 404 with the id for what is not there', async () => {
    const answer = await office.send('GET', `${entities}/${stranger}`)
    conformCompanyError(answer, 404)
    expect(answer.body).toMatchObject({ resourceId: stranger, status: 'Not Found' })
  })
})

describe('Retrieving a legal entity with parent hierarchy', () => {
  it('answers the entity, then its parent, and so on', async () => {
    const top = await office.company()
    const middle = await office.company({ type: 'SUBSIDIARY', parentId: top })
    const bottom = await office.company({ type: 'SUBSIDIARY', parentId: middle })
    const answer = await office.send('GET', `${entities}/${bottom}/parent-hierarchy`)
    expect(conform(answer, 200, LegalEntity.array()).map(({ id }) => id)).toEqual([bottom, middle, top])
    conformCompanyError(await office.send('GET', `${entities}/${stranger}/parent-hierarchy`), 404)
  })
})

describe('Delete a legal entity', () => {
  it('takes its subsidiaries and all assignments to them along, and frees the ids', async () => {
    const id = `gone-${Date.now()}`
    const top = await office.company({ id })
    const below = await office.company({ type: 'SUBSIDIARY', parentId: top })
    const member = await customerId()
    const gone = [await office.assign(member, top), await office.assign(member, below)]
    conformEmpty(await office.send('DELETE', `${entities}/${top}`), 204)
    for (const entity of [top, below])
      conformCompanyError(await office.send('GET', `${entities}/${entity}`), 404)
    for (const assignment of gone)
      conformCompanyError(await office.send('GET', `${assignments}/${assignment}`), 404)
    conformCompanyError(await office.send('DELETE', `${entities}/${top}`), 404)
    conform(await office.send('POST', entities, { body: { id, name: 'Again' } }), 201, Location)
  })
})

describe('Retrieving all legal entities', () => {
  const tagged = async () => {
    const tenant = await newTenant()
    const own = await officeOf(tenant)
    const ids: string[] = []
    for (const [index, name] of ['Alpha', 'beta', 'Gamma'].entries()) {
      const legalInfo = {
        legalName: `${name} Ltd`,
        registrationId: `R${index}`,
        registrationAgency: 'Berlin',
      }
      const named = { id: `E${index}`, name, legalInfo, accountLimit: { value: index * 100 } }
      const customerGroups = [{ id: 'all' }, { id: `G${index}`, role: 'BUYER' }]
      ids.push(await own.company({ ...named, customerGroups, entitiesAddresses: [{ id: `L${index}` }] }))
    }
    return { own, ids }
  }

  it.each<[Record<string, string>, number[]]>([
    [{}, [0, 1, 2]],
    [{ id: 'e1' }, [1]],
    [{ name: 'BET' }, [1]],
    [{ type: 'SUBSIDIARY' }, []],
    [{ parentId: 'nobody' }, []],
    [{ 'legalInfo.legalName': 'ma l' }, [2]],
    [{ 'legalInfo.registrationId': 'R2' }, [2]],
    [{ 'legalInfo.registrationAgency': 'berl' }, [0, 1, 2]],
    [{ q: 'name:Alpha' }, [0]],
    [{ q: 'name:~lph' }, [0]],
    [{ q: 'name:("Alpha","Gamma") accountLimit.value:>100' }, [2]],
    [{ q: 'legalInfo.registrationId:R1' }, [1]],
    [{ q: 'parentId:missing', name: 'a' }, [0, 1, 2]],
    [{ q: 'customerGroups.id:G1' }, [1]],
    [{ q: 'customerGroups.id:all customerGroups.role:BUYER' }, [0, 1, 2]],
    [{ q: 'entitiesAddresses.id:("L0","L2")' }, [0, 2]],
    [{ q: 'approvalGroup.id:nobody' }, []],
    [{ q: 'metadata.createdAt:>"2100-01-01T00:00:00.000Z"' }, []],
    [{ sort: 'name:desc' }, [1, 2, 0]],
    [{ sort: 'accountLimit.value:desc', pageSize: '2' }, [2, 1]],
    [{ sort: 'id', pageSize: '2', pageNumber: '2' }, [2]],
  ])('finds what %j asks for', async (query, expected) => {
    const { own, ids } = await tagged()
    const answer = await own.send('GET', entities, { query, headers: { 'X-Total-Count': 'true' } })
    const found = conform(answer, 200, LegalEntity.array()).map(({ id }) => id)
    expect(found).toEqual(expected.map((index) => ids[index]))
    const isPage = query['pageSize'] !== undefined
    expect(answer.headers.get('X-Total-Count')).toBe(String(isPage ? 3 : expected.length))
    const { q, ...others } = query
    const search = await own.send('POST', `${entities}/search`, {
      query: others,
      body: q === undefined ? {} : { q },
    })
    expect(idsOf(search)).toEqual(found)
    expect(search.headers.has('X-Total-Count')).toBe(false)
  })

  it.each<[Record<string, string>, string]>([
    [{ q: 'nothing:1' }, 'q'],
    [{ q: 'name' }, 'q'],
    [{ q: 'secret:exists' }, 'q'],
    [{ sort: 'mixins' }, 'sort'],
    [{ sort: 'name:up' }, 'sort'],
    [{ pageSize: '0' }, 'pageSize'],
    [{ pageSize: '201' }, 'pageSize'],
    [{ pageNumber: 'x' }, 'pageNumber'],
    [{ type: 'GUILD' }, 'type'],
  ])('refuses %j', async (query, parameter) => {
    const answer = await office.send('GET', entities, { query })
    conformCompanyError(answer, 400)
    expect(answer.text).toContain(parameter)
  })

  it('answers sixteen a page', async () => {
    const own = await officeOf(await newTenant())
    for (let count = 0; count < 17; count += 1) await own.company()
    expect(idsOf(await own.send('GET', entities))).toHaveLength(16)
  })
})

describe('Creating contact assignment', () => {
  it('makes the customer a contact of the company', async () => {
    const [customer, company] = [await signUp('acme'), await office.company(full)]
    const body = { customer: { id: customer.id }, legalEntity: { id: company } }
    const { id } = conform(await office.send('POST', assignments, { body }), 201, Location)
    expect(await readAssignment(id)).toMatchObject({
      id,
      type: 'CONTACT',
      primary: false,
      customer: { id: customer.id, name: 'Ada', surname: 'Lovelace', email: customer.email },
      legalEntity: { id: company, ...full },
    })
  })

  it('refuses a second one of the same customer and company, and a taken id', async () => {
    const [customer, company, other] = [await customerId(), await office.company(), await office.company()]
    const id = await office.assign(customer, company, { id: `own-${customer}` })
    const post = (entity: string, more = {}) =>
      office.send('POST', assignments, {
        body: { customer: { id: customer }, legalEntity: { id: entity }, ...more },
      })
    conformCompanyError(await post(company), 409)
    conformCompanyError(await post(other, { id }), 409)
    const body = { customer: { id: await customerId() }, legalEntity: { id: other }, id }
    conformCompanyError(await office.send('POST', assignments, { body }), 409)
    await office.assign(customer, other)
  })

  it('lets one of many at once win', async () => {
    const [customer, company] = [await customerId(), await office.company()]
    const body = { customer: { id: customer }, legalEntity: { id: company } }
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => office.send('POST', assignments, { body })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409])
  })

  it.each<[string, (known: { customer: string; company: string }) => object]>([
    ['no customer', ({ company }) => ({ legalEntity: { id: company } })],
    ['no company', ({ customer }) => ({ customer: { id: customer } })],
    ['a customer that is no object', ({ company }) => ({ customer: 'x', legalEntity: { id: company } })],
    ['an unknown customer', ({ company }) => ({ customer: { id: '1' }, legalEntity: { id: company } })],
    ['an unknown company', ({ customer }) => ({ customer: { id: customer }, legalEntity: { id: 'x' } })],
    [
      'an unknown type',
      ({ customer, company }) => ({ customer: { id: customer }, legalEntity: { id: company }, type: 'BOSS' }),
    ],
    [
      'a mixin without schema',
      ({ customer, company }) => ({
        customer: { id: customer },
        legalEntity: { id: company },
        mixins: { a: {} },
      }),
    ],
  ])('refuses %s', async (_what, bodyOf) => {
    const body = bodyOf({ customer: await customerId(), company: await office.company() })
    conformCompanyError(await office.send('POST', assignments, { body }), 400)
  })
})

describe('Upserting a contact assignment', () => {
  it('creates under the id of the path, then replaces type, flag and company', async () => {
    const [customer, one, two] = [await customerId(), await office.company(), await office.company()]
    const path = `${assignments}/a-${customer}`
    const body = { customer: { id: customer }, legalEntity: { id: one }, type: 'BILLING', primary: true }
    conform(await office.send('PUT', path, { body }), 201, Location)
    const moved = { customer: { id: customer }, legalEntity: { id: two }, type: 'PRIMARY' }
    conformEmpty(await office.send('PUT', path, { body: { ...moved, metadata: { version: 1 } } }), 204)
    conformEmpty(await office.send('PUT', path, { body: moved }), 204)
    expect(await readAssignment(`a-${customer}`)).toMatchObject({
      type: 'PRIMARY',
      primary: false,
      legalEntity: { id: two },
      metadata: { version: 2 },
    })
    const stale = { ...moved, type: 'CONTACT', metadata: { version: 1 } }
    conformCompanyError(await office.send('PUT', path, { body: stale }), 409)
  })

  it.each<[string, number, (known: { customer: string; company: string; taken: string }) => object]>([
    ['another customer', 400, ({ company }) => ({ customer: { id: 'x' }, legalEntity: { id: company } })],
    [
      'a company that does not exist',
      400,
      ({ customer }) => ({ customer: { id: customer }, legalEntity: { id: 'x' } }),
    ],
    [
      'a company that the customer acts for already',
      409,
      ({ customer, taken }) => ({ customer: { id: customer }, legalEntity: { id: taken } }),
    ],
  ])('refuses %s, and changes nothing', async (_what, status, bodyOf) => {
    const [customer, company, taken] = [await customerId(), await office.company(), await office.company()]
    const id = await office.assign(customer, company)
    await office.assign(customer, taken)
    const body = { type: 'CONTACT', ...bodyOf({ customer, company, taken }) }
    conformCompanyError(await office.send('PUT', `${assignments}/${id}`, { body }), status)
    expect(await readAssignment(id)).toMatchObject({ legalEntity: { id: company }, metadata: { version: 1 } })
  })

  it('needs a type, and a version only of what is there', async () => {
    const [customer, company] = [await customerId(), await office.company()]
    const body = { customer: { id: customer }, legalEntity: { id: company } }
    conformCompanyError(await office.send('PUT', `${assignments}/new`, { body }), 400, 'type: ')
    const versioned = { ...body, type: 'CONTACT', metadata: { version: 1 } }
    conformCompanyError(await office.send('PUT', `${assignments}/new`, { body: versioned }), 404)
  })
})

describe('Retrieving all contact assignments', () => {
  it('filters by customer, company, type and flag, and by q', async () => {
    const [customer, one, two] = [await customerId(), await office.company(), await office.company()]
    const first = await office.assign(customer, one, { type: 'PRIMARY', primary: true })
    const second = await office.assign(customer, two)
    const other = await office.assign(await customerId(), one)
    const ask = async (query: Record<string, string>) => {
      const answer = await office.send('GET', assignments, {
        query: { sort: 'metadata.createdAt', ...query },
      })
      return conform(answer, 200, ContactAssignment.array()).map(({ id }) => id)
    }
    const byCustomer = { 'customer.id': customer }
    expect(await ask(byCustomer)).toEqual([first, second])
    expect(await ask({ 'legalEntity.id': one })).toEqual([first, other])
    expect(await ask({ ...byCustomer, type: 'PRIMARY' })).toEqual([first])
    expect(await ask({ ...byCustomer, primary: 'false' })).toEqual([second])
    expect(await ask({ q: `customer.id:${customer} legalEntity.id:${two}` })).toEqual([second])
    expect(await ask({ q: `primary:true legalEntity.id:${one}` })).toEqual([first])
    const some = await office.send('GET', assignments, { query: { ...byCustomer, fields: 'id,type' } })
    expect(some.body).toContainEqual({ id: first, type: 'PRIMARY' })
    conformCompanyError(await office.send('GET', assignments, { query: { primary: 'maybe' } }), 400)
    conformCompanyError(await office.send('GET', assignments, { query: { q: 'customer.email:x' } }), 400)
  })

  it('counts all pages for those who ask', async () => {
    const [company, headers] = [await office.company(), { 'X-Total-Count': 'true' }]
    for (const _one of [1, 2, 3]) await office.assign(await customerId(), company)
    const query = { 'legalEntity.id': company, pageSize: 2, pageNumber: 2 }
    const answer = await office.send('GET', assignments, { query, headers })
    expect([idsOf(answer).length, answer.headers.get('X-Total-Count')]).toEqual([1, '3'])
  })
})

describe('Delete a contact assignment', () => {
  it('ends it, once', async () => {
    const id = await office.assign(await customerId(), await office.company())
    conformEmpty(await office.send('DELETE', `${assignments}/${id}`), 204)
    for (const method of ['GET', 'DELETE'])
      conformCompanyError(await office.send(method, `${assignments}/${id}`), 404)
  })
})

describe('every endpoint of customer management', () => {
  it('takes other methods with 405, and unknown paths with 404, in its own words', async () => {
    for (const path of [`${entities}/x`, `${assignments}/x`]) {
      const answer = await office.send('PATCH', path, { body: {} })
      conformCompanyError(answer, 405)
      expect(answer.headers.get('Allow')).toContain('PUT')
    }
    conformCompanyError(await office.send('GET', '/locations'), 404)
  })

  it('asks for a scope of its own, and names the one that is missing', async () => {
    const token = await serviceToken('acme', 'customer.customer_manage')
    conformCompanyError(
      await office.send('GET', `${entities}/x`, { token }),
      403,
      'missing scope: customermanagement.legalentity_read',
    )
    conformFault(
      await office.send('GET', assignments, { token: (await newCustomer('acme')).tokens.access_token }),
    )
  })

  it('knows nothing of other tenants', async () => {
    const foreign = await officeOf('globex')
    const company = await office.company({ name: 'Foreign' })
    const assignment = await office.assign(await customerId(), company)
    for (const path of [
      `${entities}/${company}`,
      `${assignments}/${assignment}`,
      `${entities}/${company}/parent-hierarchy`,
    ])
      conformCompanyError(await foreign.send('GET', path), 404)
    conformCompanyError(await foreign.send('DELETE', `${entities}/${company}`), 404)
    expect(idsOf(await foreign.send('GET', entities, { query: { name: 'Foreign' } }))).toEqual([])
    expect((await readEntity(company)).name).toBe('Foreign')
  })
})
