/**
 * Criteria against real rows: predicates of the `where` language with the customers they find, random criteria against
 * the evaluator in memory, and (T39, T41–T43) tenants, injection, hidden fields and cost.
 */
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { criteriaSql, parametersMax } from '../../../../src/adapters/d1/criteria/criteria-sql.ts'
import {
  customerPlaces,
  customersOrder,
  customersWhere,
  withinTenant,
} from '../../../../src/adapters/d1/criteria/customer-criteria.ts'
import { accounts, customers } from '../../../../src/adapters/d1/schema.ts'
import { customerFields } from '../../../../src/dialects/commercetools/customer-fields.ts'
import { parsePredicates } from '../../../../src/dialects/commercetools/query/predicate.ts'
import { parseSort } from '../../../../src/dialects/commercetools/query/sort.ts'
import { criteriaLimits, matches, type Criteria, type Value } from '../../../../src/domain/base/criteria.ts'
import type { Json } from '../../../../src/domain/base/json.ts'
import { database, day, find, insert, row, type Row } from '../../../support/stored-customers.ts'

const rows: Row[] = [
  row('1', {
    email: 'Ada@Shop.example',
    firstName: 'Ada',
    lastName: 'Müller',
    company: 'Engines & Sons',
    language: 'de-DE',
    emailVerified: true,
    key: 'ada',
    dateOfBirth: '1815-12-10',
    shippingAddressIds: ['a1', 'a2'],
    billingAddressIds: ['a1'],
    defaultShippingAddressId: 'a1',
    customerGroup: { typeId: 'customer-group', id: 'gold' },
    custom: {
      type: { typeId: 'type', id: 'loyalty' },
      fields: {
        points: 120,
        vip: true,
        level: 'a',
        'shoe-size': 38,
        tags: ['x', 'y', 1],
        title: { de: 'Frau' },
      },
    },
    addresses: [
      {
        id: 'a1',
        city: 'Bonn',
        country: 'DE',
        street: 'Hauptstr.',
        zipCode: '53111',
        custom: { fields: { floor: 3 } },
      },
      { id: 'a2', city: 'Wien', country: 'AT', contactPhone: '+43', companyName: 'Engines' },
    ],
  }),
  row('2', {
    email: 'bob@shop.example',
    version: 2,
    firstName: 'Bob',
    lastName: 'MÜLLER',
    language: 'en',
    key: 'bob',
    shippingAddressIds: ['a1'],
    billingAddressIds: [],
    stores: [
      { typeId: 'store', key: 'berlin' },
      { typeId: 'store', key: 'paris' },
    ],
    custom: { type: { typeId: 'type', id: 'loyalty' }, fields: { points: '120', vip: false, tags: [] } },
    addresses: [{ id: 'a1', city: 'Bonn', country: 'AT' }],
  }),
  row('3', {
    email: `o'neil"; drop--@shop.example`,
    version: 3,
    firstName: `Robert"); DROP TABLE customers;--`,
    lastName: 'Öz',
    externalId: 'x-3',
    customerNumber: 'C\\3',
    customerGroup: { typeId: 'customer-group', id: 'silver' },
    stores: [{ typeId: 'store', key: 'paris' }],
    addresses: [{ id: 'a9', city: 'Paris', country: 'FR', streetAppendix: 'au fond' }],
  }),
  row('4', {
    version: 10,
    lastName: 'muller',
    authenticationMode: 'ExternalAuth',
    custom: { fields: { points: 1.5, tags: 'x' } },
  }),
  row('5', { email: 'eve@other.example', version: 5, firstName: '', title: '100%_', vatId: 'DE\n1' }),
]

function parse(predicate: string, variables: Record<string, string[]> = {}): Criteria {
  const parsed = parsePredicates([predicate], customerFields, new Map(Object.entries(variables)))
  if (!parsed.ok || !parsed.value) throw new Error(JSON.stringify(parsed))
  return parsed.value
}

beforeAll(async () => {
  await insert('first', rows)
  // The same ids and the same data next door, and customers who are gone.
  await insert('second', rows)
  await insert('first', [row('9', { firstName: 'Ada', lastName: 'Gone' })], day(9))
})

