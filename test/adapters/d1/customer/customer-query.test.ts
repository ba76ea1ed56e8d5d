/**
 * What a back office searches for, against real rows: queries of the `q` language with the customers they find, random
 * queries against the evaluator in memory, the indexes that both languages use (by the database's own plan), and pages
 * that are too large to hold.
 */
import { oneDatabase } from '../../../../src/adapters/d1/databases.ts'
import { within } from '../../../../src/domain/customer/reach.ts'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { customersOrder, customersWhere } from '../../../../src/adapters/d1/criteria/customer-criteria.ts'
import { customerQuery } from '../../../../src/adapters/d1/customer/customer-query.ts'
import { pageSizeMaxBytes } from '../../../../src/adapters/d1/page.ts'
import { customers } from '../../../../src/adapters/d1/schema.ts'
import { customerFields as commercetoolsFields } from '../../../../src/dialects/commercetools/customer-fields.ts'
import { parsePredicates } from '../../../../src/dialects/commercetools/query/predicate.ts'
import { parseSort as parseCommercetoolsSort } from '../../../../src/dialects/commercetools/query/sort.ts'
import { customerFields } from '../../../../src/dialects/emporix/customer-fields.ts'
import { parseQuery } from '../../../../src/dialects/emporix/query/query.ts'
import { parseSort } from '../../../../src/dialects/emporix/query/sort.ts'
import { matches, type Criteria, type SortKey } from '../../../../src/domain/base/criteria.ts'
import type { Json } from '../../../../src/domain/base/json.ts'
import { database, day, find, insert, row, type Row } from '../../../support/stored-customers.ts'

const rows: Row[] = [
  row('1', {
    email: 'Ada@Shop.example',
    contactEmail: 'ada.contact@shop.example',
    contactPhone: '+49 30 1234',
    title: 'MS',
    firstName: 'Ada',
    middleName: 'King',
    lastName: 'Müller',
    company: 'Engines & Sons (Ltd)',
    companyRegistrationId: '123-456',
    language: 'en-US',
    currency: 'EUR',
    site: 'main',
    photoUrl: 'https://cdn.example/a.png?x=1',
    active: true,
    onHold: false,
    lastLoginAt: day(4),
    mixins: {
      loyalty: {
        points: 120,
        level: 'gold',
        vip: true,
        since: '2025-06-01',
        tags: ['a', 'b', 1],
        card: '0020',
      },
      notes: { 'shoe-size': 38 },
    },
    mixinSchemas: { loyalty: 'https://schemas.example/loyalty.json' },
    addresses: [
      {
        id: 'a1',
        city: 'Bonn',
        country: 'DE',
        zipCode: '53111',
        street: 'Am Markt',
        tags: ['BILLING', 'SHIPPING'],
      },
      { id: 'a2', city: 'Wien', country: 'AT', tags: ['OFFICE'], mixins: { house: { floor: 3 } } },
    ],
  }),
  row('2', {
    email: 'bob@shop.example',
    contactEmail: 'bob@shop.example',
    version: 2,
    firstName: 'Bob',
    lastName: 'MÜLLER',
    company: 'engines',
    language: 'de-DE',
    currency: 'USD',
    site: 'main',
    active: true,
    onHold: true,
    mixins: { loyalty: { points: '120', level: 'silver', vip: false, card: 20, nothing: null } },
    addresses: [{ id: 'a1', city: 'Bonn', country: 'AT', state: 'Wien', tags: [] }],
  }),
  row('3', {
    email: `o'neil"; drop--@shop.example`,
    contactEmail: 'neil@other.example',
    version: 3,
    firstName: `Robert"); DROP TABLE customers;--`,
    lastName: 'Öz',
    language: 'en',
    currency: 'EUR',
    site: 'outlet',
    active: false,
    onHold: false,
    lastLoginAt: day(3),
    addresses: [{ id: 'a9', city: 'Paris', country: 'FR', contactName: 'au fond', tags: ['BILLING'] }],
  }),
  row('4', {
    version: 10,
    lastName: 'null',
    company: '100%_*',
    modifiedAt: day(8),
    active: true,
    onHold: false,
    mixins: { loyalty: { points: 1.5, level: ['gold', 'old'] } },
  }),
  row('5', {
    email: 'eve@other.example',
    version: 5,
    firstName: '',
    title: 'a b"c\\d',
    active: true,
    onHold: false,
  }),
]

