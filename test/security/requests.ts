/**
 * Requests that fast-check makes for a route: values after the schemas of the endpoint, changed in a few places, and hostile
 * paths, queries and headers. Texts of clients carry the word `canary`, which must not come up in the log.
 */
import fc, { type Arbitrary } from 'fast-check'
import { z } from 'zod'
import type { CallOptions } from '../support/client.ts'
import { pathOf, sampleOf, type Route } from './routes.ts'

type Schema = z.core.JSONSchema.JSONSchema
type Json = ReturnType<typeof JSON.parse>

export interface FuzzRequest {
  method: string
  path: string
  options: CallOptions
  /** The path leads to the route and to no other place. */
  straight: boolean
}

/** A schema may contain itself. */
const depthMax = 6

const hostileTexts = [
  ...[
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\ufeff',
    '%',
    '%00',
    '%2e%2e%2f',
    '../..',
    '..%2f..',
    ',,,,',
    '\u{1f600}',
  ],
  ...[
    "' OR 1=1 --",
    '{"$ne":1}',
    '${7*7}',
    '<script>canary</script>',
    '__proto__',
    'constructor',
    '__defineGetter__',
  ],
  ...[
    'canary\r\nBcc: eve@shop.example',
    'ｓhop.example',
    'canary@xn--bcher-kva.example',
    '\u202ecanary',
    'NaN',
    '-0',
  ],
  ...[
    'x'.repeat(5000),
    'é'.repeat(1100),
    '9'.repeat(400),
    '2026-02-30',
    '9999-12-31T23:59:59.999Z',
    'canary',
  ],
]
const text = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.string({ unit: 'binary', maxLength: 24 }),
  fc.string({ maxLength: 12 }).map((end) => `canary${end}`),
)
const email = fc.stringMatching(/^[a-z0-9]{1,12}$/).map((name) => `canary.${name}@shop.example`)
const hostile: Arbitrary<Json> = fc.oneof(
  text,
  fc.constantFrom(null, true, 0, -1, 1e308, -1e-308, 2 ** 53, [], {}, [[]], [null], { canary: {} }),
  fc.constant(Array.from({ length: 600 }, () => 'canary')),
  fc.constant(Array.from({ length: 600 }, () => ({}))),
  fc.jsonValue({ maxDepth: 3 }),
)

const valueArbitraries = new Map<z.ZodType, Arbitrary<Json>>()

/** Values that the schema takes, as far as JSON Schema can say it. */
function valuesOf(schema: z.ZodType): Arbitrary<Json> {
  const known = valueArbitraries.get(schema)
  if (known) return known
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const made = arbitraryOf(root, root, 0)
  valueArbitraries.set(schema, made)
  return made
}

function arbitraryOf(schema: Schema | boolean, root: Schema, depth: number): Arbitrary<Json> {
  if (typeof schema === 'boolean' || depth > depthMax) return fc.jsonValue({ maxDepth: 1 })
  const inner = (part: Schema | boolean) => arbitraryOf(part, root, depth + 1)
  if (schema.$ref !== undefined) {
    const target = schema.$ref === '#' ? root : root.$defs?.[schema.$ref.replace('#/$defs/', '')]
    return inner(target ?? {})
  }
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const options = schema.anyOf ?? schema.oneOf
  if (options) return fc.oneof(...options.map(inner))
  if (schema.allOf)
    return fc.tuple(...schema.allOf.map(inner)).map((parts) => Object.assign({}, ...parts) as Json)
  switch (schema.type) {
    case 'object':
      return objectOf(schema, inner)
    case 'array': {
      const items = Array.isArray(schema.items) ? {} : (schema.items ?? {})
      const minLength = schema.minItems ?? 0
      return fc.array(inner(items), { minLength, maxLength: Math.max(minLength, 3) })
    }
    case 'string':
      return textOf(schema)
    case 'integer':
      return fc.integer({
        min: Math.max(schema.minimum ?? -9, -(2 ** 31)),
        max: Math.min(schema.maximum ?? 999, 999),
      })
    case 'number':
      return fc.double({ min: schema.minimum ?? -9, max: schema.maximum ?? 999, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      return fc.oneof(fc.jsonValue({ maxDepth: 1 }), email, fc.constantFrom('1', 'true', 'canary'))
  }
}

function objectOf(schema: Schema, inner: (part: Schema | boolean) => Arbitrary<Json>): Arbitrary<Json> {
  const members = Object.entries(schema.properties ?? {}).map(([name, part]) => [name, inner(part)])
  const requiredKeys = (schema.required ?? []).filter((name) => schema.properties?.[name] !== undefined)
  const named = fc.record(Object.fromEntries(members) as Record<string, Arbitrary<Json>>, { requiredKeys })
  const rest = schema.additionalProperties
  if (rest === undefined || rest === false) return named
  const free = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), inner(rest), { maxKeys: 2 })
  return fc.tuple(free, named).map(([some, others]) => ({ ...some, ...others }))
}

function textOf({ format, pattern, minLength = 0, maxLength = 24 }: Schema): Arbitrary<string> {
  if (format === 'email') return email
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  if (format === 'uri') return fc.constant('https://canary.shop.example/s.json')
  if (pattern !== undefined) {
    try {
      return fc.stringMatching(new RegExp(pattern, 'u'), { size: '-1' })
    } catch {
      // Not every expression can be turned round.
    }
  }
  const plain = fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 24)) })
  return maxLength < 6
    ? plain
    : fc.oneof(plain, email, fc.constantFrom('canary', '2030-01-01', 'canary horse battery'))
}

interface Mutation {
  at: number
  how: 'replace' | 'remove' | 'add' | 'double'
  value: Json
}