describe('a predicate finds', () => {
  it.each<[string, string]>([
    // Comparisons.
    ['id = "1"', '1'],
    ['id != "1"', '2345'],
    ['id <> "1"', '2345'],
    ['id > "2"', '345'],
    ['id >= "2" and id < "4"', '23'],
    ['id <= "2"', '12'],
    ['id > ""', '12345'],
    ['version = 1', '1'],
    ['version > 2', '345'],
    ['version >= 3 and version <= 5', '35'],
    ['version < 10', '1235'],
    ['version != 1', '2345'],
    ['version = 1.0', '1'],
    ['version > -1e3', '12345'],
    ['firstName = "Ada"', '1'],
    ['firstName = "ada"', ''],
    ['firstName = ""', '5'],
    ['firstName != "Ada"', '235'],
    ['not(firstName = "Ada")', '2345'],
    ['not firstName = "Ada"', '2345'],
    ['lastName > "M"', '1234'],
    ['lastName < "N"', '12'],
    ['title = "100%_"', '5'],
    ['vatId = "DE\\n1"', '5'],
    ['customerNumber = "C\\\\3"', '3'],
    ['`firstName` = "Ada"', '1'],
    ['dateOfBirth < "1900-01-01"', '1'],
    ['companyName = "Engines & Sons"', '1'],
    ['locale = "de-DE"', '1'],
    ['key = "bob" or externalId = "x-3"', '23'],
    ['authenticationMode = "ExternalAuth"', '4'],
    ['isEmailVerified = true', '1'],
    ['isEmailVerified = false', '2345'],
    ['isEmailVerified != true', '2345'],
    ['defaultShippingAddressId = "a1"', '1'],
    // Times, whatever way they are written.
    ['createdAt = "2026-01-02T12:00:00.500Z"', '2'],
    ['createdAt > "2026-01-02T12:00:00Z"', '2345'],
    ['createdAt > "2026-01-03"', '345'],
    ['lastModifiedAt < "2026-01-02T13:00:00.500+01:00"', '1'],
    ['lastModifiedAt <= "2026-01-02T13:00:00.500+01:00"', '12'],
    // E-mails.
    ['email = "Ada@Shop.example"', '1'],
    ['email = "ada@shop.example"', ''],
    ['lowercaseEmail = "ada@shop.example"', '1'],
    ['lowercaseEmail in ("ada@shop.example", "bob@shop.example", "nobody@shop.example")', '12'],
    ['email in ("Ada@Shop.example", "BOB@shop.example")', '1'],
    ['email != "bob@shop.example"', '135'],
    ['email > "bob"', '235'],
    ['email is not defined', '4'],
    ['email = "second-of-1@shop.example"', ''],
    ['email = "o\'neil\\"; drop--@shop.example"', '3'],
    ['email matches ignore case "ADA@shop.EXAMPLE"', '1'],
    // Lists of values.
    ['id in ("1", "3", "3", "x")', '13'],
    ['id not in ("1", "3")', '245'],
    ['firstName in ("Ada", "Bob")', '12'],
    ['firstName not in ("Ada", "Bob")', '345'],
    ['version in (1, 10)', '14'],
    ['isEmailVerified in (true)', '1'],
    ['shippingAddressIds contains any ("a2", "a3")', '1'],
    ['shippingAddressIds contains any ("a1")', '12'],
    ['shippingAddressIds contains all ("a1", "a2")', '1'],
    ['not(shippingAddressIds contains all ("a1"))', '345'],
    ['shippingAddressIds is empty', '345'],
    ['billingAddressIds is not empty', '1'],
    ['shippingAddressIds is defined', '12345'],
    // Presence.
    ['firstName is defined', '1235'],
    ['firstName is not defined', '4'],
    ['customerGroup is defined', '13'],
    ['custom is not defined', '35'],
    ['addresses is empty', '45'],
    ['addresses is not empty', '123'],
    ['addresses is defined', '12345'],
    ['stores is empty', '145'],
    // Letter case.
    ['lastName matches ignore case "müller"', '12'],
    ['lastName matches ignore case "MULLER"', '4'],
    ['lastName matches ignore case "öZ"', '3'],
    // Objects and lists of objects.
    ['customerGroup(id = "gold")', '1'],
    ['customerGroup(typeId="customer-group" and id != "gold")', '3'],
    ['customerGroup(id is not defined)', '245'],
    ['stores(key = "paris")', '23'],
    ['stores(key="berlin") and stores(key="paris")', '2'],
    ['stores(key="berlin" and key="paris")', ''],
    ['not(stores(key = "paris"))', '145'],
    ['stores(not(key = "paris"))', '2'],
    ['addresses(city="Bonn" and country="DE")', '1'],
    ['addresses(city="Bonn" and country="AT")', '2'],
    ['addresses(city="Bonn") and addresses(country="AT")', '12'],
    ['addresses(city in ("Wien", "Paris"))', '13'],
    ['addresses(country != "AT")', '13'],
    ['addresses(streetName="Hauptstr." and postalCode="53111")', '1'],
    ['addresses(phone="+43" and company="Engines")', '1'],
    ['addresses(additionalStreetInfo matches ignore case "AU FOND")', '3'],
    ['addresses(id = "a9")', '3'],
    ['addresses(phone is not defined)', '123'],
    ['addresses(custom(fields(floor = 3)))', '1'],
    ['custom(type(id = "loyalty"))', '12'],
    ['custom(fields(points = 120))', '1'],
    ['custom(fields(points = "120"))', '2'],
    ['custom(fields(points > 1))', '14'],
    ['custom(fields(points != 120))', '4'],
    ['custom(fields(points in (1.5, "120")))', '24'],
    ['custom(fields(vip = true))', '1'],
    ['custom(fields(vip = false))', '2'],
    ['custom(fields(vip = 1))', ''],
    ['custom(fields(vip is not defined))', '345'],
    ['custom(fields(`shoe-size` >= 38))', '1'],
    ['custom(fields(shoe-size < 39))', '1'],
    ['custom(fields(title(de = "Frau")))', '1'],
    ['custom(fields(tags contains any ("x")))', '1'],
    ['custom(fields(tags contains all ("x", 1)))', '1'],
    ['custom(fields(tags contains all ("x", "1")))', ''],
    ['custom(fields(tags contains any (true)))', ''],
    ['custom(fields(tags is empty))', '235'],
    ['custom(fields(level matches ignore case "A"))', '1'],
    // Precedence.
    ['id="1" or id="2" and version=3', '1'],
    ['(id="1" or id="2") and version=2', '2'],
    ['not(id="1") and not(id="2")', '345'],
    ['not(id="1" or id="2")', '345'],
    ['not(not(id="1"))', '1'],
    ['NOT(id = "1") AND id IN ("1", "2") Or id Is Not Defined', '2'],
    // What looks like another language is text.
    ['firstName = "Robert\\"); DROP TABLE customers;--"', '3'],
    ['firstName = "\' OR 1=1 --"', ''],
    ["id = \"1' OR '1'='1\"", ''],
    ['lastName = "%"', ''],
    ['lastName matches ignore case "%"', ''],
    ['custom(fields(x is defined or x is not defined))', '12345'],
  ])('%s', async (predicate, expected) => {
    const criteria = parse(predicate)
    expect((await find('first', criteria)).join('')).toBe(expected)
    expect(
      rows
        .filter((record) => matches(criteria, record))
        .map(({ id }) => id)
        .join(''),
    ).toBe(expected)
  })

  it.each<[string, Record<string, string[]>, string]>([
    ['firstName = :name', { name: ['Ada'] }, '1'],
    ['firstName = :name', { name: [`" or id = "2`] }, ''],
    ['id in :ids', { ids: ['1', '2', '7'] }, '12'],
    ['id not in :ids', { ids: ['1', '2', '7'] }, '345'],
    ['id in (:a, "3", :b)', { a: ['1'], b: ['4', '5'] }, '1345'],
    ['version > :v', { v: ['2'] }, '345'],
    ['isEmailVerified = :v', { v: ['true'] }, '1'],
    ['createdAt >= :since', { since: ['2026-01-04'] }, '45'],
    ['shippingAddressIds contains all :ids', { ids: ['a1', 'a2'] }, '1'],
    ['custom(fields(points = :p))', { p: ['120'] }, '12'],
    ['custom(fields(points > :p))', { p: ['2'] }, '1'],
    ['custom(fields(vip = :v))', { v: ['true'] }, '1'],
    ['custom(fields(tags contains all :t))', { t: ['x', '1'] }, '1'],
    ['lastName matches ignore case :n', { n: ['mÜller'] }, '12'],
  ])('%s with %j', async (predicate, variables, expected) => {
    expect((await find('first', parse(predicate, variables))).join('')).toBe(expected)
  })

  it('the same with five hundred values as with one', async () => {
    const ids = Array.from({ length: criteriaLimits.values }, (_, index) => String(index + 4))
    expect(await find('first', parse('id in :ids', { ids }))).toEqual(['4', '5'])
  })
})

