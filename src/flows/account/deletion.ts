/**
 * Deleting one's own account: asked for while logged in, confirmed with the mailed token, which is proof enough.
 */
import type { Ports } from '../ports/index.ts'
import { primaryAccount } from '../../domain/credentials/credentials.ts'
import { emailKey } from '../../domain/credentials/email-address.ts'
import type { Customer } from '../../domain/customer/customer.ts'
import { ok, type Result } from '../../domain/base/result.ts'
import { proofOf, refOf, type Context, type CustomerContext } from '../context.ts'
import { newToken, type OneTimeTokenFlow } from '../tokens/one-time-tokens.ts'

export function deletionFlow(
  { customers, limiter, clock, ids }: Pick<Ports, 'customers' | 'limiter' | 'clock' | 'ids'>,
  tokens: OneTimeTokenFlow,
) {
  return {
    async request({ tenant, principal, actor }: CustomerContext): Promise<Result<void>> {
      const found = await customers.readRecord(refOf(principal), proofOf(principal), clock.now())
      if (!found.ok) return found
      const { credentials, customer } = found.value
      const account = primaryAccount(credentials)
      const key = account?.emailKey ?? emailKey(customer.contactEmail ?? '')
      const counted = await limiter.recipient(tenant, key, clock.now())
      if (!counted.ok) return counted
      const token = newToken({ ids, clock }, tenant, 'deletion', {
        customerId: principal.customerId,
        accountId: account?.id ?? '',
        revision: credentials.revision,
      })
      const ordered = await customers.execute(refOf(principal), {
        now: clock.now(),
        operationId: ids.operationId(),
        proof: proofOf(principal),
        actor,
        actions: [{ action: 'requestDeletion', token }],
      })
      return ordered.ok ? ok(undefined) : ordered
    },

    async confirm(context: Context, secret: string): Promise<Result<void>> {
      const token = await tokens.recognise(context, 'deletion', secret)
      if (!token.ok) return token
      const ref = { tenant: context.tenant.key, customerId: token.value.customerId }
      const erased = await customers.erase(ref, {
        now: clock.now(),
        token: token.value,
        actor: context.actor,
      })
      return erased.ok ? ok(undefined) : erased
    },

    /** At once and without a mail, for callers who name the version that they have seen. The last state. */
    async erase({ principal, actor }: CustomerContext, expectedVersion: number): Promise<Result<Customer>> {
      return customers.erase(refOf(principal), {
        now: clock.now(),
        proof: proofOf(principal),
        expectedVersion,
        actor,
      })
    },
  }
}