/** Somebody who was erased keeps the columns that the index is about, and nothing else. */
const gone = row('9', { firstName: 'Ada', lastName: 'Gone', company: 'engines' })

const parse = (text: string): Criteria | undefined => {
  const parsed = parseQuery(text, customerFields)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.value
}

const inMemory = (list: Row[], criteria: Criteria | undefined) =>
  list.filter((record) => !criteria || matches(criteria, record)).map(({ id }) => id)

beforeAll(async () => {
  await insert('first', rows)
  await insert('second', rows)
  await insert('first', [gone], day(9))
})

describe('a query finds', () => {
  it.each<[string, string]>([
    ['', '12345'],
    // Equality, with regard to letter case.
    ['id:1', '1'],
    ['customerNumber:2', '2'],
    ['firstName:Ada', '1'],
    ['firstName:ada', ''],
    ['firstName:"Ada"', '1'],
    ['firstName:""', '5'],
    ['middleName:King', '1'],
    ['lastName:Müller', '1'],
    ['lastName:MÜLLER', '2'],
    ['lastName:"null"', '4'],
    ['title:MS', '1'],
    ['title:"a b\\"c\\\\d"', '5'],
    ['company:"Engines & Sons (Ltd)"', '1'],
    ['company:engines', '2'],
    ['company:"100%_*"', '4'],
    ['company:100%_*', '4'],
    ['contactEmail:ada.contact@shop.example', '1'],
    ['contactEmail:Ada.Contact@shop.example', ''],
    ['contactPhone:"+49 30 1234"', '1'],
    ['photoUrl:https://cdn.example/a.png?x=1', '1'],
    ['preferredLanguage:en_US', '1'],
    ['preferredLanguage:en-US', '1'],
    ['preferredLanguage:en', '3'],
    ['preferredCurrency:EUR', '13'],
    ['preferredSite:main', '12'],
    ['b2b.companyRegistrationId:123-456', '1'],
    // E-mails: of the first account, of any account.
    ['email:Ada@Shop.example', '1'],
    ['email:ada@shop.example', ''],
    ['email:second-of-1@shop.example', ''],
    ['email:"o\'neil\\"; drop--@shop.example"', '3'],
    ['email:(Ada@Shop.example,bob@shop.example)', '12'],
    ['email:missing', '4'],
    ['email:~shop.example', '23'],
    ['email:~Shop.example', '1'],
    ['accounts.id:Ada@Shop.example', '1'],
    ['accounts.id:second-of-1@shop.example', '1'],
    ['accounts.id:ada@shop.example', ''],
    ['accounts.id:(bob@shop.example,second-of-5@shop.example)', '25'],
    ['accounts.id:~other.example', '5'],
    ['accounts.id:exists', '1235'],
    ['accounts:missing', '4'],
    // Truth values.
    ['active:true', '1245'],
    ['active:false', '3'],
    ['onHold:true', '2'],
    ['active:true onHold:false', '145'],
    // Numbers.
    ['metadata.version:1', '1'],
    ['metadata.version:1.0', '1'],
    ['metadata.version:>2', '345'],
    ['metadata.version:>=3', '345'],
    ['metadata.version:<3', '12'],
    ['metadata.version:<=2', '12'],
    ['metadata.version:(>=2 AND <=5)', '235'],
    ['metadata.version:(>2 AND <5)', '3'],
    ['metadata.version:(1,10)', '14'],
    // Times, whatever way they are written.
    ['metadataCreatedAt:"2026-01-02T12:00:00.500Z"', '2'],
    ['metadataCreatedAt:>"2026-01-02T12:00:00Z"', '2345'],
    ['metadataCreatedAt:>"2026-01-03"', '345'],
    ['metadata.createdAt:(>="2026-01-02" AND <"2026-01-04")', '23'],
    ['metadata.createdAt:<"2026-01-02T13:00:00.500+01:00"', '1'],
    ['metadata.createdAt:<="2026-01-02T13:00:00.500+01:00"', '12'],
    ['metadata.modifiedAt:>2026-01-05T23:59', '4'],
    ['lastLogin:<2026-01-04', '3'],
    ['lastLogin:missing', '245'],
    // Text in order.
    ['lastName:>M', '1234'],
    ['lastName:(>=M AND <N)', '12'],
    // Presence.
    ['company:exists', '124'],
    ['company:missing', '35'],
    ['company:null', '35'],
    ['firstName:exists', '1235'],
    ['mixins:missing', '35'],
    ['metadata.mixins.loyalty:exists', '1'],
    // Lists.
    ['firstName:(Ada,Bob)', '12'],
    ['id:(1,3,3,x)', '13'],
    ['lastName:("Müller","Öz",nobody)', '13'],
    ['active:(true,false)', '12345'],
    // Patterns.
    ['lastName:~ü', '1'],
    ['lastName:~^M', '12'],
    ['lastName:~z$', '3'],
    ['lastName:~^Öz$', '3'],
    ['lastName:~.*ll.*', '14'],
    ['company:(~Engines & Sons)', '1'],
    ['company:~(Sons \\(Ltd\\))', '1'],
    ['company:~%', '4'],
    ['company:~\\*', '4'],
    ['company:~_', '4'],
    ['company:~^', '124'],
    ['contactPhone:~\\+49', '1'],
    ['contactEmail:~@shop.example$', '12'],
    ['preferredLanguage:~^en_', '1'],
    ['firstName:~DROP', '3'],
    // Mixins.
    ['mixins.loyalty.points:120', '12'],
    ['mixins.loyalty.points:"120"', '2'],
    ['mixins.loyalty.points:>1', '14'],
    ['mixins.loyalty.points:(>=1.5 AND <120)', '4'],
    ['mixins.loyalty.points:(1.5,"120")', '24'],
    ['mixins.loyalty.level:gold', '14'],
    ['mixins.loyalty.level:~old', '1'],
    ['mixins.loyalty.vip:true', '1'],
    ['mixins.loyalty.vip:false', '2'],
    ['mixins.loyalty.vip:"true"', ''],
    ['mixins.loyalty.tags:b', '1'],
    ['mixins.loyalty.tags:1', '1'],
    ['mixins.loyalty.tags:(x,a)', '1'],
    ['mixins.loyalty.card:20', '2'],
    ['mixins.loyalty.card:0020', '12'],
    ['mixins.loyalty.since:>"2025-01-01"', '1'],
    ['mixins.loyalty.since:<"2025-01-01"', ''],
    ['mixins.notes.shoe-size:>=38', '1'],
    ['mixins.loyalty:exists', '124'],
    ['mixins.loyalty.nothing:exists', ''],
    ['mixins.loyalty.nothing:null', '12345'],
    ['mixins.nobody.x:y', ''],
    // Addresses: one of them.
    ['addresses.city:Bonn', '12'],
    ['addresses.city:(Wien,Paris)', '13'],
    ['addresses.country:AT addresses.city:Bonn', '12'],
    ['addresses.id:a9', '3'],
    ['addresses.tags:BILLING', '13'],
    ['addresses.tags:(OFFICE,x)', '1'],
    ['addresses.tags:exists', '13'],
    ['addresses.state:exists', '2'],
    ['addresses.state:missing', '1345'],
    ['addresses.contactName:~fond', '3'],
    ['addresses.zipCode:>5', '1'],
    ['addresses.mixins.house.floor:3', '1'],
    ['addresses:exists', '123'],
    ['addresses:missing', '45'],
    // Several, which all have to hold.
    ['firstName:Ada lastName:Müller', '1'],
    ['firstName:Ada lastName:Öz', ''],
    ['firstName:(Ada,Bob) company:~^E active:true', '1'],
    ['preferredCurrency:EUR metadata.version:>1 addresses.country:FR', '3'],
    // What looks like another language is text.
    [`firstName:"Robert\\"); DROP TABLE customers;--"`, '3'],
    [`firstName:"' OR 1=1 --"`, ''],
    [`firstName:'OR'1'='1`, ''],
    ['lastName:%', ''],
    ['lastName:~%', ''],
  ])('%s', async (text, expected) => {
    const criteria = parse(text)
    expect((await find('first', criteria)).join('')).toBe(expected)
    expect(inMemory(rows, criteria).join('')).toBe(expected)
  })

  it('nobody by the accounts and addresses of a namesake in another tenant', async () => {
    await insert('third', [{ ...row('1', {}), accounts: [{ email: 'own@shop.example' }] }])
    for (const text of ['accounts.id:Ada@Shop.example', 'email:Ada@Shop.example', 'addresses.city:Bonn'])
      expect(await find('third', parse(text))).toEqual([])
    for (const text of ['accounts.id:own@shop.example', 'addresses.city:missing', 'accounts.id:exists'])
      expect(await find('third', parse(text))).toEqual(['1'])
  })
})

