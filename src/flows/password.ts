/**
 * Passwords: changed with the current one, or reset with a mailed token.
 * Either raises the credentials revision and so ends every session but the one that asked. Hashing happens here in the
 * Worker, after the limits and the tenant's policy; a token that is not known costs no hash.
 */
import { emailKey } from '../domain/email-address.ts'
import { checkPassword } from '../domain/password-policy.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { proofOf, refOf, type Context, type CustomerContext } from './context.ts'
import type { NewPasswords } from './new-password.ts'
import type { OneTimeTokenFlow } from './one-time-tokens.ts'
import type { CustomerCommand, CustomerOutcome, Ports } from './ports.ts'
import type { RequestedMails } from './requested-mails.ts'

export function passwordFlow(
  ports: PasswordPorts,
  newPasswords: NewPasswords,
  tokens: OneTimeTokenFlow,
  mails: RequestedMails,
) {
  const { customers, passwords, limiter, clock, ids } = ports

  return {
    async change(
      context: CustomerContext,
      current: string,
      next: string,
      options: Pick<CustomerCommand, 'expectedVersion' | 'endOwnSession'> = {},
    ): Promise<Result<CustomerOutcome>> {
      const { tenant, principal, network } = context
      const wanted = newPasswords.read(tenant, next, 'newPassword')
      if (!wanted.ok) return wanted
      const given = checkPassword(current, 'currentPassword')
      if (!given.ok) return given
      const passed = await limiter.network(tenant, network)
      if (!passed.ok) return passed
      const found = await customers.readRecord(refOf(principal), proofOf(principal), clock.now())
      if (!found.ok) return found
      const { credentials, session } = found.value
      const emails = credentials.accounts.map(({ email }) => email)
      const screened = await newPasswords.screen(tenant, wanted.value, { emails }, 'newPassword')
      if (!screened.ok) return screened
      const account = credentials.accounts.find(({ id }) => id === session.accountId)
      const counted = await limiter.account(tenant, account?.emailKey ?? '', clock.now(), account?.clearedAt)
      if (!counted.ok) return counted
      const correct = await passwords.verify(account?.passwordHash, given.value)
      if (!correct || !account) return fail({ kind: 'CredentialsRejected' })
      const passwordHash = await passwords.hash(wanted.value)
      return customers.execute(refOf(principal), {
        now: clock.now(),
        operationId: ids.operationId(),
        proof: proofOf(principal),
        expectedRevision: credentials.revision,
        ...options,
        actions: [{ action: 'setPassword', accountId: account.id, passwordHash, cause: 'change' }],
      })
    },

    /** Says nothing about whether the address belongs to anybody. */
    async requestReset({ tenant, network }: Context, email: string, site?: string): Promise<Result<void>> {
      const key = emailKey(email)
      const passed = await limiter.network(tenant, network)
      if (!passed.ok) return passed
      const counted = await limiter.recipient(tenant, key, clock.now())
      if (!counted.ok) return counted
      await mails.order(tenant, 'password-reset', key, site)
      return ok(undefined)
    },

    async reset(
      { tenant, network }: Context,
      secret: string,
      next: string,
    ): Promise<Result<CustomerOutcome>> {
      const wanted = newPasswords.read(tenant, next)
      if (!wanted.ok) return wanted
      const passed = await limiter.network(tenant, network)
      if (!passed.ok) return passed
      const token = await tokens.recognise(tenant, 'password_reset', secret)
      if (!token.ok) return token
      const { customerId, accountId } = token.value
      const customer = { tenant: tenant.key, customerId }
      const screened = await newPasswords.screen(tenant, wanted.value, { customer })
      if (!screened.ok) return screened
      const passwordHash = await passwords.hash(wanted.value)
      return customers.execute(customer, {
        now: clock.now(),
        operationId: ids.operationId(),
        token: token.value,
        actions: [{ action: 'setPassword', accountId, passwordHash, cause: 'reset' }],
      })
    },
  }
}

type PasswordPorts = Pick<Ports, 'customers' | 'passwords' | 'limiter' | 'clock' | 'ids'>