describe('a search for text', () => {
  const search = (at: 'anywhere' | 'start' | 'end', text: string, ignoreCase = false): Criteria => ({
    kind: 'containsText',
    path: ['lastName'],
    at,
    text,
    ignoreCase,
  })
  it.each<[Criteria, string]>([
    [search('anywhere', 'üll'), '1'],
    [search('anywhere', 'üll', true), '12'],
    [search('anywhere', ''), '1234'],
    [search('start', 'M'), '12'],
    [search('start', 'm', true), '124'],
    [search('end', 'ller'), '14'],
    [search('end', 'LLER', true), '124'],
    [search('end', 'z'), '3'],
    [search('end', ''), '1234'],
    [search('end', 'far longer than any of the names'), ''],
    [search('anywhere', '%'), ''],
    [search('anywhere', `${'x'.repeat(60)}*?[`), ''],
  ])('%j', async (criteria, expected) => {
    expect((await find('first', criteria)).join('')).toBe(expected)
    expect(
      rows
        .filter((record) => matches(criteria, record))
        .map(({ id }) => id)
        .join(''),
    ).toBe(expected)
  })
})

describe('an order', () => {
  it.each<[string[], string]>([
    [[], '12345'],
    [['id desc'], '54321'],
    [['version'], '12354'],
    [['version desc'], '45321'],
    [['firstName asc', 'id desc'], '45123'],
    [['lastName'], '52143'],
    [['email desc'], '35214'],
    [['isEmailVerified desc', 'createdAt DESC'], '15432'],
    [['customerGroup.id desc'], '31245'],
    [['custom.fields.points'], '35412'],
    [['lowercaseEmail'], '41253'],
  ])('%j', async (sort, expected) => {
    const keys = parseSort(sort, customerFields)
    if (!keys.ok) throw new Error(keys.error.message)
    const [where, order] = [customersWhere('first'), customersOrder('first', keys.value)]
    if (!where.ok || !order.ok) throw new Error('refused')
    const found = await database
      .select({ id: customers.id })
      .from(customers)
      .where(where.value)
      .orderBy(...order.value)
    expect(found.map(({ id }) => id).join('')).toBe(expected)
  })
})

