/**
 * Deleting one's own account: asked for while logged in, confirmed with the mailed token by anybody who has it.
 */
import { primaryAccount } from '../domain/credentials.ts'
import type { Customer } from '../domain/customer.ts'
import type { Result } from '../domain/result.ts'
import { ok } from '../domain/result.ts'
import { proofOf, refOf, type Context, type CustomerContext } from './context.ts'
import type { OneTimeTokenFlow } from './one-time-tokens.ts'
import type { Ports } from './ports.ts'

export function deletionFlow(
  ports: Pick<Ports, 'customers' | 'limiter' | 'clock' | 'ids'>,
  tokens: OneTimeTokenFlow,
) {
  const { customers, limiter, clock, ids } = ports

  return {
    async request({ tenant, principal }: CustomerContext): Promise<Result<void>> {
      const found = await customers.readRecord(refOf(principal), proofOf(principal), clock.now())
      if (!found.ok) return found
      const { credentials } = found.value
      const accountId = primaryAccount(credentials)?.id ?? ''
      const token = tokens.make(tenant, 'deletion', principal.customerId, accountId, credentials)
      const ordered = await customers.execute(refOf(principal), {
        now: clock.now(),
        operationId: ids.operationId(),
        proof: proofOf(principal),
        actions: [{ action: 'requestDeletion', token }],
      })
      return ordered.ok ? ok(undefined) : ordered
    },

    async confirm({ tenant, network }: Context, secret: string): Promise<Result<void>> {
      const passed = await limiter.network(tenant, network)
      if (!passed.ok) return passed
      const token = await tokens.recognise(tenant, 'deletion', secret)
      if (!token.ok) return token
      const ref = { tenant: tenant.key, customerId: token.value.customerId }
      const erased = await customers.erase(ref, { now: clock.now(), token: token.value })
      return erased.ok ? ok(undefined) : erased
    },

    /** At once and without a mail, for callers who name the version that they have seen. The last state. */
    async erase({ principal, actor }: CustomerContext, expectedVersion: number): Promise<Result<Customer>> {
      return customers.erase(refOf(principal), {
        now: clock.now(),
        proof: proofOf(principal),
        expectedVersion,
        ...(actor && { actor }),
      })
    },
  }
}
