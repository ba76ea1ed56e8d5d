/**
 * What `npm run outbox` shows and asks; that the statements do what they say is shown in `flows/mail/mail-delivery.test.ts` and
 * `flows/mail/delivery-reports.test.ts`.
 */
import { expect, test } from 'vitest'
import {
  allowStatement,
  dropStatement,
  presentAddresses,
  presentRows,
  retryStatement,
} from '../../../src/cli/database/outbox-rows.ts'

const row = {
  id: 'c1e8',
  tenant: 'acme',
  template: 'opt-in',
  recipient: 'ada@shop.example',
  createdAt: '2026-01-01T00:00:00.000Z',
  attempts: 3,
  failedAt: null,
  failure: null,
  reason: 'no answer',
}

test('mail that is late is shown with its attempts and the last reason', () => {
  expect(presentRows([row])).toBe(
    'c1e8\n  acme  opt-in  ada@shop.example  ordered 2026-01-01T00:00:00.000Z\n  is tried again, attempts: 3\n  no answer\n',
  )
})

test('mail that has failed is shown with its kind of failure', () => {
  const failed = { ...row, failedAt: '2026-01-02T00:00:00.000Z', failure: 'exhausted', reason: null }
  expect(presentRows([failed])).toContain(
    '  failed (exhausted) at 2026-01-02T00:00:00.000Z, attempts: 3\n  without a reason\n',
  )
})

test('nothing is shown that a terminal would act on', () => {
  const shown = presentRows([{ ...row, recipient: 'a\u001b[2J\r\n\u202eb@shop.example' }])
  expect(shown).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u)
  expect(shown.split('\n')).toHaveLength(5)
})

test('no mail is good news', () => {
  expect(presentRows([])).toBe('No mail has failed, none is late.\n')
})

test.each([
  ['retried', (ids: string[]) => retryStatement(ids, 0)],
  ['dropped', dropStatement],
])('ids are data, and only what has failed is %s', (_what, statement) => {
  expect(statement(["x' OR '1'='1"])).toContain("failed_at IS NOT NULL AND id IN ('x'' OR ''1''=''1')")
  expect(() => statement(['a\u0000b'])).toThrow(TypeError)
})

test('addresses that take no mail are shown with time, reason and what the server said, if it did', () => {
  const row = { address: 'ada@shop.example', since: '2026-01-01T00:00:00.000Z', reason: 'bounced' }
  expect(
    presentAddresses([
      { ...row, detail: '550 \u001b[2J no' },
      { ...row, detail: null },
    ]),
  ).toBe(
    [
      ...['ada@shop.example', '  bounced since 2026-01-01T00:00:00.000Z', '  550 \ufffd[2J no'],
      ...['ada@shop.example', '  bounced since 2026-01-01T00:00:00.000Z', ''],
    ].join('\n'),
  )
  expect(presentAddresses([])).toBe('No address is known to take no mail.\n')
})

test('addresses to be allowed are data, in the spelling of the marks', () => {
  const statement = allowStatement(["O'Hara@B\u00fccher.example"], 0)
  expect(statement).toContain("address IN ('o''hara@xn--bcher-kva.example')")
  expect(() => allowStatement(['a\u0000b@x.example'], 0)).toThrow(TypeError)
})