describe('the tenant', () => {
  it('stands outside of the brackets of whatever the criteria say', async () => {
    await database.delete(accounts).where(sql`${accounts.tenant} = 'second' AND ${accounts.customerId} = '1'`)
    for (const predicate of [
      'id="1" or id="2"',
      'not(id="x")',
      'lowercaseEmail = "bob@shop.example" or id > ""',
    ]) {
      const where = customersWhere('second', parse(predicate))
      if (!where.ok) throw new Error('refused')
      const found = await database.select({ tenant: customers.tenant }).from(customers).where(where.value)
      expect(new Set(found.map(({ tenant }) => tenant))).toEqual(new Set(['second']))
    }
    // An e-mail and an address of a neighbour with the same customer id are not one's own.
    expect(await find('second', parse('email = "Ada@Shop.example"'))).toEqual([])
    expect(await find('second', parse('email is defined'))).toEqual(['2', '3', '5'])
    expect(await find('third', parse('email = "Ada@Shop.example" or id is defined'))).toEqual([])
  })

  it('holds whatever condition it is laid over, and nobody who was erased is found', async () => {
    const found = await database
      .select({ tenant: customers.tenant, id: customers.id })
      .from(customers)
      .where(withinTenant('first', sql`0 OR 1`))
    expect(found.map(({ tenant, id }) => tenant + id).sort()).toEqual(rows.map(({ id }) => `first${id}`))
    expect(await find('first', parse('lastName = "Gone" or id = "9"'))).toEqual([])
  })
})

