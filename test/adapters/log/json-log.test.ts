/**
 * What the log says of failures: enough to find the place in the source, and nothing of what an error quotes (T10, T60).
 */
import { describe, expect, it } from 'vitest'
import { jsonLog } from '../../../src/adapters/log/json-log.ts'
import type { LogLevel } from '../../../src/flows/ports/index.ts'

const lines: [LogLevel, string][] = []
const log = jsonLog((...line) => lines.push(line))

/** What the log makes of it, read back. */
function logged(error: unknown, about: Record<string, string> = {}): Record<string, unknown> {
  log.failure('sweep', error, about)
  const [level, line] = lines.at(-1) ?? []
  expect(level).toBe('error')
  expect(line).not.toContain('\n')
  return JSON.parse(line ?? '') as Record<string, unknown>
}

function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('Nothing was thrown.')
}

describe('a failure', () => {
  it('is told with its kind, its message, where it comes from, and what it is about', () => {
    const told = logged(new TypeError('x is not a function'), { tenant: 'acme', customerId: '12345678' })
    expect(told).toMatchObject({
      ...{ level: 'error', event: 'sweep', tenant: 'acme', customerId: '12345678' },
      ...{ error: 'TypeError', message: 'x is not a function' },
    })
    expect((told['stack'] as string[])[0]).toMatch(/^at .*json-log\.test\.ts:\d+:\d+/)
  })

  it('is told with its causes, up to a few', () => {
    const first: Error & { cause?: unknown } = new Error('first')
    first.cause = first
    const told = logged(new Error('second', { cause: new RangeError('cause') }))
    expect(told).toMatchObject({ message: 'second', cause: { error: 'RangeError', message: 'cause' } })
    expect(JSON.stringify(logged(first)).match(/"cause"/g)).toHaveLength(3)
  })

  it('of an object is told with the stack that it had there', () => {
    const error = Object.assign(new Error('gone'), {
      stackInObject: 'Error: gone\n    at inside (object.js:1:2)',
    })
    expect(logged(error)['stack']).toEqual(['at inside (object.js:1:2)'])
  })

  it('that is no error is told by its type only', () => {
    expect(logged('ada@shop.example')).toMatchObject({ error: 'string', message: '' })
  })

  it.each([
    ['the text that was no JSON', () => JSON.parse('canary is not JSON') as unknown],
    ['an address', () => fail('550 <canary@shop.example> is unknown, says canary@[127.0.0.1]')],
    ['a token', () => fail(`no key for eyJhbGciOiJFZERTQSJ9.canary0canary0canary0.canary0canary0canary0`)],
    ['parameters', () => fail('Failed query: select 1 params: acme,canary\ncanary')],
    ['a parameter', () => fail("Type 'object' not supported for value 'canary's and canary'")],
    ['quoted texts', () => fail('neither "canary", `canary` nor \'canary\' nor "canary')],
  ])('does not repeat %s', (_what, work) => {
    expect(JSON.stringify(logged(thrownBy(work)))).not.toMatch(/canary/)
  })

  it('keeps the words of the database about our own tables', () => {
    const message = 'no such column: customers.nick_name at offset 7: SQLITE_ERROR'
    expect(logged(new Error(message))).toMatchObject({ message })
  })
})

function fail(message: string): never {
  throw new Error(message)
}
