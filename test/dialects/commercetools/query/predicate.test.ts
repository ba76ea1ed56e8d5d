/**
 * The `where` and `sort` parameters: what they are read as, the vendor's sentence with line and column for what cannot be
 * read, and (T43) a bound on the work that hostile input causes.
 */
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { customerFields } from '../../../../src/dialects/commercetools/customer-fields.ts'
import { ParameterCursor } from '../../../../src/dialects/commercetools/query/predicate-cursor.ts'
import {
  parsePredicates,
  predicateLengthMax,
} from '../../../../src/dialects/commercetools/query/predicate.ts'
import { parseSort } from '../../../../src/dialects/commercetools/query/sort.ts'
import {
  exceededLimit,
  type Comparison,
  type Criteria,
  type Value,
} from '../../../../src/domain/base/criteria.ts'

const variables = new Map([
  ['one', ['1']],
  ['many', ['a', 'b']],
  ['when', ['2026-01-02']],
])

const parse = (...predicates: string[]) => parsePredicates(predicates, customerFields, variables)

function failureOf(...predicates: string[]) {
  const parsed = parse(...predicates)
  if (parsed.ok) throw new Error(`accepted: ${JSON.stringify(parsed.value)}`)
  return parsed.error
}

const compare = (path: string, operator: Comparison, value: Value): Criteria => ({
  kind: 'compare',
  path: path.split('.'),
  operator,
  value,
})
const a = compare('firstName', '=', 'a')
const b = compare('lastName', '=', 'b')
const c = compare('version', '>', 1)
const not = (of: Criteria): Criteria => ({ kind: 'not', of })
const and = (...of: Criteria[]): Criteria => ({ kind: 'and', of })
const or = (...of: Criteria[]): Criteria => ({ kind: 'or', of })

