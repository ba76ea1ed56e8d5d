/**
 * The `q` and `sort` parameters: what they are read as, the position of what cannot be read, and (T43) a bound on the work
 * that hostile input causes.
 */
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { customerFields } from '../../../../src/dialects/emporix/customer-fields.ts'
import { QueryCursor } from '../../../../src/dialects/emporix/query/query-cursor.ts'
import { parseQuery, queryLengthMax } from '../../../../src/dialects/emporix/query/query.ts'
import { parseSort } from '../../../../src/dialects/emporix/query/sort.ts'
import {
  exceededLimit,
  type Comparison,
  type Criteria,
  type TextPosition,
  type Value,
} from '../../../../src/domain/base/criteria.ts'

const parse = (text: string) => parseQuery(text, customerFields)

function failureOf(text: string): string {
  const parsed = parse(text)
  if (parsed.ok) throw new Error(`accepted: ${JSON.stringify(parsed.value)}`)
  expect(parsed.error).toMatchObject({ kind: 'MalformedParameter', parameter: 'q' })
  return parsed.error.message
}

const compare = (path: string, operator: Comparison, value: Value): Criteria => ({
  kind: 'compare',
  path: path.split('.'),
  operator,
  value,
})
const oneOf = (path: string, ...values: Value[]): Criteria => ({
  kind: 'oneOf',
  path: path.split('.'),
  values,
})
const contains = (path: string, ...values: Value[]): Criteria => ({
  kind: 'contains',
  path: path.split('.'),
  quantifier: 'any',
  values,
})
/** In a field whose type is not known: one of the values, or a list with one of them. */
const anyOf = (path: string, ...values: Value[]): Criteria =>
  or(oneOf(path, ...values), contains(path, ...values))
const like = (path: string, at: TextPosition, text: string): Criteria => ({
  kind: 'containsText',
  path: path.split('.'),
  at,
  text,
  ignoreCase: false,
})
const defined = (path: string): Criteria => ({ kind: 'defined', path: path.split('.') })
const empty = (path: string): Criteria => ({ kind: 'empty', path: [path] })
const some = (path: string, of: Criteria): Criteria => ({ kind: 'some', path: [path], of })
const not = (of: Criteria): Criteria => ({ kind: 'not', of })
const and = (...of: Criteria[]): Criteria => ({ kind: 'and', of })
const or = (...of: Criteria[]): Criteria => ({ kind: 'or', of })

