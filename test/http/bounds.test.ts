/**
 * The bounds of what a request carries (T51): the last value that is within each, and the first that is not.
 */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  formViolation,
  pathPartLengthMax,
  queryLengthMax,
  record,
  urlFailure,
} from '../../src/http/bounds.ts'

describe('a URL', () => {
  it('has path parts as long as the longest name, and a query as long as the platform takes', () => {
    const longest = { id: 'x'.repeat(pathPartLengthMax), key: 'y'.repeat(pathPartLengthMax) }
    expect(urlFailure(longest, 'q'.repeat(queryLengthMax))).toBeUndefined()
    expect(urlFailure({ ...longest, key: `${longest.key}y` }, '')).toEqual({ kind: 'PathUnknown' })
    expect(urlFailure({}, 'q'.repeat(queryLengthMax + 1))).toMatchObject({ violations: [{ field: 'query' }] })
  })

  it.each(['a\0b', '\ud800', '\udc00x'])('has no part that is no text: %j', (id) => {
    expect(urlFailure({ id }, '')).toEqual({ kind: 'PathUnknown' })
    expect(urlFailure({ token: id }, '')).toEqual({ kind: 'OneTimeTokenRejected' })
  })
})

describe('a form', () => {
  it('has parameters as long as a query', () => {
    const form = (value: string) => new URLSearchParams({ scope: value, x: '1' })
    expect(formViolation(form('s'.repeat(queryLengthMax - 5)))).toBeUndefined()
    expect(formViolation(form('s'.repeat(queryLengthMax - 4)))).toMatchObject({ field: 'scope' })
  })
})

describe('an object of names', () => {
  const schema = record(z.string(), z.number(), 3)
  const of = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, at]))

  it('has as many as it may, and its document says how many', () => {
    expect(schema.safeParse(of(3)).success).toBe(true)
    expect(schema.safeParse(of(4)).error?.issues).toMatchObject([{ code: 'too_big', path: [] }])
    expect(z.toJSONSchema(schema)).toMatchObject({ maxProperties: 3 })
  })
})