describe('an order', () => {
  it.each<[string, string]>([
    ['', '12345'],
    ['customerNumber:desc', '54321'],
    ['metadata.version', '12354'],
    ['metadata.version:desc', '45321'],
    ['lastName', '52143'],
    ['lastName:desc', '34125'],
    ['preferredCurrency,id:desc', '54312'],
    ['preferredCurrency:desc,metadata.createdAt:desc', '23154'],
    ['active,onHold:desc,firstName', '32451'],
    ['metadata.modifiedAt:desc', '45321'],
    ['lastLogin:desc', '13245'],
    ['email:DESC', '35214'],
    ['b2b.companyRegistrationId:desc', '12345'],
    ['mixins.loyalty.points', '35412'],
  ])('%j', async (text, expected) => {
    expect((await find('first', undefined, parseOrder(text))).join('')).toBe(expected)
  })
})

describe('random queries', () => {
  const word = fc.constantFrom(
    'a',
    'A',
    'b',
    'ab',
    'ä',
    '1',
    '2',
    '1.5',
    'true',
    'null',
    '20',
    '%',
    "'",
    '\u{1f600}',
  )
  const quoted = fc
    .constantFrom('', 'a b', 'a', 'true', '1', 'null', '"', '\\', 'exists')
    .map((text) => JSON.stringify(text))
  const value = fc.oneof(word, quoted)
  const list = (one: fc.Arbitrary<string>) =>
    fc.array(one, { minLength: 1, maxLength: 4 }).map((values) => `(${values.join(', ')})`)
  const ordered = (one: fc.Arbitrary<string>) => {
    const comparison = fc.tuple(fc.constantFrom('>', '<', '>=', '<='), one).map((parts) => parts.join(''))
    const range = fc
      .array(comparison, { minLength: 1, maxLength: 3 })
      .map((parts) => `(${parts.join(' AND ')})`)
    return fc.oneof(comparison, range)
  }
  const piece = fc.constantFrom('a', 'b', 'A', 'ä', '.', '%', '\\*', '\\ ', '')
  const pattern = fc
    .tuple(fc.constantFrom('', '^', '.*'), piece, piece, fc.constantFrom('$', '.*', 'a'))
    .map((parts) => `~${parts.join('')}`)
  const presence = fc.constantFrom('exists', 'missing', 'null')
  const number = fc.constantFrom('1', '2', '3.0', '-1', '1e0')
  const truth = fc.constantFrom('true', 'false')
  const when = fc.integer({ min: 1, max: 9 }).map((count) => `"${day(count)}"`)
  const about = (names: string[], ...conditions: fc.Arbitrary<string>[]) =>
    fc.tuple(fc.constantFrom(...names), fc.oneof(presence, ...conditions)).map((parts) => parts.join(':'))
  const clause = fc.oneof(
    about(
      ['firstName', 'lastName', 'company', 'addresses.city'],
      value,
      list(value),
      ordered(value),
      pattern,
    ),
    about(['email', 'accounts.id'], word, list(value), pattern),
    about(
      ['mixins.m.x', 'mixins.m.y', 'mixins.m', 'mixins.n.x'],
      value,
      list(value),
      ordered(value),
      pattern,
    ),
    about(['metadata.version'], number, list(number), ordered(number)),
    about(['active', 'onHold'], truth, list(truth)),
    about(['metadataCreatedAt', 'lastLogin'], when, ordered(when)),
    about(['addresses.tags'], value, list(value)),
    about(['addresses', 'accounts']),
  )
  const query = fc.array(clause, { minLength: 1, maxLength: 4 }).map((clauses) => clauses.join(' '))

  const text = fc.constantFrom('', 'a', 'A', 'b', 'ab', 'a b', 'ä', '1', 'true', 'null', '"', '\\', '%', "'")
  const json: fc.Arbitrary<Json> = fc.oneof(
    text,
    fc.constantFrom(1, 2, 1.5, 20),
    fc.boolean(),
    fc.constant(null),
  )
  const mixin = fc.dictionary(fc.constantFrom('x', 'y'), fc.oneof(json, fc.array(json, { maxLength: 3 })))
  const person = fc.record({
    profile: fc.dictionary(fc.constantFrom('firstName', 'lastName', 'company'), text),
    version: fc.integer({ min: 1, max: 4 }),
    active: fc.boolean(),
    onHold: fc.boolean(),
    mixins: fc.dictionary(fc.constantFrom('m', 'n'), fc.oneof(mixin, json)),
    login: fc.option(fc.constantFrom('a', 'A', 'ab')),
    addresses: fc.array(
      fc.record({ city: text, tags: fc.array(text, { maxLength: 2 }) }, { requiredKeys: [] }),
      {
        maxLength: 3,
      },
    ),
  })
  const people: Row[] = fc.sample(person, { numRuns: 40, seed: 11 }).map((one, index) => ({
    ...row(`${index + 10}`, one.login === null ? {} : { email: `${one.login}${index}@shop.example` }),
    ...one.profile,
    createdAt: day((index % 9) + 1),
    ...(index % 3 ? { lastLoginAt: day((index % 9) + 1) } : {}),
    version: one.version,
    active: one.active,
    onHold: one.onHold,
    mixins: one.mixins,
    addresses: one.addresses.map((address, position) => ({ ...address, id: `${position}` })),
  }))

  it('find in the database what they match in memory', async () => {
    await insert('random', people)
    let found = 0
    await fc.assert(
      fc.asyncProperty(query, async (wanted) => {
        const criteria = parse(wanted)
        const ids = await find('random', criteria)
        found += ids.length
        expect(ids).toEqual(inMemory(people, criteria))
      }),
      { numRuns: 600 },
    )
    expect(found).toBeGreaterThan(1000)
  })
})