describe('a query is read', () => {
  it.each<[string, Criteria | undefined]>([
    ['', undefined],
    [' \t\n', undefined],
    // Equality.
    ['firstName:John', compare('firstName', '=', 'John')],
    ['  firstName:John\n', compare('firstName', '=', 'John')],
    ['firstName:"John"', compare('firstName', '=', 'John')],
    ['firstName:"John Paul"', compare('firstName', '=', 'John Paul')],
    ['firstName:""', compare('firstName', '=', '')],
    ['firstName:"say \\"hi\\" \\\\ bye"', compare('firstName', '=', 'say "hi" \\ bye')],
    ['firstName:"(a,b):~>"', compare('firstName', '=', '(a,b):~>')],
    ['contactEmail:john.doe+x@shop.example', compare('contactEmail', '=', 'john.doe+x@shop.example')],
    ['photoUrl:https://cdn.example/a?b=c', compare('photoUrl', '=', 'https://cdn.example/a?b=c')],
    ['customerNumber:123', compare('id', '=', '123')],
    ['lastName:true', compare('lastName', '=', 'true')],
    ['lastName:"null"', compare('lastName', '=', 'null')],
    ['lastName:Null', compare('lastName', '=', 'Null')],
    ['company:Müller', compare('company', '=', 'Müller')],
    ['preferredLanguage:en_US', compare('language', '=', 'en-US')],
    ['b2b.companyRegistrationId:123-456', compare('companyRegistrationId', '=', '123-456')],
    ['active:true', compare('active', '=', true)],
    ['onHold:false', compare('onHold', '=', false)],
    ['metadata.version:3', compare('version', '=', 3)],
    ['metadata.version:-1.5e2', compare('version', '=', -150)],
    ['metadataCreatedAt:"2026-01-02"', compare('createdAt', '=', '2026-01-02T00:00:00.000Z')],
    ['metadata.createdAt:2026-01-02T10:00:00+02:00', compare('createdAt', '=', '2026-01-02T08:00:00.000Z')],
    // Comparisons and ranges.
    ['metadata.version:>3', compare('version', '>', 3)],
    ['metadata.version:<3', compare('version', '<', 3)],
    ['metadata.version:>=3', compare('version', '>=', 3)],
    ['metadata.version:<=3', compare('version', '<=', 3)],
    ['lastName:>M', compare('lastName', '>', 'M')],
    [
      'metadata.modifiedAt:>"2026-01-02T10:00:00.123Z"',
      compare('modifiedAt', '>', '2026-01-02T10:00:00.123Z'),
    ],
    ['metadata.version:(>=3 AND <=20)', and(compare('version', '>=', 3), compare('version', '<=', 20))],
    ['metadata.version:( > 3 AND < 20 )', and(compare('version', '>', 3), compare('version', '<', 20))],
    ['metadata.version:(>3)', compare('version', '>', 3)],
    [
      'lastLogin:(>="2026-01-01" AND <"2026-02-01")',
      and(
        compare('lastLoginAt', '>=', '2026-01-01T00:00:00.000Z'),
        compare('lastLoginAt', '<', '2026-02-01T00:00:00.000Z'),
      ),
    ],
    // Presence.
    ['company:exists', defined('company')],
    ['company:missing', not(defined('company'))],
    ['company:null', not(defined('company'))],
    ['mixins:exists', defined('mixins')],
    ['mixins.loyalty:missing', not(defined('mixins.loyalty'))],
    ['addresses:exists', not(empty('addresses'))],
    ['addresses:missing', not(not(empty('addresses')))],
    ['accounts:null', not(not(empty('accounts')))],
    // Lists.
    ['firstName:(John,Jane)', oneOf('firstName', 'John', 'Jane')],
    ['firstName:( "John Paul" , Jane )', oneOf('firstName', 'John Paul', 'Jane')],
    ['firstName:(John)', compare('firstName', '=', 'John')],
    ['firstName:(null,exists)', oneOf('firstName', 'null', 'exists')],
    ['metadata.version:(1,2)', oneOf('version', 1, 2)],
    ['active:(true,false)', oneOf('active', true, false)],
    // Patterns.
    ['company:~ABC', like('company', 'anywhere', 'ABC')],
    ['company:(~AB CD)', like('company', 'anywhere', 'AB CD')],
    ['company:~(AB CD)', like('company', 'anywhere', 'AB CD')],
    ['company:~^AB', like('company', 'start', 'AB')],
    ['company:~AB$', like('company', 'end', 'AB')],
    ['company:(~^AB CD$)', like('company', 'whole', 'AB CD')],
    ['company:~.*AB.*', like('company', 'anywhere', 'AB')],
    ['company:~^.*AB$', like('company', 'end', 'AB')],
    ['company:~^AB.*$', like('company', 'start', 'AB')],
    ['company:~.*', like('company', 'anywhere', '')],
    ['company:~^$', like('company', 'whole', '')],
    ['contactEmail:~@shop.example', like('contactEmail', 'anywhere', '@shop.example')],
    ['contactPhone:~\\+49', like('contactPhone', 'anywhere', '+49')],
    ['company:~(Engines \\(Ltd\\))', like('company', 'anywhere', 'Engines (Ltd)')],
    ['company:~a\\ b\\$', like('company', 'anywhere', 'a b$')],
    ['company:~%_', like('company', 'anywhere', '%_')],
    ['preferredLanguage:~^en_', like('language', 'start', 'en-')],
    // Mixins: what is not quoted may be text, number or truth value.
    ['mixins.loyalty.points:20', anyOf('mixins.loyalty.points', '20', 20)],
    ['mixins.loyalty.points:"20"', anyOf('mixins.loyalty.points', '20')],
    ['mixins.loyalty.vip:true', anyOf('mixins.loyalty.vip', 'true', true)],
    ['mixins.loyalty.level:(gold,1)', anyOf('mixins.loyalty.level', 'gold', '1', 1)],
    ['mixins.loyalty.points:>20', compare('mixins.loyalty.points', '>', 20)],
    ['mixins.loyalty.since:>"2026-01-01"', compare('mixins.loyalty.since', '>', '2026-01-01')],
    ['mixins.loyalty.since:>2026-01-01', compare('mixins.loyalty.since', '>', '2026-01-01')],
    ['mixins.loyalty.level:~old', like('mixins.loyalty.level', 'anywhere', 'old')],
    ['mixins.a-b_c.d:x', anyOf('mixins.a-b_c.d', 'x')],
    ['metadata.mixins.loyalty:exists', defined('mixinSchemas.loyalty')],
    // Lists of objects.
    ['accounts.id:ada@shop.example', some('accounts', compare('email', '=', 'ada@shop.example'))],
    ['addresses.city:(Bonn,Wien)', some('addresses', oneOf('city', 'Bonn', 'Wien'))],
    ['addresses.tags:BILLING', some('addresses', contains('tags', 'BILLING'))],
    ['addresses.state:exists', some('addresses', defined('state'))],
    ['addresses.state:missing', not(some('addresses', defined('state')))],
    ['addresses.mixins.floor.level:3', some('addresses', anyOf('mixins.floor.level', '3', 3))],
    // Several.
    ['firstName:a lastName:b', and(compare('firstName', '=', 'a'), compare('lastName', '=', 'b'))],
    [
      'firstName:(a,b)   company:~x\tactive:true',
      and(oneOf('firstName', 'a', 'b'), like('company', 'anywhere', 'x'), compare('active', '=', true)),
    ],
    ['firstName:a firstName:b', and(compare('firstName', '=', 'a'), compare('firstName', '=', 'b'))],
  ])('%s', (text, expected) => {
    expect(parse(text)).toEqual({ ok: true, value: expected })
  })
})