describe('a predicate is read', () => {
  it.each<[string, Criteria]>([
    ['firstName="a"', a],
    ['  firstName\t=\n"a"\r\n', a],
    ['((firstName = "a"))', a],
    ['firstName="a" and lastName="b" or version>1', or(and(a, b), c)],
    ['version>1 or firstName="a" and lastName="b"', or(c, and(a, b))],
    ['(version>1 or firstName="a")and(lastName="b")', and(or(c, a), b)],
    ['firstName="a" and (lastName="b" and (version>1))', and(a, b, c)],
    ['not(firstName="a") and not lastName="b"', and(not(a), not(b))],
    ['not (firstName="a" or lastName="b")', not(or(a, b))],
    ['NOT(firstName="a") AND lastName="b"', and(not(a), b)],
    ['version>1and firstName="a"', and(c, a)],
    ['version<>-1.5e+2', compare('version', '!=', -150)],
    ['version != 0', compare('version', '!=', 0)],
    ['version>=:one', compare('version', '>=', 1)],
    ['isEmailVerified = TRUE', compare('emailVerified', '=', true)],
    ['createdAt < :when', compare('createdAt', '<', '2026-01-02T00:00:00.000Z')],
    ['createdAt < "2026-01-02T10:00:00"', compare('createdAt', '<', '2026-01-02T10:00:00.000Z')],
    [
      'lastModifiedAt > "2026-01-02T10:00:00.123456+02:00"',
      compare('modifiedAt', '>', '2026-01-02T08:00:00.123Z'),
    ],
    [String.raw`key="\"\\\/\b\f\n\r\t\u00fc"`, compare('key', '=', '"\\/\b\f\n\r\t\u00fc')],
    ['key="it\'s (all) = text"', compare('key', '=', "it's (all) = text")],
    ['`key`="x"', compare('key', '=', 'x')],
    ['locale in ("a" , :many,"c")', { kind: 'oneOf', path: ['language'], values: ['a', 'a', 'b', 'c'] }],
    ['key not in :many', not({ kind: 'oneOf', path: ['key'], values: ['a', 'b'] })],
    [
      'shippingAddressIds contains all :many',
      { kind: 'contains', path: ['shippingAddressIds'], quantifier: 'all', values: ['a', 'b'] },
    ],
    [
      'billingAddressIds contains any("x")',
      { kind: 'contains', path: ['billingAddressIds'], quantifier: 'any', values: ['x'] },
    ],
    ['shippingAddressIds is empty', { kind: 'empty', path: ['shippingAddressIds'] }],
    ['addresses is not empty', not({ kind: 'empty', path: ['addresses'] })],
    ['companyName is defined', { kind: 'defined', path: ['company'] }],
    ['custom is not defined', not({ kind: 'defined', path: ['custom'] })],
    [
      'email Matches Ignore Case "X"',
      { kind: 'containsText', path: ['email'], at: 'whole', text: 'X', ignoreCase: true },
    ],
    ['lowercaseEmail = "x"', compare('emailKey', '=', 'x')],
    ['customerGroup(id="x")', compare('customerGroup.id', '=', 'x')],
    ['custom(type(id="x"))', compare('custom.type.id', '=', 'x')],
    [
      'custom(fields(f-1="x" and `g`=1))',
      and(compare('custom.fields.f-1', '=', 'x'), compare('custom.fields.g', '=', 1)),
    ],
    ['custom(fields(name(de="x")))', compare('custom.fields.name.de', '=', 'x')],
    ['custom(fields(f=:one))', or(compare('custom.fields.f', '=', '1'), compare('custom.fields.f', '=', 1))],
    ['custom(fields(f in :one))', { kind: 'oneOf', path: ['custom', 'fields', 'f'], values: ['1', 1] }],
    ['stores(key="x")', { kind: 'some', path: ['stores'], of: compare('key', '=', 'x') }],
    [
      'addresses(streetName="x" and not(additionalStreetInfo is defined))',
      {
        kind: 'some',
        path: ['addresses'],
        of: and(compare('street', '=', 'x'), not({ kind: 'defined', path: ['streetAppendix'] })),
      },
    ],
    [
      'addresses(custom(fields(f=1)))',
      { kind: 'some', path: ['addresses'], of: compare('custom.fields.f', '=', 1) },
    ],
  ])('%s', (predicate, criteria) => {
    expect(parse(predicate)).toEqual({ ok: true, value: criteria })
  })

  it('together with the others of the request, all of which have to hold', () => {
    expect(parse()).toEqual({ ok: true, value: undefined })
    expect(parse('firstName="a"', 'lastName="b" or version>1')).toEqual({ ok: true, value: and(a, or(b, c)) })
  })
})