describe('the customers of a store', () => {
  const ofStore = (key: string): Criteria => ({
    kind: 'some',
    path: ['stores'],
    of: { kind: 'compare', path: ['key'], operator: '=', value: key },
  })

  it('are those whose profiles name it now, in that tenant', async () => {
    const stores = (...keys: string[]) => keys.map((key) => ({ typeId: 'store', key }))
    await insert('stores', [row('1', { stores: stores('a', 'b', 'a') }), row('2', {}), row('3', {})])
    await insert('elsewhere', [row('4', { stores: stores('a') })])
    const among = async () => [await find('stores', ofStore('a')), await find('stores', ofStore('b'))]
    expect(await among()).toEqual([['1'], ['1']])
    const change = (id: string, profile: object) =>
      env.DB.prepare("UPDATE customers SET profile = ? WHERE tenant = 'stores' AND id = ?")
        .bind(JSON.stringify(profile), id)
        .run()
    await change('2', { stores: stores('a') })
    await change('1', { firstName: 'Ada', stores: stores('b') })
    expect(await among()).toEqual([['2'], ['1']])
    await change('1', {})
    expect(await among()).toEqual([['2'], []])
    await env.DB.batch(
      ['accounts', 'addresses'].map((table) =>
        env.DB.prepare(`DELETE FROM ${table} WHERE tenant = 'stores'`),
      ),
    )
    await env.DB.prepare("DELETE FROM customers WHERE tenant = 'stores'").run()
    const left = await env.DB.prepare("SELECT * FROM customer_stores WHERE tenant = 'stores'").all()
    expect(left.results).toEqual([])
  })
})