describe('a field', () => {
  const defined = (...path: string[]): Criteria => ({ kind: 'defined', path })
  it.each([
    [['passwordHash']],
    [['credentials']],
    [['tenant']],
    [['operationId']],
    [['accounts', 'passwordHash']],
    [['firstName', 'x']],
    [['constructor']],
    [['__proto__']],
    [[]],
    [['custom', 'x']],
    [['custom', 'fields', 'a"b']],
    [['custom', 'fields', 'a\\']],
    [['custom', 'fields', '']],
    [['mixins', 'a\u0000']],
    [['mixins', 'x'.repeat(257)]],
  ])('that has no place is refused: %j', (path) => {
    const failure = { ok: false, error: { kind: 'FieldUnknown', path } }
    expect(criteriaSql(defined(...path), customerPlaces('first'))).toEqual(failure)
    expect(customersOrder('first', [{ path, direction: 'ascending' }])).toEqual(failure)
    expect(criteriaSql({ kind: 'not', of: defined(...path) }, customerPlaces('first'))).toEqual(failure)
  })

  it.each([`x') OR 1=1 --`, '$', '$.id', '[0]', '*', 'a.b', "'", '`', 'ключ', ' '])(
    'with the odd name %j is no more than a name',
    async (name) => {
      expect(await find('first', defined('custom', 'fields', name))).toEqual([])
      expect(await find('first', { kind: 'not', of: defined('mixins', name, name) })).toHaveLength(
        rows.length,
      )
    },
  )
})

describe('the cost', () => {
  const places = customerPlaces('first')
  const compare = (path: string[], value: Value): Criteria => ({
    kind: 'compare',
    path,
    operator: '=',
    value,
  })
  const all = (count: number, path: string[]): Criteria => ({
    kind: 'or',
    of: Array.from({ length: count }, (_, index) => compare(path, String(index))),
  })

  it('in parameters is limited, and the limit is one that the database takes', async () => {
    expect(await find('first', all(parametersMax, ['id']))).toEqual(['1', '2', '3', '4', '5'])
    expect(criteriaSql(all(parametersMax + 1, ['id']), places)).toEqual({
      ok: false,
      error: { kind: 'CriteriaTooComplex', limit: 'parameters' },
    })
    const dynamic = ['custom', 'fields', 'x']
    expect(await find('first', all(parametersMax / 3, dynamic))).toEqual([])
    expect(criteriaSql(all(parametersMax / 3 + 1, dynamic), places).ok).toBe(false)
  })

  it('in nodes, levels and values is limited, and the limits are ones that the database takes', async () => {
    const wide: Criteria = {
      kind: 'and',
      of: Array.from({ length: criteriaLimits.nodes - 1 }, () => ({ kind: 'defined', path: ['lastName'] })),
    }
    expect(await find('first', wide)).toEqual(['1', '2', '3', '4'])
    const filler: Criteria = { kind: 'defined', path: ['id'] }
    const levels = (count: number) =>
      Array.from({ length: count }).reduce<Criteria>(
        (of, _, level) =>
          level % 2 ? { kind: 'and', of: [filler, filler, filler, filler, of] } : { kind: 'not', of },
        { kind: 'containsText', path: ['lastName'], at: 'whole', text: 'äöüéèêàâçñøåæþðý', ignoreCase: true },
      )
    expect(await find('first', levels(criteriaLimits.depth - 1))).toHaveLength(0)
    expect(criteriaSql(levels(criteriaLimits.depth), places)).toMatchObject({ error: { limit: 'depth' } })
    expect(criteriaSql({ kind: 'and', of: [wide, wide] }, places)).toMatchObject({
      error: { limit: 'nodes' },
    })
  })

  it('in letters to fold is limited', () => {
    const folded: Criteria = {
      kind: 'containsText',
      path: ['lastName'],
      at: 'anywhere',
      text: 'αβγδεζηθικλμνξοπρ',
      ignoreCase: true,
    }
    expect(criteriaSql(folded, places)).toMatchObject({ error: { limit: 'letters' } })
  })
})