describe('bad syntax is worded as the vendor does', () => {
  // The first ones are recorded answers.
  it.each<[string, string, number]>([
    [
      'invalid',
      'Unexpected end of input, expected SphereIdentifierChar, comparison operator, not, in, contains, is, within or matches',
      8,
    ],
    ['id in ()', `Invalid input ')', expected input parameter or primitive value`, 8],
    ['firstName ilike "sofia%" or lastName ilike "sofia%"', `Invalid input 'l', expected 'n' or 's'`, 12],
    ['key in ("a-18"-blue")', `Invalid input '-', expected comma or ')'`, 15],
    ['firstName=nomatch', `Invalid input 'n', expected input parameter or primitive value`, 11],
    ['', `Unexpected end of input, expected SphereIdentifierChar, not or '('`, 1],
    ['   ', `Unexpected end of input, expected SphereIdentifierChar, not or '('`, 4],
    [
      'firstName ',
      'Unexpected end of input, expected comparison operator, not, in, contains, is, within or matches',
      11,
    ],
    [
      'firstName like "x"',
      `Invalid input 'l', expected comparison operator, not, in, contains, is, within or matches`,
      11,
    ],
    [
      'firstName?"x"',
      `Invalid input '?', expected SphereIdentifierChar, comparison operator, not, in, contains, is, within or matches`,
      10,
    ],
    ['firstName == "x"', `Invalid input '=', expected input parameter or primitive value`, 12],
    ['firstName = ', 'Unexpected end of input, expected input parameter or primitive value', 13],
    [`firstName = 'x'`, `Invalid input ''', expected input parameter or primitive value`, 13],
    ['firstName = "x', `Unexpected end of input, expected '"'`, 15],
    ['firstName = "x\\', 'Unexpected end of input, expected EscapedCharacter or EscapedUnicode', 16],
    ['firstName = "\\q"', `Invalid input 'q', expected EscapedCharacter or EscapedUnicode`, 15],
    ['firstName = "\\u12g4"', `Invalid input 'u', expected EscapedCharacter or EscapedUnicode`, 15],
    ['firstName = :', 'Unexpected end of input, expected SphereIdentifierChar', 14],
    ['version = -', `Invalid input '-', expected input parameter or primitive value`, 11],
    ['version = 1.', 'Unexpected end of input, expected Digits', 13],
    ['version = 1e', 'Unexpected end of input, expected Digits', 13],
    ['version = 1 2', `Invalid input '2', expected and, or or end of input`, 13],
    ['version = 1 an lastName = "b"', `Invalid input ' ', expected 'd'`, 15],
    ['version = 1; version = 2', `Invalid input ';', expected and, or or end of input`, 12],
    ['version = 1 -- x', `Invalid input '-', expected and, or or end of input`, 13],
    ['version = 1 /* x */', `Invalid input '/', expected and, or or end of input`, 13],
    ['version = 1 and', `Unexpected end of input, expected SphereIdentifierChar, not or '('`, 16],
    ['(version = 1', `Unexpected end of input, expected and, or or ')'`, 13],
    ['version = 1)', `Invalid input ')', expected and, or or end of input`, 12],
    ['name())))', `Invalid input ')', expected SphereIdentifierChar, not or '('`, 6],
    ['id in "a"', `Invalid input '"', expected input parameter or '('`, 7],
    ['id in ("a", )', `Invalid input ')', expected input parameter or primitive value`, 13],
    ['id not "a"', `Invalid input '"', expected in`, 8],
    ['id is', 'Unexpected end of input, expected not, empty or defined', 6],
    ['id is not', 'Unexpected end of input, expected empty or defined', 10],
    ['id is dead', `Invalid input 'a', expected 'f'`, 9],
    ['shippingAddressIds contains ("a")', `Invalid input '(', expected all or any`, 29],
    ['id matches "a"', `Invalid input '"', expected ignore`, 12],
    ['id matches ignore "a"', `Invalid input '"', expected case`, 19],
    ['`firstName = "x"', "Unexpected end of input, expected '`'", 17],
    ['``="x"', "Invalid input '`', expected SphereIdentifierChar", 2],
    [
      'where 1=1 or "a"="a',
      `Invalid input '1', expected comparison operator, not, in, contains, is, within or matches`,
      7,
    ],
    // Before anything is said about the field.
    ['nothing = 1 and', `Unexpected end of input, expected SphereIdentifierChar, not or '('`, 16],
  ])('%s', (predicate, reason, column) => {
    const lead = `Malformed parameter: where: Syntax error while parsing 'where'. ${reason}`
    expect(failureOf(predicate)).toEqual({
      kind: 'MalformedParameter',
      parameter: 'where',
      line: 1,
      column,
      message: `${lead} (line 1, column ${column}):\n${predicate}\n${' '.repeat(column - 1)}^`,
    })
  })

  it('with the line, and no more than the line', () => {
    expect(failureOf('version = 1\nand\n  id ! "x"\nor id = "y"')).toMatchObject({ line: 3, column: 6 })
    expect(failureOf('version = 1\nand\n  id ! "x"\nor id = "y"').message).toMatch(
      /\(line 3, column 6\):\n {2}id ! "x"\n {5}\^$/,
    )
    expect(failureOf('\n')).toMatchObject({ line: 2, column: 1 })
    expect(failureOf('\nid')).toMatchObject({ line: 2, column: 3 })
  })

  it('without the line when that is very long', () => {
    const { message, column } = failureOf(`id = "${'x'.repeat(5000)}" x`)
    expect(message).toMatch(/column 5009\):$/)
    expect(column).toBe(5009)
  })
})

