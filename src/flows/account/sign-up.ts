/**
 * Sign-up: the password's policy, the limits, then one new customer. Where the tenant hides which accounts exist, a taken
 * address is answered like a free one, and its owner gets a mail.
 */
import type { Ports } from '../ports/index.ts'
import type { Customer } from '../../domain/customer/customer.ts'
import { emailKey } from '../../domain/credentials/email-address.ts'
import { ok, type Result } from '../../domain/base/result.ts'
import type { VisitorContext } from '../context.ts'
import type { NewCustomer, NewCustomers } from '../writing/new-customer.ts'
import type { NewPasswords } from '../writing/new-password.ts'
import type { RequestedMails } from '../mail/requested-mails.ts'

export interface SignUp extends Pick<
  NewCustomer,
  'draft' | 'languages' | 'addresses' | 'addressUses' | 'decisions'
> {
  email: string
  password: string
}

export function signUpFlow(
  { limiter, clock }: Pick<Ports, 'limiter' | 'clock'>,
  newPasswords: NewPasswords,
  newCustomers: NewCustomers,
  requestedMails: RequestedMails,
) {
  return {
    /** The new customer, or one that looks like it where the tenant hides which accounts exist; else `EmailTaken`. */
    async signUp(
      { tenant, network, actor, sessionId, place }: VisitorContext,
      request: SignUp,
    ): Promise<Result<Customer>> {
      const key = emailKey(request.email)
      const password = newPasswords.read(tenant, request.password)
      if (!password.ok) return password
      const passed = await limiter.network(tenant, network)
      if (!passed.ok) return passed
      const screened = await newPasswords.screen(tenant, password.value, { emails: [request.email] })
      if (!screened.ok) return screened
      const counted = await limiter.recipient(tenant, key, clock.now())
      if (!counted.ok) return counted
      const hideTaken = async (lookalike: Customer) => {
        await requestedMails.order(tenant, 'already-registered', key)
        return ok(lookalike)
      }
      const wanted = { ...request, password: password.value }
      const prepared = await newCustomers.prepare(tenant, wanted, {
        actor,
        optIn: true,
        sessionId,
        place,
      })
      if (!prepared.ok) return prepared
      return newCustomers.make(prepared.value, tenant.settings.revealExistingAccounts ? undefined : hideTaken)
    },
  }
}