const pattern = `A pattern is a piece of text with '^', '$' or '.*' at its ends, and '\\' before other operators`

describe('what cannot be read is refused with its position', () => {
  it.each<[string, string, number]>([
    ['firstName', `':' is expected after the name of a field`, 10],
    ['firstName :a', `':' is expected after the name of a field`, 10],
    ['firstName=a', `The field 'firstName=a' does not exist`, 1],
    [':a', 'The name of a field is expected', 1],
    ['.firstName:a', 'The name of a field is expected', 1],
    ['b2b.:a', 'The name of a field is expected', 5],
    ['(firstName:a)', 'The name of a field is expected', 1],
    ['"firstName":a', 'The name of a field is expected', 1],
    ['firstName:', 'A value is expected', 11],
    ['firstName: a', 'A value is expected', 11],
    ['firstName:,', 'A value is expected', 11],
    ['firstName:)', 'A value is expected', 11],
    ['firstName:a,b', 'A space is expected', 12],
    ['firstName:a(b)', 'A space is expected', 12],
    ['firstName:a"b', 'A space is expected', 12],
    ['firstName:"a"b', 'A space is expected', 14],
    ['firstName:"a', 'The closing quote is missing', 13],
    ['firstName:"a\\"', 'The closing quote is missing', 15],
    ['firstName:"a\\n"', 'A backslash stands before a quote or a backslash only', 14],
    ['firstName:"a\\', 'A backslash stands before a quote or a backslash only', 14],
    ['firstName:()', 'A value is expected', 12],
    ['firstName:(', 'A value is expected', 12],
    ['firstName:(a', `',' or ')' is expected`, 13],
    ['firstName:(a b)', `',' or ')' is expected`, 14],
    ['firstName:(a,)', 'A value is expected', 14],
    ['firstName:(a,(b))', 'A value is expected', 14],
    ['firstName:((a))', 'A value is expected', 12],
    ['metadata.version:(>1 <2)', `'AND' or ')' is expected`, 22],
    ['metadata.version:(>1 OR <2)', `'AND' or ')' is expected`, 22],
    ['metadata.version:(>1 AND 2)', `'>', '<', '>=' or '<=' is expected`, 26],
    ['metadata.version:(>1 AND <2', `'AND' or ')' is expected`, 28],
    ['metadata.version:>', 'A value is expected', 19],
    ['metadata.version:>>1', `The value is not valid for the field 'metadata.version'`, 19],
    ['company:~', 'A pattern is expected', 10],
    ['company:~ a', 'A pattern is expected', 10],
    ['company:~()', 'A pattern is expected', 11],
    ['company:~(a', `')' is expected`, 12],
    ['company:~a b', `The field 'b' does not exist`, 12],
    // The other operators of regular expressions.
    ['company:~a.*b', pattern, 13],
    ['company:~a+', pattern, 11],
    ['company:~a*', pattern, 11],
    ['company:~a?', pattern, 11],
    ['company:~[ab]', pattern, 10],
    ['company:~a{2}', pattern, 11],
    ['company:~a|b', pattern, 11],
    ['company:~(?i)a', pattern, 11],
    ['company:~\\.*', pattern, 12],
    ['company:~((a))', pattern, 11],
    ['company:~(a+)+$', pattern, 12],
    ['company:~a^b', pattern, 11],
    ['company:~a$b', pattern, 12],
    ['company:~\\d', pattern, 11],
    ['company:~a\\', pattern, 12],
    ['company:~a)', pattern, 11],
    // Fields.
    ['nothing:1', `The field 'nothing' does not exist`, 1],
    ['firstName:a nothing:1', `The field 'nothing' does not exist`, 13],
    ['FirstName:a', `The field 'FirstName' does not exist`, 1],
    ['password:a', `The field 'password' does not exist`, 1],
    ['passwordHash:exists', `The field 'passwordHash' does not exist`, 1],
    ['credentials.revision:1', `The field 'credentials.revision' does not exist`, 1],
    ['accounts.passwordHash:exists', `The field 'accounts.passwordHash' does not exist`, 1],
    ['tenant:acme', `The field 'tenant' does not exist`, 1],
    ['constructor:a', `The field 'constructor' does not exist`, 1],
    ['__proto__:exists', `The field '__proto__' does not exist`, 1],
    ['firstName.de:a', `The field 'firstName.de' does not exist`, 1],
    ['addresses.town:a', `The field 'addresses.town' does not exist`, 1],
    [`mixins.a'b:1`, `The field 'mixins.a'b' does not exist`, 1],
    [`mixins.${'a.'.repeat(30)}b:1`, `The field 'mixins.${'a.'.repeat(30)}b' does not exist`, 1],
    ['compoundLogicalQuery:((a:b) OR (c:d))', `The field 'compoundLogicalQuery' does not exist`, 1],
    ['metadata:exists', `The field 'metadata' is a group of fields`, 1],
    ['b2b:null', `The field 'b2b' is a group of fields`, 1],
    ['addresses:a', `The field 'addresses' cannot be asked for in this way`, 1],
    ['mixins:a', `The field 'mixins' cannot be asked for in this way`, 1],
    ['addresses.tags:>a', `The field 'addresses.tags' cannot be asked for in this way`, 1],
    ['addresses.tags:~a', `The field 'addresses.tags' cannot be asked for in this way`, 1],
    ['metadata.version:~1', `The field 'metadata.version' cannot be asked for in this way`, 1],
    ['active:~t', `The field 'active' cannot be asked for in this way`, 1],
    ['metadataCreatedAt:~2026', `The field 'metadataCreatedAt' cannot be asked for in this way`, 1],
    // Values.
    ['active:yes', `The value is not valid for the field 'active'`, 8],
    ['active:"true"', `The value is not valid for the field 'active'`, 8],
    ['active:1', `The value is not valid for the field 'active'`, 8],
    ['active:(true,maybe)', `The value is not valid for the field 'active'`, 14],
    ['metadata.version:abc', `The value is not valid for the field 'metadata.version'`, 18],
    ['metadata.version:"1"', `The value is not valid for the field 'metadata.version'`, 18],
    ['metadata.version:1e999', `The value is not valid for the field 'metadata.version'`, 18],
    ['metadata.version:0x10', `The value is not valid for the field 'metadata.version'`, 18],
    ['metadataCreatedAt:yesterday', `The value is not valid for the field 'metadataCreatedAt'`, 19],
    ['metadataCreatedAt:>"2026-13-01"', `The value is not valid for the field 'metadataCreatedAt'`, 20],
    ['metadata.createdAt:1', `The value is not valid for the field 'metadata.createdAt'`, 20],
  ])('%s', (text, reason, position) => {
    expect(failureOf(text)).toBe(`${reason}, at position ${position}.`)
  })

  it('also where the value is no text at all', () => {
    for (const value of ['"a\u0000"', '\ud800', '(a,\udc00)', '~\u0000'])
      expect(failureOf(`firstName:${value}`)).toMatch(
        /^The value is not valid for the field 'firstName', at position 1\d\.$/,
      )
  })
})