describe('what a field cannot be asked is refused', () => {
  it.each<[string, string, number]>([
    ['nothing = 1', `The field 'nothing' does not exist.`, 1],
    ['id = "1" and (orSomething = "x")', `The field 'orSomething' does not exist.`, 15],
    ['FirstName = "x"', `The field 'FirstName' does not exist.`, 1],
    ['passwordHash = "x"', `The field 'passwordHash' does not exist.`, 1],
    ['password is defined', `The field 'password' does not exist.`, 1],
    ['tenant = "x"', `The field 'tenant' does not exist.`, 1],
    ['emailKey = "x"', `The field 'emailKey' does not exist.`, 1],
    ['constructor = "x"', `The field 'constructor' does not exist.`, 1],
    ['__proto__ is defined', `The field '__proto__' does not exist.`, 1],
    ['addresses(town = "x")', `The field 'town' does not exist.`, 11],
    ['addresses(street = "x")', `The field 'street' does not exist.`, 11],
    ['firstName(x = 1)', `The field 'x' does not exist.`, 11],
    ['customerGroup(key = "x")', `The field 'key' does not exist.`, 15],
    ['custom(x = 1)', `The field 'x' does not exist.`, 8],
    ['custom(fields(`a"b` = 1))', `The field 'a"b' does not exist.`, 15],
    ['`id" or 1=1` = "x"', `The field 'id" or 1=1' does not exist.`, 1],
    ['addresses = "x"', `The field 'addresses' does not support this expression.`, 1],
    ['custom = "x"', `The field 'custom' does not support this expression.`, 1],
    ['shippingAddressIds = "x"', `The field 'shippingAddressIds' does not support this expression.`, 1],
    ['shippingAddressIds in ("x")', `The field 'shippingAddressIds' does not support this expression.`, 1],
    ['firstName contains any ("x")', `The field 'firstName' does not support this expression.`, 1],
    ['firstName is empty', `The field 'firstName' does not support this expression.`, 1],
    ['version matches ignore case "x"', `The field 'version' does not support this expression.`, 1],
    ['id within circle(13.37770, 52.51627, 1000)', `The field 'id' does not support this expression.`, 1],
    ['geo within circle(13.37770, 52.51627, 1000)', `The field 'geo' does not exist.`, 1],
    ['version = "1"', `The value '1' is not valid for field 'version'.`, 11],
    ['version = 1e999', `The value 'Infinity' is not valid for field 'version'.`, 11],
    ['firstName = 1', `The value '1' is not valid for field 'firstName'.`, 13],
    ['isEmailVerified = "true"', `The value 'true' is not valid for field 'isEmailVerified'.`, 19],
    ['createdAt > "yesterday"', `The value 'yesterday' is not valid for field 'createdAt'.`, 13],
    ['createdAt > "2026-13-01"', `The value '2026-13-01' is not valid for field 'createdAt'.`, 13],
    ['firstName = "\\u0000"', `The value '\u0000' is not valid for field 'firstName'.`, 13],
    ['firstName = "\\ud800"', `The value '\ud800' is not valid for field 'firstName'.`, 13],
    ['id in ("a", 2)', `The value '2' is not valid for field 'id'.`, 13],
    ['firstName = :unknown', 'Missing parameter value for unknown', 13],
    ['id in :unknown', 'Missing parameter value for unknown', 7],
    ['shippingAddressIds contains all :unknown', 'Missing parameter value for unknown', 33],
    ['firstName = :many', `The field 'firstName' is compared with one value.`, 13],
    ['firstName matches ignore case :many', `The field 'firstName' is compared with one value.`, 31],
    ['version = :many', `The field 'version' is compared with one value.`, 11],
  ])('%s', (predicate, reason, column) => {
    expect(failureOf(predicate)).toEqual({
      kind: 'MalformedParameter',
      parameter: 'where',
      message: `Malformed parameter: where: ${reason}`,
      line: 1,
      column,
    })
  })
})