describe('the plan', () => {
  /** The database's own words for how it finds the page. */
  async function planOf(criteria: Criteria | undefined, sort: readonly SortKey[] = []): Promise<string> {
    const [where, order] = [customersWhere('first', criteria), customersOrder('first', sort, criteria)]
    if (!where.ok || !order.ok) throw new Error('refused')
    const page = database
      .select({ id: customers.id })
      .from(customers)
      .where(where.value)
      .orderBy(...order.value)
      .limit(60)
    const { sql, params } = page.toSQL()
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...params)
      .all<{ detail: string }>()
    return results.map(({ detail }) => detail).join('\n')
  }

  const search = (index: string, condition = '=') => {
    const expression = index.endsWith('_at') ? index.replace('customers_by_', '') : '<expr>'
    return `SEARCH customers USING INDEX ${index} (tenant=? AND ${expression}${condition}`
  }
  const byStore =
    'SEARCH customer_stores USING COVERING INDEX sqlite_autoindex_customer_stores_1 (tenant=? AND store=?)'
  const byFirstAccount = 'SEARCH accounts USING INDEX sqlite_autoindex_accounts_1 (tenant=? AND email_key=?)'

  it.each<[string, string]>([
    ['contactEmail:x@y.example', search('customers_by_contact_email')],
    ['contactEmail:(a@y.example,b@y.example)', search('customers_by_contact_email')],
    ['lastName:Müller', search('customers_by_last_name')],
    ['lastName:Müller active:true', search('customers_by_last_name')],
    ['lastName:(a,b) company:missing', search('customers_by_last_name')],
    ['company:engines', search('customers_by_company')],
    ['company:engines metadata.version:>1', search('customers_by_company')],
    ['metadataCreatedAt:"2026-01-02T12:00:00.500Z"', search('customers_by_created_at')],
    ['metadata.modifiedAt:"2026-01-02T12:00:00.500Z"', search('customers_by_modified_at')],
    ['email:ada@shop.example', byFirstAccount],
    ['accounts.id:ada@shop.example', byFirstAccount],
    ['accounts.id:(ada@shop.example,bob@shop.example)', byFirstAccount],
    ['lastName:(>=M AND <N)', search('customers_by_last_name', '>')],
    ['metadata.modifiedAt:>"2026-01-03"', search('customers_by_modified_at', '>')],
    ['active:true metadataCreatedAt:>"2026-01-03"', search('customers_by_created_at', '>')],
    ['id:(1,2)', 'SEARCH customers USING INDEX sqlite_autoindex_customers_1 (tenant=? AND id=?)'],
    ['id:1', 'SEARCH customers USING INDEX sqlite_autoindex_customers_1 (tenant=? AND id=?)'],
  ])('of %s uses its index', async (text, expected) => {
    expect(await planOf(parse(text))).toContain(expected)
  })

  it.each<[string, string]>([
    ['lastName = "Müller"', search('customers_by_last_name')],
    ['lastName in ("a", "b") and version > 1', search('customers_by_last_name')],
    ['companyName = "engines"', search('customers_by_company')],
    ['externalId = "x"', search('customers_by_external_id')],
    ['createdAt = "2026-01-02T12:00:00.500Z"', search('customers_by_created_at')],
    ['lastModifiedAt = "2026-01-02T12:00:00.500Z"', search('customers_by_modified_at')],
    ['email = "ada@shop.example"', byFirstAccount],
    ['lowercaseEmail = "ada@shop.example"', byFirstAccount],
    ['stores(key = "berlin")', byStore],
    [
      'stores(key = "berlin") and isEmailVerified = true',
      'SEARCH customers USING INDEX sqlite_autoindex_customers_1 (tenant=? AND id=?)',
    ],
  ])('of the predicate %s uses its index', async (predicate, expected) => {
    const parsed = parsePredicates([predicate], commercetoolsFields, new Map())
    if (!parsed.ok) throw new Error(parsed.error.message)
    expect(await planOf(parsed.value)).toContain(expected)
  })

  it.each<[string, string, string]>([
    ['lastName:(>=M AND <N)', 'lastName', search('customers_by_last_name', '>')],
    ['contactEmail:>m', 'contactEmail', search('customers_by_contact_email', '>')],
    ['metadataCreatedAt:>"2026-01-03"', 'metadataCreatedAt', search('customers_by_created_at', '>')],
    [
      'metadata.modifiedAt:>"2026-01-03"',
      'metadata.modifiedAt:desc',
      search('customers_by_modified_at', '>'),
    ],
  ])('of the range %s in the order of %s uses its index for both', async (text, order, expected) => {
    const plan = await planOf(parse(text), parseOrder(order))
    expect(plan).toContain(expected)
    if (!order.endsWith('desc')) expect(plan).not.toContain('TEMP B-TREE')
  })

  it.each(['contactEmail', 'lastName', 'company', 'metadataCreatedAt', 'metadata.modifiedAt', 'id'])(
    'of everybody in the order of %s needs no sorting',
    async (order) => expect(await planOf(undefined, parseOrder(order))).not.toContain('TEMP B-TREE'),
  )

  it('of a company finds its members by an index, in order, and walks through nobody else', async () => {
    const members = within({ kind: 'company', legalEntityId: 'abc' }, parse('lastName:exists active:true'))
    const plan = await planOf(members)
    expect(plan).toContain('SEARCH customers USING INDEX sqlite_autoindex_customers_1 (tenant=? AND id=?)')
    expect(plan).toContain('contact_assignments_by_legal_entity (tenant=? AND legal_entity_id=?)')
    expect(plan).not.toContain('TEMP B-TREE FOR ORDER BY')
  })

  it('of a predicate in its order needs no sorting either', async () => {
    const keys = parseCommercetoolsSort(['createdAt asc'], commercetoolsFields)
    if (!keys.ok) throw new Error(keys.error.message)
    expect(await planOf(undefined, keys.value)).not.toContain('TEMP B-TREE')
  })
})