const mutations = fc.array(
  fc.record({
    at: fc.nat(1000),
    how: fc.constantFrom<Mutation['how']>('replace', 'replace', 'remove', 'add', 'double'),
    value: hostile,
  }),
  { maxLength: 2 },
)

/** The value with one of its places changed. */
function mutated(value: Json, { at, how, value: other }: Mutation): Json {
  const changed: Json = structuredClone(value)
  const places: { parent: Record<string, Json>; name: string }[] = []
  const visit = (parent: Json): void => {
    if (typeof parent !== 'object' || parent === null) return
    for (const name of Object.keys(parent)) {
      places.push({ parent, name })
      visit(parent[name])
    }
  }
  visit(changed)
  const place = places[at % Math.max(places.length, 1)]
  if (!place) return how === 'add' ? { canary: other } : other
  const { parent, name } = place
  if (how === 'replace') parent[name] = other
  else if (how === 'remove') delete parent[name]
  else if (how === 'double') parent[name] = [parent[name], parent[name]]
  else if (Array.isArray(parent)) parent.push(other)
  else parent['canary'] = other
  return changed
}

/** A sample of the route, values after the schema, or the one over the other; then mutations. */
function payloadOf(schema: z.ZodType | undefined, sample: Json): Arbitrary<Json> {
  if (!schema) return fc.constant(undefined)
  const whole = valuesOf(schema)
  const isPlain = (value: Json) => typeof value === 'object' && value !== null && !Array.isArray(value)
  const blended = whole.map((value) => (isPlain(value) && isPlain(sample) ? { ...value, ...sample } : sample))
  return fc
    .tuple(fc.oneof(whole, blended), mutations)
    .map(([value, changes]) => changes.reduce<Json>(mutated, value))
}

const header = fc.string({
  unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
})
const headerNames = [
  ...[
    'Accept',
    'Accept-Language',
    'Cookie',
    'If-Match',
    'Origin',
    'Referer',
    'Sec-Purpose',
    'Sec-Fetch-Site',
  ],
  ...[
    'User-Agent',
    'X-Forwarded-For',
    'CF-Connecting-IP',
    'CF-IPCountry',
    'X-Version',
    'Range',
    'Authorization',
  ],
]
const headers = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom(...headerNames),
      fc.oneof(
        header,
        fc.constantFrom('canary', 'null', 'Bearer', 'Bearer canary.canary.canary', 'de;q=canary'),
      ),
      { maxKeys: 3 },
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('text/plain', 'application/json; charset=utf-16', 'canary', '')
      .map(contentType),
  },
)

function contentType(value: string): Record<string, string> {
  return { 'Content-Type': value }
}

export interface Ids {
  tenant: string
  /** Of records that are there, by the name of a path's parameter. */
  parameters: Record<string, string>
}

/** Requests to the route, `ids` and `token` being those of the moment. */
export function requestsOf(route: Route, { tenant, parameters }: Ids, token: string): Arbitrary<FuzzRequest> {
  const { endpoint } = route
  const sample = JSON.parse(JSON.stringify(sampleOf(route, token) ?? {}).replaceAll('acme', tenant)) as {
    query?: Json
    body?: Json
    form?: Json
  }
  const path = fc.oneof(
    { weight: 6, arbitrary: fc.constant({ path: pathOf(route, { tenant, parameters }), straight: true }) },
    { weight: 2, arbitrary: text.map((value) => hostilePath(route, tenant, encoded(value), true)) },
    { weight: 1, arbitrary: text.map((value) => hostilePath(route, tenant, value, false)) },
  )
  const method = fc.oneof(
    { weight: 15, arbitrary: fc.constant(endpoint.method.toUpperCase()) },
    { weight: 1, arbitrary: fc.constantFrom('HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'GET', 'POST') },
  )
  return fc
    .record({
      path,
      method,
      headers,
      query: fc.oneof(payloadOf(endpoint.query, sample.query ?? {}), fc.constant(sample.query)),
      noise: fc.oneof(
        { weight: 4, arbitrary: fc.constant({}) },
        {
          weight: 1,
          arbitrary: fc.dictionary(
            fc.constantFrom('tenant', 'expand', 'where', 'q', 'sort', 'limit', 'canary'),
            text,
            { maxKeys: 3 },
          ),
        },
      ),
      body: payloadOf(endpoint.body, sample.body),
      form: payloadOf(endpoint.form, sample.form),
      cut: fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(40) }),
    })
    .map(({ path: { path, straight }, method, headers, query, noise, body, form, cut }) => {
      const bodiless = method === 'GET' || method === 'HEAD'
      return {
        method,
        path,
        straight: straight && method === endpoint.method.toUpperCase(),
        options: {
          token,
          headers,
          query: flat({ ...asObject(query), ...noise }),
          ...(!bodiless &&
            body !== undefined && { body: cut === 0 ? body : JSON.stringify(body).slice(0, -cut) }),
          ...(!bodiless && form !== undefined && { form: flat(asObject(form)) }),
        },
      }
    })
}

function hostilePath(route: Route, tenant: string, value: string, straight: boolean) {
  const names = [...route.endpoint.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  const parameters = Object.fromEntries(
    names.filter((name) => name !== 'tenant').map((name) => [name, value]),
  )
  const path = pathOf(route, { tenant, parameters })
  // A part of a path that is empty or made of dots leads to another place.
  return { path, straight: straight && !/\/(\/|%2e|\.|$)/i.test(path) }
}

function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed())
}

function asObject(value: Json): Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function flat(value: Record<string, Json>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      typeof part === 'string' ? part : (JSON.stringify(part) ?? ''),
    ]),
  )
}