describe('hostile input', () => {
  afterEach(() => void vi.restoreAllMocks())

  /** How often the parser looks at a letter. */
  function looksAt(text: string): number {
    const peek = vi.spyOn(QueryCursor.prototype, 'peek').mockClear()
    parse(text)
    return peek.mock.calls.length
  }

  const megabyte = 1024 * 1024

  it.each<[string, string, RegExp]>([
    ['a megabyte of text', `company:"${'x'.repeat(megabyte)}"`, /longer than 10000 .* at position 10001/],
    ['a megabyte of blanks', ' '.repeat(megabyte), /longer than 10000/],
    ['ten thousand brackets', '('.repeat(10_000), /name of a field/],
    [
      'ten thousand brackets for a value',
      `company:${'('.repeat(9_000)}`,
      /A value is expected, at position 10/,
    ],
    ['ten thousand brackets for a pattern', `company:~${'('.repeat(9_000)}`, /A pattern is/],
    ['a catastrophic pattern', `company:(~${'(a+)+'.repeat(1000)}$)`, /A pattern is/],
    ['a chain of gaps', `company:~${'.*a'.repeat(3000)}`, /A pattern is/],
    ['two hundred clauses', 'firstName:a '.repeat(201), /at most 200 conditions/],
    ['a range without end', `metadata.version:(>1${' AND >1'.repeat(300)})`, /at most 200 conditions/],
    ['more values than may be', `id:(${Array.from({ length: 501 }, () => '1').join()})`, /500 values/],
    ['values of many lists', `id:(${Array.from({ length: 90 }, () => '1').join()}) `.repeat(6), /500 values/],
    ['a long path', `mixins${'.a'.repeat(4900)}:1`, /does not exist/],
    ['a long name', `${'x'.repeat(9000)}:1`, /does not exist/],
    ['a long number', `metadata.version:${'9'.repeat(9000)}`, /not valid/],
    ['an open quote', `company:"${'\\"'.repeat(4900)}`, /closing quote/],
  ])('of %s is refused after a bounded number of steps', (_name, text, reason) => {
    expect(failureOf(text)).toMatch(reason)
    expect(looksAt(text)).toBeLessThan(12 * Math.min(text.length, queryLengthMax) + 100)
  })

  it('is not looked at when it is too long', () => {
    expect(looksAt('('.repeat(queryLengthMax + 1))).toBe(0)
    expect(parse(`company:${'x'.repeat(queryLengthMax - 8)}`).ok).toBe(true)
  })

  it('costs as many steps as it has letters', () => {
    const steps = (count: number) => looksAt('firstName:(a,"b") company:(~a b) '.repeat(count))
    const [few, many] = [steps(10), steps(40)]
    expect(many / few).toBeLessThan(4.2)
  })

  it('never gets another answer than criteria within the limits or a sentence with a position', () => {
    const token = fc.constantFrom(
      ...[
        'firstName',
        'metadata.version',
        'mixins.a',
        'addresses.city',
        'addresses.tags',
        'active',
        'x',
        'é',
      ],
      ...[
        ':',
        ':',
        ':',
        '"',
        '(',
        ')',
        ',',
        '~',
        '>',
        '<=',
        '^',
        '$',
        '.*',
        '.',
        '\\',
        ' ',
        '\n',
        ';',
        "'",
        '--',
      ],
      ...['AND', 'null', 'exists', 'missing', 'true', '1', '2026-01-01', '"a b"'],
    )
    const sentence = fc.array(token, { maxLength: 30 }).map((tokens) => tokens.join(''))
    fc.assert(
      fc.property(fc.oneof(sentence, fc.string({ unit: 'binary' })), (text) => {
        const parsed = parse(text)
        if (parsed.ok) expect(parsed.value && exceededLimit(parsed.value)).toBeUndefined()
        else {
          const position = Number(/, at position (\d+)\.$/.exec(parsed.error.message)?.[1])
          expect(position).toBeGreaterThan(0)
          expect(position).toBeLessThanOrEqual(text.length + 1)
        }
      }),
      { numRuns: 3000 },
    )
  })
})

