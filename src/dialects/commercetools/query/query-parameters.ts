/**
 * The parameters of every query: `where`, `sort`, `limit`, `offset`, `withTotal` and `var.{name}`, and `expand`; whatever
 * else a client sends is let through. A parameter that is given twice is a list.
 */
import type { PageRequest } from '../../../flows/ports/index.ts'
import { z } from 'zod'
import type { FieldNames } from '../../../domain/base/criteria.ts'
import type { Result } from '../../../domain/base/result.ts'
import { parameterText } from '../../../http/bounds.ts'
import { parsePredicates } from './predicate.ts'
import type { MalformedParameter } from './predicate-cursor.ts'
import type { Variables } from './predicate-values.ts'
import { parseSort } from './sort.ts'

const limitMax = 500
const offsetMax = 10_000
const parameterRepeatsMax = 100
const variablePrefix = 'var.'

const list = z
  .union([parameterText, z.array(parameterText).max(parameterRepeatsMax)])
  .default([])
  .transform((given) => (typeof given === 'string' ? [given] : given))

function wholeNumber(most: number) {
  const problem = `The value has to be a whole number between 0 and ${most}.`
  return z
    .string(problem)
    .regex(/^\d{1,9}$/, problem)
    .transform(Number)
    .refine((value) => value <= most, problem)
}

export const ExpandQuery = z.looseObject({ expand: list })

export const PageQuery = z.looseObject({
  expand: list,
  where: list,
  sort: list,
  limit: wholeNumber(limitMax).default(20),
  offset: wholeNumber(offsetMax).default(0),
  withTotal: z
    .enum(['true', 'false'], `The value has to be 'true' or 'false'.`)
    .default('true')
    .transform((value) => value === 'true'),
})
export type PageQuery = z.infer<typeof PageQuery>

export function toPageRequest(query: PageQuery, fields: FieldNames): Result<PageRequest, MalformedParameter> {
  const { limit, offset, withTotal } = query
  const criteria = parsePredicates(query.where, fields, variablesOf(query))
  if (!criteria.ok) return criteria
  const sort = parseSort(query.sort, fields)
  if (!sort.ok) return sort
  return { ok: true, value: { criteria: criteria.value, sort: sort.value, limit, offset, withTotal } }
}

export function presentPage<T>({ limit, offset }: PageQuery, results: T[], total: number | undefined) {
  return { limit, offset, count: results.length, ...(total === undefined ? {} : { total }), results }
}

function variablesOf(query: Record<string, unknown>): Variables {
  const variables = Object.entries(query).flatMap(([name, given]): [string, string[]][] =>
    name.startsWith(variablePrefix)
      ? [[name.slice(variablePrefix.length), [given].flat().filter((value) => typeof value === 'string')]]
      : [],
  )
  return new Map(variables)
}