describe('hostile input', () => {
  afterEach(() => vi.restoreAllMocks())

  /** How often the parser looks at a letter. */
  function looksAt(predicate: string): number {
    const peek = vi.spyOn(ParameterCursor.prototype, 'peek')
    parse(predicate)
    return peek.mock.calls.length
  }

  const megabyte = 1024 * 1024

  it.each<[string, string, RegExp]>([
    ['a megabyte of text', `key = "${'x'.repeat(megabyte)}"`, /longer than 10000/],
    ['a megabyte of blanks', ' '.repeat(megabyte), /longer than 10000/],
    ['ten thousand brackets', '('.repeat(10_000), /too complex/],
    ['ten thousand brackets and a condition', `${'('.repeat(4990)}id="1"${')'.repeat(4990)}`, /too complex/],
    ['a bracket too many', `${'('.repeat(101)}id="1"${')'.repeat(101)}`, /too complex/],
    ['ten thousand negations', 'not '.repeat(2500), /too complex/],
    ['negations one in the other', `${'not('.repeat(20)}id="1"${')'.repeat(20)}`, /too complex/],
    ['ten thousand levels', 'addresses('.repeat(1000), /too complex/],
    ['a thousand ANDs', `id="1"${' and id="1"'.repeat(900)}`, /too complex/],
    ['a thousand ORs', `id="1"${' or id="1"'.repeat(900)}`, /too complex/],
    ['more values than may be', `id in (${Array.from({ length: 501 }, () => '"1"').join()})`, /too complex/],
    ['a long name', 'x'.repeat(9999), /Unexpected end of input/],
    ['a long unknown name', `${'x'.repeat(9000)}=1`, /does not exist/],
    ['a long number', `version = ${'9'.repeat(9000)}`, /not valid/],
    ['an open quote', `id = "${'\\"'.repeat(4900)}`, /Unexpected end of input/],
    ['an open back quote', `\`${'x'.repeat(9900)}`, /Unexpected end of input/],
    ['no letter at all', '\u0000', /Invalid input/],
  ])('of %s is refused after a bounded number of steps', (_name, predicate, reason) => {
    expect(failureOf(predicate).message).toMatch(reason)
    expect(looksAt(predicate)).toBeLessThan(12 * Math.min(predicate.length, predicateLengthMax) + 100)
  })

  it('is not looked at when it is too long, in one parameter or in all of them together', () => {
    expect(looksAt('('.repeat(predicateLengthMax + 1))).toBe(0)
    const half = `key = "${'x'.repeat(predicateLengthMax / 2)}"`
    expect(parse(half).ok).toBe(true)
    expect(failureOf(half, half).message).toMatch(/longer than/)
    const many = Array.from({ length: 201 }, () => 'id="1"')
    expect(failureOf(...many).message).toMatch(/too complex/)
  })

  it('costs as many steps as it has letters', () => {
    const condition = ' or firstName = "x" and version not in (1, 2, 3)'
    const steps = (count: number) => looksAt(`id = "1"${condition.repeat(count)}`)
    const [few, many] = [steps(10), steps(40) - steps(0)]
    expect(many / few).toBeLessThan(4.2)
  })

  it('never gets another answer than criteria within the limits or a sentence with a place', () => {
    const token = fc.constantFrom(
      ...[
        '(',
        ')',
        '"',
        '\\',
        '`',
        ',',
        ':',
        ' ',
        '\n',
        '=',
        '!=',
        '<',
        '>',
        '-',
        '1',
        '.',
        'e',
        '"x"',
        ':one',
        'é',
      ],
      ...[
        'not',
        'in',
        'is',
        'and',
        'or',
        'contains',
        'any',
        'all',
        'empty',
        'defined',
        'matches ignore case',
        'true',
      ],
      ...[
        'id',
        'version',
        'addresses',
        'city',
        'custom',
        'fields',
        'shippingAddressIds',
        "'",
        ';',
        '--',
        '/*',
      ],
    )
    const sentence = fc.array(token, { maxLength: 30 }).map((tokens) => tokens.join(''))
    const spaced = fc.array(token, { maxLength: 30 }).map((tokens) => tokens.join(' '))
    fc.assert(
      fc.property(fc.oneof(sentence, spaced, fc.string({ unit: 'binary' })), (predicate) => {
        const parsed = parse(predicate)
        if (parsed.ok) expect(parsed.value && exceededLimit(parsed.value)).toBeUndefined()
        else {
          const { message, line, column } = parsed.error
          expect(message).toMatch(/^Malformed parameter: where: /)
          expect(line).toBeGreaterThan(0)
          expect(line).toBeLessThanOrEqual(predicate.split('\n').length)
          expect(column).toBeLessThanOrEqual((predicate.split('\n')[line - 1]?.length ?? 0) + 1)
          expect(column).toBeGreaterThan(0)
        }
      }),
      { numRuns: 3000 },
    )
  })
})

