/**
 * A password that a customer chooses. Every way to set one reads it here, which costs nothing, and has it screened as the
 * tenant's policy asks: after the rate limit, before the hash, and without regard to whether an account exists. Log-in
 * has nothing to do with it.
 */
import {
  checkBlockList,
  checkNewPassword,
  normalizePassword,
  passwordRules,
} from '../../domain/passwords/password-policy.ts'
import { invalid, ok, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { CustomerRef, Ports } from '../ports/index.ts'

/** Whose password it will be; a customer is looked up only when the policy compares with the e-mail addresses. */
export type PasswordOwner = { emails: readonly string[] } | { customer: CustomerRef }

export function newPasswordFlow({
  breachedPasswords,
  customerQuery,
}: Pick<Ports, 'breachedPasswords' | 'customerQuery'>) {
  const emailsOf = async (owner: PasswordOwner): Promise<readonly string[]> => {
    if ('emails' in owner) return owner.emails
    const customer = await customerQuery.find(owner.customer)
    return customer?.accounts.map(({ email }) => email) ?? []
  }

  return {
    /** The password as it was typed, long enough and not too long; else `InvalidInput` on `field`. */
    read: checkNewPassword,

    /** Block list, then known breaches. `Unavailable` when the breach service does not answer and the tenant refuses unchecked passwords. */
    async screen(
      tenant: Tenant,
      password: string,
      owner: PasswordOwner,
      field = 'password',
    ): Promise<Result<string>> {
      if (!passwordRules(tenant.settings).screened) return ok(password)
      const unlisted = checkBlockList(tenant, password, await emailsOf(owner), field)
      if (!unlisted.ok) return unlisted
      const { url, onFailure } = tenant.settings.breachedPasswordCheck
      const breached = await breachedPasswords.includes(url, normalizePassword(password))
      if (!breached.ok) return onFailure === 'accept' ? ok(password) : breached
      return breached.value ? invalid(field, breachedMessage) : ok(password)
    },
  }
}

const breachedMessage =
  'The password is known from a data breach, at whatever service that was. Choose one that you use nowhere else.'

export type NewPasswords = ReturnType<typeof newPasswordFlow>
