/**
 * Mails as they travel, read back by another program's parser: nothing is lost, nothing is added, whatever is in them.
 * T56 header injection.
 */
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { mailboxOf, messageId, mimeMessage } from '../../../../src/adapters/email/transports/mime.ts'
import { mailTo } from '../../../support/mails.ts'

const hostile: [string, string][] = [
  ['CR LF and a header', 'Ada\r\nBcc: eve@evil.example\r\n\r\nBuy'],
  ['LF', 'Ada\nBcc: eve@evil.example'],
  ['CR', 'Ada\rBcc: eve@evil.example'],
  ['NUL', 'Ada\0Bcc: eve@evil.example'],
  ['line and paragraph separator', 'Ada\u2028Bcc: eve@evil.example\u2029x'],
  ['an anchor', '<a href="https://evil.example">x</a>'],
  ['10 kB', 'ä'.repeat(5000)],
  ['10 kB of ASCII', 'word '.repeat(2000)],
  ['10 kB without a space', 'x'.repeat(10_000)],
  ['right to left', '\u202eמרים\u202c مريم'],
  ['emoji', '👩‍👩‍👧‍👦'.repeat(40)],
  ['an encoded word', '=?utf-8?q?Ada=0D=0ABcc:_eve@evil.example?='],
  ['quotes and backslashes', '"Ada" \\" <eve@evil.example>, x'],
  ['half an emoji', 'Ada \ud83d'],
]
const headers = [
  'auto-submitted',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'subject',
  'to',
]
const oneLine = (text: string) =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .toWellFormed()
    .trim()

describe('a mail on its way', () => {
  it.each(hostile)(
    'T56 keeps its headers and its one recipient with %s in sender and subject',
    async (_what, text) => {
      const mail = mailTo('ada@shop.example', {
        subject: text,
        from: { name: text, email: 'no-reply@acme.example' },
      })
      const raw = mimeMessage(mail)
      expect(raw).toMatch(/^[\x20-\x7e\r\n]*$/)
      for (const line of raw.split('\r\n')) {
        expect(line.length).toBeLessThanOrEqual(76)
        expect(line).not.toMatch(/[\r\n]/)
      }
      const parsed = await PostalMime.parse(raw)
      expect(parsed.headers.map(({ key }) => key).sort()).toEqual(headers)
      expect(parsed.to).toEqual([{ address: 'ada@shop.example', name: '' }])
      expect(parsed.bcc).toBeUndefined()
      expect(parsed.from).toEqual({ address: 'no-reply@acme.example', name: oneLine(text) })
      expect(parsed.subject).toBe(oneLine(text))
    },
  )

  it('arrives letter by letter, in both parts', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(' ', '\t', '.', '=', '\n', '--'))),
        async (pieces) => {
          const text = `${pieces.join('').replace(/\r\n?/g, '\n')}\n`
          const parsed = await PostalMime.parse(mimeMessage(mailTo('ada@shop.example', { text, html: text })))
          // The parser ends each part with a line of its own.
          expect([parsed.text, parsed.html]).toEqual([`${text}\n`, `${text}\n`])
        },
      ),
      { numRuns: 200 },
    ))

  it('is dated with its order, and has the same name at every attempt', async () => {
    const mail = mailTo('ada@shop.example', { id: 'c1e8-77' })
    expect(mimeMessage(mail)).toBe(mimeMessage(mail))
    expect(mimeMessage(mail)).toContain('Date: Fri, 02 Jan 2026 03:04:05 +0000\r\n')
    expect(messageId(mail)).toBe('<c1e8-77@acme.example>')
  })

  it('says that no person has written it', async () => {
    const { headers } = await PostalMime.parse(mimeMessage(mailTo('ada@shop.example')))
    expect(headers).toContainEqual(
      expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }),
    )
  })
})

describe('an address', () => {
  it.each([
    ['', '"" <a@b.example>'],
    ['Acme', '"Acme" <a@b.example>'],
    ['A "B" \\ C', '"A \\"B\\" \\\\ C" <a@b.example>'],
    ['Müller\r\nBcc: x', '"Müller Bcc: x" <a@b.example>'],
  ])('stands behind its name, quoted: %j', (name, expected) => {
    expect(mailboxOf({ name, email: 'a@b.example' })).toBe(expected)
  })
})
