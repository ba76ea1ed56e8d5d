/**
 * Bodies: what is read as JSON or text, what is refused before anything else looks at it (T45, T51), and how each refused
 * field is named.
 */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { bodySizeMaxBytes, decode, readJson, readText, valuesMax } from '../../src/http/json-body.ts'

function posted(body: BodyInit | null, contentType?: string): Request {
  const request = new Request('https://patron.test/', { method: 'POST', body })
  if (contentType === undefined) request.headers.delete('Content-Type')
  else request.headers.set('Content-Type', contentType)
  return request
}

const bytes = (...values: number[]) => new Uint8Array(values)
/** The first place that is too deep. */
const innermost = Array.from({ length: 64 }, () => '0').join('.')
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

describe('a JSON body', () => {
  it.each([
    ['an object', '{"a":1}', { a: 1 }],
    ['a list', '[1,"x",null]', [1, 'x', null]],
    ['nothing', '', {}],
    ['white space', ' \n', {}],
    ['a byte order mark before it', '\ufeff{"a":1}', { a: 1 }],
    ['the last of two equal keys', '{"a":1,"a":2}', { a: 2 }],
    ['keys of every object, as data', '{"constructor":{"prototype":1}}', { constructor: { prototype: 1 } }],
    ['64 levels deep', nested(64), JSON.parse(nested(64))],
    [
      'a value in the 64th level',
      `${'['.repeat(64)}1${']'.repeat(64)}`,
      JSON.parse(nested(64).replace('[]', '[1]')),
    ],
  ])('that is %s is read', async (_what, body, value) => {
    expect(await readJson(posted(body, 'application/json'))).toEqual({ ok: true, value })
  })

  it.each([undefined, 'application/json', 'Application/JSON; charset=utf-8', 'application/merge-patch+json'])(
    'of the type %s is read',
    async (type) => {
      expect(await readJson(posted('{}', type))).toEqual({ ok: true, value: {} })
    },
  )

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/xml'])(
    'of the type %s is not supported',
    async (type) => {
      expect(await readJson(posted('{}', type))).toEqual({
        ok: false,
        error: { kind: 'MediaTypeUnsupported', expected: 'application/json' },
      })
      expect((await readJson(posted('', type))).ok).toBe(true)
    },
  )

  it('that is absent is an empty object', async () => {
    expect(await readJson(new Request('https://patron.test/', { method: 'POST' }))).toEqual({
      ok: true,
      value: {},
    })
  })

  it.each<[string, BodyInit]>([
    ['cut off', '{"a":'],
    ['no JSON', 'a=b'],
    ['followed by more', '{} {}'],
    ['with NaN', '{"a":NaN}'],
    ['not UTF-8', bytes(0x22, 0xff, 0xfe, 0x22)],
    ['half a character', bytes(0x22, 0xc3, 0x22)],
  ])('that is %s is malformed', async (_what, body) => {
    expect(await readJson(posted(body, 'application/json'))).toMatchObject({
      ok: false,
      error: { kind: 'BodyMalformed' },
    })
  })

  it.each([
    ['65 levels', nested(65), innermost],
    ['a hundred thousand levels', nested(100_000), innermost],
    ['a number beyond all bounds', '{"a":{"b":1e999}}', 'a.b'],
    ['half a surrogate pair', '{"a":["x","\\ud800"]}', 'a.1'],
    ['a NUL', '{"a":"x\\u0000y"}', 'a'],
    ['half a surrogate pair in a key', '{"a":{"\\udfff":1}}', 'a'],
    ['a NUL in a key', '{"\\u0000":1}', ''],
    ['the key __proto__', '{"a":{"__proto__":{"polluted":true}}}', 'a'],
    ['an escaped key __proto__', '{"\\u005f_proto__":1}', ''],
  ])('with %s is refused at its place', async (_what, body, field) => {
    const read = await readJson(posted(body, 'application/json'))
    expect(read).toMatchObject({
      ok: false,
      error: { kind: 'InvalidInput', violations: [{ field, type: 'invalid' }] },
    })
  })

  it('of one mebibyte is read, and one byte more is too large, whatever its length header says', async () => {
    const body = (size: number) => `"${'x'.repeat(size - 2)}"`
    expect((await readJson(posted(body(bodySizeMaxBytes), 'application/json'))).ok).toBe(true)
    const refused = { ok: false, error: { kind: 'BodyTooLarge', sizeMaxBytes: bodySizeMaxBytes } }
    expect(await readJson(posted(body(bodySizeMaxBytes + 1), 'application/json'))).toEqual(refused)
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const endless = writable.getWriter()
    const pump = async () => {
      for (;;) await endless.write(new Uint8Array(65_536))
    }
    void pump().catch(() => undefined)
    expect(await readJson(posted(readable, 'application/json'))).toEqual(refused)
  })
})

