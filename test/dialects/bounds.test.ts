/**
 * Every list, text and object of names that a request can carry has a bound: told from the schemas of all endpoints, so that
 * an unbounded one of a new endpoint is found on the day it is mounted. What may be any JSON is bounded where bodies are
 * read (test/http/json-body.test.ts).
 */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { dialects } from '../../src/app.ts'
import { CustomerImportDto } from '../../src/dialects/emporix/office/seller-schema.ts'
import { walk, type Node } from '../support/schemas.ts'

const schemas: Node[] = [
  ...dialects.flatMap(({ endpoints }) =>
    endpoints.flatMap(({ method, path, query, body }) => {
      const name = `${method.toUpperCase()} ${path}`
      return [
        ...(query ? [{ place: `${name} query`, schema: query }] : []),
        ...(body ? [{ place: `${name} body`, schema: body }] : []),
      ]
    }),
  ),
  // Decoded item by item, so the endpoint's own schema does not show it.
  { place: 'item of an import', schema: CustomerImportDto },
]

function isBounded(schema: z.core.$ZodType): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod
  const rules = [def, ...(def.checks ?? []).map((check) => check._zod.def)] as {
    maximum?: number
    length?: number
    pattern?: RegExp
  }[]
  const hasEnd = rules.some(({ maximum, length }) => (maximum ?? length) !== undefined)
  switch (def.type) {
    case 'string':
      return hasEnd || rules.some(({ pattern }) => pattern !== undefined && isFinite(pattern))
    case 'array':
      return hasEnd
    case 'record':
      return holdsItsBound(schema)
    default:
      return true
  }
}

/** Whether the pattern fits texts of a bounded length only. */
function isFinite({ source }: RegExp): boolean {
  return /^\^.*\$$/.test(source) && !/[*+]|\{\d+,\}/.test(source.replace(/\[[^\]]*\]|\\./g, ''))
}

/** As many members as the schema says are taken, and one more is not. */
function holdsItsBound(schema: z.core.$ZodType): boolean {
  const most = z.globalRegistry.get(schema)?.['maxProperties']
  if (typeof most !== 'number') return false
  const names = Array.from({ length: most + 1 }, (_, index) => `aa-${String(index).padStart(5, '0')}`)
  const of = (count: number, value: unknown) =>
    z.safeParse(schema, Object.fromEntries(names.slice(0, count).map((name) => [name, value])))
  const value = ['x', 1, null, {}].find((each) => of(1, each).success)
  return of(most, value).success && of(most + 1, value).error?.issues[0]?.code === 'too_big'
}

const unbounded = (node: Node) =>
  [...walk(node)].flatMap(({ place, schema }) =>
    isBounded(schema) ? [] : [`${place}: ${(schema as z.core.$ZodTypes)._zod.def.type}`],
  )

describe('what a request can carry', () => {
  it.each(schemas)('is bounded: $place', (node) => {
    expect(unbounded(node)).toEqual([])
  })

  it('is unbounded where a list, a text or an object of names has no end', () => {
    const schema = z.object({
      list: z.array(z.boolean()),
      text: z.string().regex(/^[a-z]+$/),
      names: z.record(z.string().max(5), z.string().max(5)),
      claimed: z.record(z.string().max(9), z.string().max(5)).meta({ maxProperties: 3 }),
      fine: z
        .array(z.string().regex(/^[A-Z]{2}$/))
        .max(3)
        .nullish(),
    })
    expect(unbounded({ place: 'it', schema })).toEqual([
      'it.list: array',
      'it.text: string',
      'it.names: record',
      'it.claimed: record',
    ])
  })
})