describe('a sort expression', () => {
  it.each<[string, string[], 'ascending' | 'descending']>([
    ['id', ['id'], 'ascending'],
    ['id asc', ['id'], 'ascending'],
    ['createdAt desc', ['createdAt'], 'descending'],
    [' lastModifiedAt  DESC ', ['modifiedAt'], 'descending'],
    ['lowercaseEmail', ['emailKey'], 'ascending'],
    ['customerGroup.id desc', ['customerGroup', 'id'], 'descending'],
    ['custom.fields.points', ['custom', 'fields', 'points'], 'ascending'],
  ])('%s', (sort, path, direction) => {
    expect(parseSort([sort], customerFields)).toEqual({ ok: true, value: [{ path, direction }] })
  })

  it.each<[string, RegExp, number]>([
    [
      '',
      /Syntax error while parsing 'sort'\. Unexpected end of input, expected SphereIdentifierChar \(line 1, column 1\)/,
      1,
    ],
    ['id up', /Invalid input 'u', expected asc or desc \(line 1, column 4\):\nid up\n {3}\^$/, 4],
    ['id asc, key', /Invalid input ',', expected end of input/, 7],
    ['id;', /Invalid input ';', expected SphereIdentifierChar, '\.' or end of input/, 3],
    ['id.', /Unexpected end of input, expected SphereIdentifierChar/, 4],
    ['id desc --', /Invalid input '-'/, 9],
    [
      'nothing',
      /^Malformed parameter: sort: Invalid query field 'nothing' in sort path\. Sortable fields are: `authenticationMode`, `companyName`, .*`version`\.$/,
      1,
    ],
    ['passwordHash', /Invalid query field 'passwordHash'/, 1],
    ['constructor', /Invalid query field 'constructor'/, 1],
    ['addresses', /Invalid query field 'addresses'/, 1],
    ['addresses.city', /Invalid query field 'addresses.city'/, 1],
    ['shippingAddressIds', /Invalid query field/, 1],
    ['customerGroup', /Invalid query field/, 1],
    ['custom.fields', /Invalid query field/, 1],
    ['custom.fields.`a"b`', /Invalid query field/, 1],
    ['id.x', /Invalid query field/, 1],
    ['x'.repeat(1001), /longer than 1000/, 1],
  ])('%s is refused', (sort, message, column) => {
    const parsed = parseSort([sort], customerFields)
    expect(parsed).toMatchObject({
      ok: false,
      error: { kind: 'MalformedParameter', parameter: 'sort', line: 1, column },
    })
    expect(parsed.ok ? '' : parsed.error.message).toMatch(message)
  })

  it('comes at most ten times, and hidden fields are not advertised', () => {
    const many = Array.from({ length: 11 }, () => 'id')
    expect(parseSort(many.slice(1), customerFields).ok).toBe(true)
    expect(parseSort(many, customerFields).ok).toBe(false)
    expect(JSON.stringify(parseSort(['x'], customerFields))).not.toContain('lowercaseEmail')
  })
})
