/**
 * The back office signs in as a customer, to buy for it ("Assisted buying login"): a session like any other, known in itself
 * and in the messages as opened by another person. Needs no password, and proves none: what asks for a recent log-in stays shut.
 */
import type { Ports } from '../ports/index.ts'
import { primaryAccount } from '../../domain/credentials/credentials.ts'
import { invalid, type Result } from '../../domain/base/result.ts'
import type { OfficeContext } from '../context.ts'
import type { CustomerSessions, SignedIn } from './customer-session.ts'

export function assistedLoginFlow(
  { customers, clock, ids }: Pick<Ports, 'customers' | 'clock' | 'ids'>,
  sessions: CustomerSessions,
) {
  return async ({ tenant, actor }: OfficeContext, customerId: string): Promise<Result<SignedIn>> => {
    const ref = { tenant: tenant.key, customerId }
    const now = clock.now()
    const found = await customers.inspect(ref, { now })
    if (!found.ok) return found
    const { credentials } = found.value
    const account = primaryAccount(credentials)
    if (!account) return invalid('customerNumber', 'This customer has no log-in.')
    const planned = sessions.plan({ tenant }, account.id, now)
    const opened = await customers.execute(ref, {
      now,
      operationId: ids.operationId(),
      actor,
      expectedRevision: credentials.revision,
      actions: [{ action: 'recordAssistedLogin', sessionId: planned.sessionId }],
      openSession: { ...planned, assistedBy: actor },
    })
    return opened.ok ? sessions.signedIn(tenant, customerId, opened.value) : opened
  }
}
