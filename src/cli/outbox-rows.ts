/**
 * SQL text and words for `npm run outbox`. Shows neither tokens nor names, and nothing that a terminal would act on.
 */
import { sqlText } from './sql.ts'
import type { Row } from './wrangler.ts'

/** Failed entries first, then those that were tried without success so far; the oldest first. */
export const outboxRows = `SELECT id, tenant, customer_id AS customerId, json_extract(mail_order, '$.template') AS template,
  coalesce(json_extract(mail_order, '$.to'), json_extract(mail_order, '$.emailKey')) AS recipient,
  created_at AS createdAt, attempts, failed_at AS failedAt, failure_kind AS failure, failure_reason AS reason,
  due_at AS dueAt
FROM outbox WHERE failed_at IS NOT NULL OR failure_reason IS NOT NULL
ORDER BY failed_at IS NULL, created_at LIMIT 1000`

export type Wanted = 'all' | readonly string[]

export function retryStatement(wanted: Wanted, now: number): string {
  return `UPDATE outbox SET failed_at = NULL, failure_kind = NULL, failure_reason = NULL, undeliverable = NULL, attempts = 0,
  claimed_until = 0, due_at = ${now} WHERE ${failed(wanted)} RETURNING id`
}

export function dropStatement(wanted: Wanted): string {
  return `DELETE FROM outbox WHERE ${failed(wanted)} RETURNING id`
}

export function presentRows(rows: readonly Row[]): string {
  if (rows.length === 0) return 'No mail has failed, none is late.\n'
  return rows.map((row) => `${present(row).map(printable).join('\n  ')}\n`).join('')
}

function present(row: Row): string[] {
  const text = (name: string) => String(row[name] ?? '')
  const state =
    row['failedAt'] === null ? 'is tried again' : `failed (${text('failure')}) at ${text('failedAt')}`
  return [
    text('id'),
    [text('tenant'), text('template'), text('recipient'), `ordered ${text('createdAt')}`].join('  '),
    `${state}, attempts: ${text('attempts')}`,
    text('reason') || 'without a reason',
  ]
}

function failed(wanted: Wanted): string {
  const which = wanted === 'all' ? '' : ` AND id IN (${wanted.map(sqlText).join(', ')})`
  return `failed_at IS NOT NULL${which}`
}

/** Control and direction characters could rewrite what the operator reads. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')
}
