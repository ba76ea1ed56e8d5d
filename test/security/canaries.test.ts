/**
 * The search for personal data in the log, which runs at the end of each test file: it finds what is there (T10, T60).
 */
import { describe, expect, it } from 'vitest'
import { leaks } from '../support/canaries.ts'

const line = (message: string) => JSON.stringify({ level: 'error', event: 'failure', message })

describe('a line of the log', () => {
  it.each([
    ['an address that nothing has sent', 'ada@shop.example is unknown'],
    ['a signed token', `eyJhbGciOiJFZERTQSJ9.${'a1'.repeat(12)}.${'b2'.repeat(12)}`],
    ['a secret of 256 bits', `x ${'aB3'.repeat(14)}`],
    ['a name', 'Lovelace is unknown'],
    ['a password', 'correct horse "battery"'],
  ])('may not hold %s', (_what, message) => {
    expect(leaks([line('fine'), line(message)], ['Lovelace', 'correct horse "battery"'])).toHaveLength(1)
  })

  it('may hold ids, routes and words of which a secret is only a part', () => {
    const fine = ['99585535 of 2270f016-d77f', '/customer/:tenant/signup/optin/:token', 'MailAdapter']
    expect(leaks(fine.map(line), ['Ada', 'Mail', 'optin-1'])).toEqual([])
  })
})
