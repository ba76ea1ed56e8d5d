/**
 * The back office signs in as a customer, to buy for it ("Assisted buying login"): a session like any other, known in itself
 * and in the messages as opened by another person. Needs no password, and proves none: what asks for a recent log-in stays shut.
 */
import type { Ports } from '../ports/index.ts'
import { primaryAccount } from '../../domain/credentials/credentials.ts'
import { invalid, type Result } from '../../domain/base/result.ts'
import type { OfficeContext } from '../context.ts'
import type { Admission } from './admission.ts'
import type { SignedIn } from './customer-session.ts'

export function assistedLoginFlow(
  { customers, clock }: Pick<Ports, 'customers' | 'clock'>,
  admission: Admission,
) {
  return async ({ tenant, actor }: OfficeContext, customerId: string): Promise<Result<SignedIn>> => {
    const found = await customers.inspect({ tenant: tenant.key, customerId }, { now: clock.now() })
    if (!found.ok) return found
    const { credentials } = found.value
    const account = primaryAccount(credentials)
    if (!account) return invalid('customerNumber', 'This customer has no log-in.')
    const context = { tenant, actor, network: undefined }
    return admission.openSession(context, {
      customerId,
      accountId: account.id,
      credentialsRevision: credentials.revision,
      methods: [],
      assistedBy: actor,
    })
  }
}
