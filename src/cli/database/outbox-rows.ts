/**
 * SQL text and words for `npm run outbox`: mails, and addresses that take none. Shows neither tokens nor names, and nothing
 * that a terminal would act on.
 */
import { emailKey } from '../../domain/credentials/email-address.ts'
import { sqlText } from './sql.ts'
import type { Row } from '../wrangler.ts'

/** Failed entries first, then those that were tried without success so far; the oldest first. */
export const outboxRows = `SELECT id, tenant, customer_id AS customerId, json_extract(mail_order, '$.template') AS template,
  coalesce(json_extract(mail_order, '$.to'), json_extract(mail_order, '$.emailKey')) AS recipient,
  created_at AS createdAt, attempts, failed_at AS failedAt, failure_kind AS failure, failure_reason AS reason,
  due_at AS dueAt
FROM outbox WHERE failed_at IS NOT NULL OR failure_reason IS NOT NULL
ORDER BY failed_at IS NULL, created_at LIMIT 1000`

export type Wanted = 'all' | readonly string[]

export function retryStatement(wanted: Wanted, now: number): string {
  return `UPDATE outbox SET failed_at = NULL, failure_kind = NULL, failure_reason = NULL, attempts = 0, claimed_until = 0,
  due_at = ${now} WHERE ${failed(wanted)} RETURNING id`
}

export function dropStatement(wanted: Wanted): string {
  return `DELETE FROM outbox WHERE ${failed(wanted)} RETURNING id`
}

/** Addresses that take no mail, the latest first. */
export const addressRows = `SELECT address, since, reason, detail FROM undeliverable_addresses
WHERE since > coalesce(allowed_at, '') ORDER BY since DESC, address LIMIT 1000`

/** Reports from before this moment count no more. */
export function allowStatement(emails: readonly string[], now: number): string {
  const allowedAt = sqlText(new Date(now).toISOString())
  const addresses = emails.map((email) => sqlText(emailKey(email))).join(', ')
  return `UPDATE undeliverable_addresses SET allowed_at = max(${allowedAt}, since)
WHERE address IN (${addresses}) AND since > coalesce(allowed_at, '') RETURNING address AS id`
}

export function presentAddresses(rows: readonly Row[]): string {
  if (rows.length === 0) return 'No address is known to take no mail.\n'
  const lines = rows.map((row) => {
    const [address, since, reason, detail] = ['address', 'since', 'reason', 'detail'].map((name) =>
      printable(String(row[name] ?? '')),
    )
    return `${address}\n  ${reason} since ${since}\n${detail ? `  ${detail}\n` : ''}`
  })
  return lines.join('')
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
