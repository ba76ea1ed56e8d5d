/**
 * Sign-in with e-mail and password.
 * Limits come first, then one look-up, the counter, and always one hash, known account or not; what answers a wrong
 * password and an unknown e-mail is the same in content and in work.
 */
import { emailKey } from '../domain/email-address.ts'
import { checkPassword } from '../domain/password-policy.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { TrustedAction } from '../domain/update-action.ts'
import type { VisitorContext } from './context.ts'
import type { CustomerSessions, CustomerTokens } from './customer-session.ts'
import type { AccountMatch, Ports } from './ports.ts'

export interface SignedIn extends CustomerTokens {
  customerId: string
  saasToken: string
  initialPassword: boolean
}

export function signInFlow(ports: SignInPorts, sessions: CustomerSessions) {
  const { accounts, passwords, customers, limiter, saasTokens, clock, ids } = ports

  /** Opens a session for an account whose owner has been proved, and says so in the record. */
  const admit = async (
    { tenant, sessionId }: VisitorContext,
    account: Pick<AccountMatch, 'customerId' | 'accountId' | 'credentialsRevision'>,
    rehash: TrustedAction[] = [],
  ): Promise<Result<SignedIn>> => {
    const now = clock.now()
    const ref = { tenant: tenant.key, customerId: account.customerId }
    const opened = await customers.execute(ref, {
      now,
      operationId: ids.operationId(),
      expectedRevision: account.credentialsRevision,
      actions: [{ action: 'recordLogin', accountId: account.accountId }, ...rehash],
      openSession: sessions.plan(tenant, account.accountId, sessionId, now),
    })
    if (!opened.ok)
      return opened.error.kind === 'CustomerNotFound' ? fail({ kind: 'CredentialsRejected' }) : opened
    const { session, initialPassword = false } = opened.value
    if (!session) return fail({ kind: 'Unavailable', dependency: 'session' })
    const tokens = await sessions.issueTokens(tenant, account.customerId, session)
    const saasToken = await saasTokens.issue(tenant.key, account.customerId, tokens.accessLifetimeSeconds)
    return ok({ ...tokens, customerId: account.customerId, saasToken, initialPassword })
  }

  return {
    admit,

    async signIn(context: VisitorContext, email: string, password: string): Promise<Result<SignedIn>> {
      const { tenant, network } = context
      const checked = checkPassword(password, 1)
      if (!checked.ok) return checked
      const passed = await limiter.network(tenant, network)
      if (!passed.ok) return passed
      const key = emailKey(email)
      const account = await accounts.findAccount(tenant.key, key)
      const counted = await limiter.account(tenant, key, clock.now(), account?.clearedAt)
      if (!counted.ok) return counted
      const correct = await passwords.verify(account?.passwordHash, checked.value)
      if (!correct || !account?.passwordHash) return fail({ kind: 'CredentialsRejected' })
      const { accountId } = account
      const rehash: TrustedAction[] = passwords.isOutdated(account.passwordHash)
        ? [{ action: 'rehashPassword', accountId, passwordHash: await passwords.hash(checked.value) }]
        : []
      return admit(context, account, rehash)
    },
  }
}

export type SignIn = ReturnType<typeof signInFlow>

type SignInPorts = Pick<
  Ports,
  'accounts' | 'passwords' | 'customers' | 'limiter' | 'saasTokens' | 'clock' | 'ids'
>