describe('an order', () => {
  const key = (path: string, direction: 'ascending' | 'descending' = 'ascending') => ({
    path: path.split('.'),
    direction,
  })

  it.each<[string, object[]]>([
    ['', []],
    ['lastName', [key('lastName')]],
    ['lastName:asc', [key('lastName')]],
    ['lastName:DESC', [key('lastName', 'descending')]],
    ['lastName,firstName:desc', [key('lastName'), key('firstName', 'descending')]],
    [' lastName:asc , metadata.createdAt:desc ', [key('lastName'), key('createdAt', 'descending')]],
    ['customerNumber', [key('id')]],
    ['preferredLanguage', [key('language')]],
    ['metadata.version', [key('version')]],
    ['mixins.loyalty.points:desc', [key('mixins.loyalty.points', 'descending')]],
  ])('%j is read', (text, keys) => {
    expect(parseSort(text, customerFields)).toEqual({ ok: true, value: keys })
  })

  it.each<[string, string, number]>([
    ['nothing', `The field 'nothing' cannot be sorted by`, 1],
    ['lastName,nothing:asc', `The field 'nothing' cannot be sorted by`, 10],
    ['passwordHash', `The field 'passwordHash' cannot be sorted by`, 1],
    ['constructor', `The field 'constructor' cannot be sorted by`, 1],
    ['addresses', `The field 'addresses' cannot be sorted by`, 1],
    ['addresses.city', `The field 'addresses.city' cannot be sorted by`, 1],
    ['accounts.id', `The field 'accounts.id' cannot be sorted by`, 1],
    ['mixins', `The field 'mixins' cannot be sorted by`, 1],
    ['metadata', `The field 'metadata' cannot be sorted by`, 1],
    ['mixins.a;b', `The field 'mixins.a;b' cannot be sorted by`, 1],
    ['lastName:up', `'asc' or 'desc' is expected`, 10],
    ['lastName:', `'asc' or 'desc' is expected`, 10],
    ['lastName:firstName', `'asc' or 'desc' is expected`, 10],
    ['lastName desc', `',' or the end is expected`, 10],
    ['lastName,', 'The name of a field is expected', 10],
    [',lastName', 'The name of a field is expected', 1],
    ['lastName:asc:desc', `'asc' or 'desc' is expected`, 10],
    [Array.from({ length: 11 }, () => 'id').join(), 'At most 10 fields can be sorted by', 31],
    ['x'.repeat(1001), 'The order is longer than 1000 characters', 1001],
  ])('%s is refused', (text, reason, position) => {
    expect(parseSort(text, customerFields)).toEqual({
      ok: false,
      error: {
        kind: 'MalformedParameter',
        parameter: 'sort',
        message: `${reason}, at position ${position}.`,
      },
    })
  })
})