describe('the values of a JSON body', () => {
  const read = (body: unknown) => readJson(posted(JSON.stringify(body), 'application/json'))
  const tooMany = {
    ok: false,
    error: {
      kind: 'InvalidInput',
      violations: [
        { field: '', type: 'out_of_range', message: `A request body has at most ${valuesMax} values.` },
      ],
    },
  }

  it('are counted over all lists and objects together', async () => {
    const lists = (count: number) => Array.from({ length: 10 }, () => Array(count).fill(0))
    // The outer list and the ten inner ones are values as well.
    expect(await read([...lists(valuesMax / 10 - 2), ...Array(9).fill(0)])).toMatchObject({ ok: true })
    expect(await read([...lists(valuesMax / 10 - 2), ...Array(10).fill(0)])).toEqual(tooMany)
    expect(await read({ a: { b: Array(valuesMax).fill(null) } })).toEqual(tooMany)
  })
})

describe('a body of text', () => {
  it('is read as it is, of any type that is accepted', async () => {
    const read = (type?: string) => readText(posted('a=x+y%C3%A4', type), () => true, 'text/plain')
    for (const type of [undefined, 'text/plain', 'application/json'])
      expect(await read(type)).toEqual({ ok: true, value: 'a=x+y%C3%A4' })
  })

  it('that is absent is empty, and one of another type is not supported', async () => {
    const absent = new Request('https://patron.test/', { method: 'POST' })
    expect(await readText(absent, () => true, 'text/plain')).toEqual({ ok: true, value: '' })
    const refused = await readText(posted('{}', 'application/json'), () => false, 'text/plain')
    expect(refused).toEqual({ ok: false, error: { kind: 'MediaTypeUnsupported', expected: 'text/plain' } })
  })

  it.each<[string, BodyInit, string]>([
    ['not UTF-8', bytes(0x61, 0xff), 'BodyMalformed'],
    ['too large', 'x'.repeat(bodySizeMaxBytes + 1), 'BodyTooLarge'],
  ])('that is %s is refused, whatever its type', async (_what, body, kind) => {
    expect(await readText(posted(body), () => true, 'text/plain')).toMatchObject({
      ok: false,
      error: { kind },
    })
  })
})

describe('decoding', () => {
  const schema = z.object({
    email: z.string().min(3).max(5),
    tags: z.array(z.string()).optional(),
    details: z.object({ name: z.string(), age: z.number().optional() }).optional(),
  })

  it('gives the value without what the schema does not know', () => {
    expect(decode(schema, { email: 'a@b', admin: true, details: { name: 'x', id: 1 } })).toEqual({
      ok: true,
      value: { email: 'a@b', details: { name: 'x' } },
    })
  })

  it.each([
    [{}, [['email', 'missing']]],
    [{ email: null }, [['email', 'invalid']]],
    [{ email: ['a@b'] }, [['email', 'invalid']]],
    [{ email: 'ab' }, [['email', 'out_of_range']]],
    [{ email: 'abcdef' }, [['email', 'out_of_range']]],
    [{ email: 'a@b', details: {} }, [['details.name', 'missing']]],
    [{ email: 'a@b', tags: ['x', 1] }, [['tags.1', 'invalid']]],
    [
      { email: 1, details: { age: 'x' } },
      [
        ['email', 'invalid'],
        ['details.name', 'missing'],
        ['details.age', 'invalid'],
      ],
    ],
    ['text', [['', 'invalid']]],
  ])('of %j names each field at fault once: %j', (input, expected) => {
    const result = decode(schema, input)
    if (result.ok || result.error.kind !== 'InvalidInput') throw new Error('was not refused')
    expect(result.error.violations.map(({ field, type }) => [field, type])).toEqual(expected)
    for (const { message } of result.error.violations) expect(message).not.toBe('')
  })

  it('names a field once, however much is wrong with it', () => {
    const picky = z.object({ a: z.string().min(3).regex(/^x/).endsWith('y') })
    expect(decode(picky, { a: 'b' })).toMatchObject({ error: { violations: [{ field: 'a' }] } })
    const refused = decode(picky, { a: 'b' })
    expect(!refused.ok && refused.error.kind === 'InvalidInput' && refused.error.violations).toHaveLength(1)
  })

  it('stops naming at fifty', () => {
    const refused = decode(
      z.array(z.string()),
      Array.from({ length: 500 }, () => 1),
    )
    expect(!refused.ok && refused.error.kind === 'InvalidInput' && refused.error.violations).toHaveLength(50)
  })
})
