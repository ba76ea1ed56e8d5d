/**
 * Reads a request's body as JSON or form, within limits, and decodes it with a schema.
 * Refuses what would make trouble further in: too many bytes, too much depth, too many values, numbers that are none, text
 * that is not well-formed, and the key `__proto__`.
 */
import { z } from 'zod'
import { parseJson, type Json } from '../domain/base/json.ts'
import type { Violation } from '../domain/base/result.ts'
import { isMemberName, isText } from './bounds.ts'
import type { Decoded } from './failure.ts'

export const bodySizeMaxBytes = 1024 * 1024
const depthMax = 64
/** Numbers, texts, lists and objects of one body together; two hundred imported customers have half as many. */
export const valuesMax = 50_000
const violationsMax = 50

const jsonTypes = new Set(['application/json', 'application/merge-patch+json'])

/** An absent or empty body counts as `{}`, so that what is missing is named field by field. */
export async function readJson(request: Request): Promise<Decoded<Json>> {
  const text = await readText(request, (type) => type === '' || jsonTypes.has(type), 'application/json')
  if (!text.ok) return text
  if (text.value.trim() === '') return { ok: true, value: {} }
  const value = parseJson(text.value)
  if (value === undefined)
    return { ok: false, error: { kind: 'BodyMalformed', reason: 'The request body is not valid JSON.' } }
  const violation = findTrouble(value, '', 0, { values: 0 })
  return violation
    ? { ok: false, error: { kind: 'InvalidInput', violations: [violation] } }
    : { ok: true, value }
}

/** A name that is given twice stays a list, which no schema takes. */
export async function readForm(request: Request): Promise<Decoded<Record<string, string | string[]>>> {
  const formType = 'application/x-www-form-urlencoded'
  const text = await readText(request, (type) => type === formType, formType)
  if (!text.ok) return text
  const form = new URLSearchParams(text.value)
  const fields: Record<string, string | string[]> = {}
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name)
    if (!values.every(isText) || name === '__proto__')
      return { ok: false, error: { kind: 'BodyMalformed', reason: 'The form is not well-formed text.' } }
    fields[name] = values.length === 1 ? (values[0] ?? '') : values
  }
  return { ok: true, value: fields }
}

/** Checks `input` against `schema`; every failing location becomes one violation. */
export function decode<T>(schema: z.ZodType<T>, input: unknown): Decoded<T> {
  const result = schema.safeParse(input)
  if (result.success) return { ok: true, value: result.data }
  const seen = new Set<string>()
  const violations = result.error.issues.flatMap((issue): Violation[] => {
    const field = issue.path.map(String).join('.')
    if (seen.has(field) || seen.size >= violationsMax) return []
    seen.add(field)
    const outOfRange = issue.code === 'too_small' || issue.code === 'too_big'
    if (outOfRange) return [{ field, type: 'out_of_range', message: issue.message }]
    const missing = issue.path.length > 0 && valueAt(input, issue.path) === undefined
    if (missing) return [{ field, type: 'missing', message: `${field} is required.` }]
    return [{ field, type: 'invalid', message: issue.message }]
  })
  return { ok: false, error: { kind: 'InvalidInput', violations } }
}

/** Fails on a body that is too large, of another media type, or not UTF-8. */
export async function readText(
  request: Request,
  accepts: (type: string) => boolean,
  expected: string,
): Promise<Decoded<string>> {
  const type = (request.headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const bytes = await readBytes(request)
  if (!bytes) return { ok: false, error: { kind: 'BodyTooLarge', sizeMaxBytes: bodySizeMaxBytes } }
  if (bytes.byteLength > 0 && !accepts(type)) {
    return { ok: false, error: { kind: 'MediaTypeUnsupported', expected } }
  }
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes) }
  } catch {
    return { ok: false, error: { kind: 'BodyMalformed', reason: 'The request body is not valid UTF-8.' } }
  }
}

/** Undefined when there is more than the limit; stops reading there. */
async function readBytes(request: Request): Promise<Uint8Array | undefined> {
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.byteLength
    if (size > bodySizeMaxBytes) {
      await reader.cancel()
      return undefined
    }
    chunks.push(next.value)
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

function findTrouble(
  value: Json,
  field: string,
  depth: number,
  seen: { values: number },
): Violation | undefined {
  seen.values += 1
  if (seen.values > valuesMax) {
    const message = `A request body has at most ${valuesMax} values.`
    return { field: '', type: 'out_of_range', message }
  }
  const refuse = (message: string): Violation => ({ field, type: 'invalid', message })
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : refuse('This number is out of range.')
  if (typeof value === 'string') return isText(value) ? undefined : refuse('This is not well-formed text.')
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === depthMax) return refuse(`JSON is nested at most ${depthMax} levels deep.`)
  for (const [key, inner] of Object.entries(value)) {
    const path = field === '' ? key : `${field}.${key}`
    if (!isMemberName(key)) {
      return { field, type: 'invalid', message: 'There is a field name here that is not allowed.' }
    }
    const trouble = findTrouble(inner, path, depth + 1, seen)
    if (trouble) return trouble
  }
  return undefined
}

function valueAt(input: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    input,
  )
}
