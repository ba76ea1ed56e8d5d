/**
 * Whose records a caller of the tenant-managed endpoints reaches, decided anew at each call: a token of a company is worth
 * what its customer's assignment to that company is worth now. `domain/customer/company.ts` applies the answer to a customer
 * (`isWithin`) and to a search (`within`); a change carries the company as a condition, so that the object of the customer who
 * is to be changed decides.
 */
import { companyScopes, reachScopes, type Reach } from '../../domain/customer/reach.ts'
import type { Principal } from '../../domain/tenant/principal.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { CustomerSessions } from './customer-session.ts'

export function customerReachFlow({ check }: Pick<CustomerSessions, 'check'>) {
  /** Fails with `SessionEnded`, and with `LegalEntityNotAssigned` when the company no longer gives what the token says. */
  return async (principal: Principal, right: keyof typeof reachScopes): Promise<Result<Reach>> => {
    const { all, own } = reachScopes[right]
    if (principal.kind === 'service')
      return ok({ kind: principal.scopes.includes(all) ? 'tenant' : 'nobody' })
    if (principal.kind === 'anonymous') return ok({ kind: 'nobody' })
    const checked = await check({ principal })
    if (!checked.ok) return checked
    const { legalEntityId } = principal
    if (legalEntityId === undefined || !principal.scopes.includes(own)) return ok({ kind: 'nobody' })
    const { assignment, session } = checked.value
    return assignment && companyScopes(assignment, session).includes(own)
      ? ok({ kind: 'company', legalEntityId })
      : fail({ kind: 'LegalEntityNotAssigned', legalEntityId })
  }
}