describe('random criteria', () => {
  const word = fc.constantFrom(
    '',
    'a',
    'A',
    'b',
    'ä',
    'Ä',
    'ß',
    'aä',
    '\u{1f600}',
    '\uff5e',
    '5',
    'true',
    `'`,
    '"',
    '%',
    '\\',
  )
  const value: fc.Arbitrary<Value> = fc.oneof(word, fc.constantFrom(0, 1, 5, -1, 1.5, 1e300), fc.boolean())
  const loose: fc.Arbitrary<Json> = fc.oneof(
    value,
    fc.constant(null),
    fc.array(value, { maxLength: 3 }),
    fc.constant({ a: 'a' }),
  )
  const textField = fc.constantFrom('firstName', 'lastName', 'title')
  const person = fc.record({
    version: fc.integer({ min: 1, max: 5 }),
    profile: fc.dictionary(textField, word),
    verified: fc.boolean(),
    ids: fc.array(fc.constantFrom('a', 'b', '5'), { maxLength: 3 }),
    loose: fc.dictionary(fc.constantFrom('x', 'y', 'z'), loose),
    hasCustom: fc.boolean(),
    login: fc.option(fc.constantFrom('a', 'A', 'ä', 'Ä')),
    stores: fc.option(fc.array(fc.record({ key: word }), { maxLength: 2 })),
    addresses: fc.array(fc.dictionary(fc.constantFrom('city', 'country'), word), { maxLength: 3 }),
  })
  const people: Row[] = fc.sample(person, { numRuns: 40, seed: 7 }).map((one, index) => ({
    ...row(`${index + 10}`, one.login === null ? {} : { email: `${one.login}${index}@shop.example` }),
    ...one.profile,
    createdAt: day((index % 9) + 1),
    version: one.version,
    emailVerified: one.verified,
    shippingAddressIds: one.ids,
    ...(one.hasCustom ? { custom: { fields: one.loose } } : {}),
    ...(one.stores ? { stores: one.stores } : {}),
    addresses: one.addresses.map((address, position) => ({ ...address, id: `${position}` })),
  }))

  const leaf = (path: fc.Arbitrary<string[]>): fc.Arbitrary<Criteria> =>
    fc.oneof(
      fc.record({
        kind: fc.constant('compare' as const),
        path,
        operator: fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
        value,
      }),
      fc.record({ kind: fc.constant('oneOf' as const), path, values: fc.array(value, { maxLength: 4 }) }),
      fc.record({
        kind: fc.constant('contains' as const),
        path,
        quantifier: fc.constantFrom('all', 'any'),
        values: fc.array(value, { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        kind: fc.constant('containsText' as const),
        path,
        at: fc.constantFrom('anywhere', 'start', 'end', 'whole'),
        text: word,
        ignoreCase: fc.boolean(),
      }),
      fc.record({ kind: fc.constantFrom('defined' as const, 'empty' as const), path }),
    )
  const tree = (path: fc.Arbitrary<string[]>, more: fc.Arbitrary<Criteria>[] = []): fc.Arbitrary<Criteria> =>
    fc.letrec<{ node: Criteria }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        ...[leaf(path), ...more],
        fc.record({
          kind: fc.constantFrom('and' as const, 'or' as const),
          of: fc.array(tie('node'), { maxLength: 3 }),
        }),
        fc.record({ kind: fc.constant('not' as const), of: tie('node') }),
      ),
    })).node
  const some = (name: string, path: fc.Arbitrary<string[]>) =>
    fc.record({ kind: fc.constant('some' as const), path: fc.constant([name]), of: tree(path) })
  const anywhere = fc.oneof<fc.Arbitrary<string[]>[]>(
    textField.map((name) => [name]),
    fc.constantFrom('x', 'y', 'z', 'none').map((name) => ['custom', 'fields', name]),
    fc.constantFrom<string[]>(
      ['id'],
      ['version'],
      ['emailVerified'],
      ['shippingAddressIds'],
      ['email'],
      ['emailKey'],
      ['createdAt'],
    ),
    fc.constantFrom<string[]>(['custom'], ['custom', 'fields', 'x', 'a'], ['mixins', 'x']),
  )
  const criteria = tree(anywhere, [
    some('addresses', fc.constantFrom<string[]>(['city'], ['country'], ['id'], ['mobile'])),
    some('stores', fc.constant(['key'])),
  ])

  it('find in the database what they match in memory', async () => {
    await insert('random', people)
    let found = 0
    await fc.assert(
      fc.asyncProperty(criteria, async (wanted) => {
        const built = customersWhere('random', wanted)
        fc.pre(built.ok)
        const ids = await find('random', wanted)
        found += ids.length
        expect(ids).toEqual(people.filter((record) => matches(wanted, record)).map(({ id }) => id))
      }),
      { numRuns: 600 },
    )
    expect(found).toBeGreaterThan(1000)
  })
})
