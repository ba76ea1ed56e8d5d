/**
 * Passwords: changed with the current one, or reset with a mailed token.
 * Either raises the credentials revision and so ends every session but the one that asked. Hashing happens here in the
 * Worker, after the limits and the tenant's policy; a token that is not known costs no hash.
 */
import type { CustomerRecord } from '../../domain/changes/change.ts'
import type { Account } from '../../domain/credentials/credentials.ts'
import { emailKey } from '../../domain/credentials/email-address.ts'
import { checkPassword } from '../../domain/passwords/password-policy.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import { versionConflict } from '../object/conditions.ts'
import { proofOf, refOf, type Context, type CustomerContext, type OfficeContext } from '../context.ts'
import { currentHash } from '../writing/current-hash.ts'
import type { NewPasswords } from '../writing/new-password.ts'
import type { OneTimeTokenFlow } from '../tokens/one-time-tokens.ts'
import type { CustomerCommand, CustomerOutcome, CustomerRef, Ports } from '../ports/index.ts'
import type { RequestedMails } from '../mail/requested-mails.ts'

export interface PasswordChange {
  current: string
  next: string
}

export interface ResetOptions extends Pick<CustomerCommand, 'expectedVersion' | 'store'> {
  /** What the request calls the new password. */
  field?: string
}

export function passwordFlow(
  ports: PasswordPorts,
  newPasswords: NewPasswords,
  tokens: OneTimeTokenFlow,
  mails: RequestedMails,
) {
  const { customers, passwords, limiter, clock, ids } = ports

  /** Replaces the password of the account that `find` names, if `current` is its password. */
  const replace = async (
    { tenant, network }: Pick<Context, 'tenant' | 'network'>,
    ref: CustomerRef,
    { current, next }: PasswordChange,
    conditions: Partial<CustomerCommand>,
    find: () => Promise<Result<{ record: CustomerRecord; account: Account | undefined }>>,
  ): Promise<Result<CustomerOutcome>> => {
    const wanted = newPasswords.read(tenant, next, 'newPassword')
    if (!wanted.ok) return wanted
    const given = checkPassword(current, 'currentPassword')
    if (!given.ok) return given
    const passed = await limiter.network(tenant, network)
    if (!passed.ok) return passed
    const found = await find()
    if (!found.ok) return found
    const { record, account } = found.value
    const { customer, credentials } = record
    const conflict = versionConflict(customer, conditions.expectedVersion)
    if (conflict) return fail(conflict)
    const emails = credentials.accounts.map(({ email }) => email)
    const screened = await newPasswords.screen(tenant, wanted.value, { emails }, 'newPassword')
    if (!screened.ok) return screened
    const counted = await limiter.account(tenant, account?.emailKey ?? '', clock.now(), account?.clearedAt)
    if (!counted.ok) return counted
    const hash = await currentHash(ports, tenant, account?.passwordHash)
    const correct = await passwords.verify(hash, given.value)
    if (!correct || !account) return fail({ kind: 'CredentialsRejected' })
    // The shop's own calls are not counted; a customer's notice that cannot be sent holds the change up.
    if ('proof' in conditions) {
      const mailed = await limiter.recipient(tenant, account.emailKey, clock.now())
      if (!mailed.ok) return mailed
    }
    const passwordHash = await passwords.hash(wanted.value)
    return customers.execute(ref, {
      now: clock.now(),
      operationId: ids.operationId(),
      expectedRevision: credentials.revision,
      ...conditions,
      actions: [{ action: 'setPassword', accountId: account.id, passwordHash, cause: 'change' }],
    })
  }

  return {
    /** Of the account that the session was opened with. */
    change(
      context: CustomerContext,
      change: PasswordChange,
      options: Pick<CustomerCommand, 'expectedVersion' | 'endOwnSession'> = {},
    ): Promise<Result<CustomerOutcome>> {
      const { principal, actor } = context
      const [ref, proof] = [refOf(principal), proofOf(principal)]
      return replace(context, ref, change, { proof, actor, ...options }, async () => {
        const found = await customers.readRecord(ref, proof, clock.now())
        if (!found.ok) return found
        const { session, ...record } = found.value
        const account = record.credentials.accounts.find(({ id }) => id === session.accountId)
        return ok({ record, account })
      })
    },

    /** For a customer who has told the shop the current password; every session ends. */
    changeFor(
      office: OfficeContext,
      customerId: string,
      change: PasswordChange,
      expectedVersion: number,
    ): Promise<Result<CustomerOutcome>> {
      const { tenant, ...caller } = office
      const ref = { tenant: tenant.key, customerId }
      const conditions = { ...caller, expectedVersion }
      return replace({ tenant, network: undefined }, ref, change, conditions, async () => {
        const found = await customers.inspect(ref, { now: clock.now(), ...caller })
        return found.ok ? ok({ record: found.value, account: found.value.credentials.accounts[0] }) : found
      })
    },

    /** Says nothing about whether the address has an account. */
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
      context: Context,
      secret: string,
      next: string,
      { field = 'password', ...conditions }: ResetOptions = {},
    ): Promise<Result<CustomerOutcome>> {
      const { tenant, actor } = context
      const wanted = newPasswords.read(tenant, next, field)
      if (!wanted.ok) return wanted
      const token = await tokens.recognise(context, 'password_reset', secret)
      if (!token.ok) return token
      const { customerId, accountId, handedOut, recovery } = token.value
      const customer = { tenant: tenant.key, customerId }
      // A spent token is refused here, before it has cost a hash; whether it still is good is decided again when it is spent.
      const inTime = await customers.inspect(customer, { now: clock.now(), token: token.value })
      if (!inTime.ok) return inTime
      const emails = inTime.value.credentials.accounts.map(({ email }) => email)
      const screened = await newPasswords.screen(tenant, wanted.value, { emails }, field)
      if (!screened.ok) return screened
      const passwordHash = await passwords.hash(wanted.value)
      const cause = handedOut ? 'handed_out_token' : recovery ? 'recovery_token' : 'mailed_token'
      return tokens.spend(token.value, {
        actor,
        ...conditions,
        actions: [{ action: 'setPassword', accountId, passwordHash, cause }],
      })
    },
  }
}

type PasswordPorts = Pick<
  Ports,
  'customers' | 'passwords' | 'passwordMigrations' | 'limiter' | 'clock' | 'ids'
>