describe('a page', () => {
  const everybody = { sort: [], limit: 1000, offset: 0, withTotal: true }
  const heavy = (id: string, letters: number) => row(id, { mixins: { notes: { text: 'x'.repeat(letters) } } })
  const query = customerQuery(oneDatabase(database))

  it('of a thousand customers is answered in two round trips', async () => {
    await insert(
      'many',
      Array.from({ length: 1001 }, (_, index) =>
        row(String(10_000 + index), { createdAt: day(1), modifiedAt: day(1) }),
      ),
    )
    const page = await query.page('many', everybody)
    if (!page.ok) throw new Error(page.error.kind)
    expect(page.value.total).toBe(1001)
    expect(page.value.items.map(({ id }) => id)).toEqual(
      Array.from({ length: 1000 }, (_, index) => String(10_000 + index)),
    )
  })

  it('that is too large to hold is refused as a whole, and smaller ones are answered', async () => {
    const letters = pageSizeMaxBytes / 20
    await insert(
      'heavy',
      Array.from({ length: 21 }, (_, index) => heavy(String(10 + index), letters)),
    )
    expect(await query.page('heavy', everybody)).toEqual({
      ok: false,
      error: { kind: 'PageTooLarge', sizeMaxBytes: pageSizeMaxBytes },
    })
    const half = await query.page('heavy', { ...everybody, limit: 15 })
    expect(half.ok && half.value.items).toHaveLength(15)
  })

  it('counts the addresses too, in bytes', async () => {
    const street = 'ä'.repeat(pageSizeMaxBytes / 16)
    const book = Array.from({ length: 4 }, (_, index) => ({ id: `a${index}`, street }))
    await insert('wide', [row('1', { addresses: book }), row('2', { addresses: book })])
    expect(await query.page('wide', everybody)).toMatchObject({ ok: false, error: { kind: 'PageTooLarge' } })
    expect(await query.page('wide', { ...everybody, limit: 1 })).toMatchObject({ ok: true })
  })
})

function parseOrder(text: string): SortKey[] {
  const keys = parseSort(text, customerFields)
  if (!keys.ok) throw new Error(keys.error.message)
  return keys.value
}
