/**
 * What a mail platform reports about mails that it had taken: which addresses take no mail. Reports come late, repeatedly,
 * in any order and without a tenant.
 */
import type { Ports } from '../ports/index.ts'
import { shortReason, type UndeliverableReport } from '../../domain/mail/mail.ts'

export function deliveryReportsFlow({
  undeliverableAddresses,
  clock,
}: Pick<Ports, 'undeliverableAddresses' | 'clock'>) {
  return {
    async note(reports: readonly UndeliverableReport[]): Promise<void> {
      if (reports.length === 0) return
      const now = clock.now()
      await undeliverableAddresses.mark(
        reports.map(({ email, at, reason, detail = '' }) => ({
          ...{ email, reason, detail: shortReason(detail) },
          // A foreign clock that is fast would outdo the operator.
          at: Math.min(at, now),
        })),
      )
    },
  }
}
