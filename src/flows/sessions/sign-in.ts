/**
 * Sign-in with e-mail and password.
 * Limits come first, then one look-up, the counter, and always one hash, known account or not; what answers a wrong
 * password and an unknown e-mail is the same in content and in work.
 */
import type { AccountMatch, Ports } from '../ports/index.ts'
import type { AnonymousLink } from '../../domain/customer/cart.ts'
import { emailKey } from '../../domain/credentials/email-address.ts'
import type { JsonObject } from '../../domain/base/json.ts'
import type { Customer } from '../../domain/customer/customer.ts'
import { checkPassword } from '../../domain/passwords/password-policy.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { TrustedAction } from '../../domain/changes/update-action.ts'
import type { Context, VisitorContext } from '../context.ts'
import type { CustomerSessions, SignedIn } from './customer-session.ts'

export interface Identified {
  customer: Customer
  cart?: JsonObject
}

export function signInFlow(ports: SignInPorts, sessions: CustomerSessions) {
  const { accounts, passwords, customers, limiter, carts, clock, ids } = ports

  /** Opens a session for an account whose owner has been proved, and says so in the record. */
  const admit = async (
    context: VisitorContext,
    account: Pick<AccountMatch, 'customerId' | 'accountId' | 'credentialsRevision'>,
    rehash: TrustedAction[] = [],
  ): Promise<Result<SignedIn>> => {
    const { tenant, actor } = context
    const now = clock.now()
    const ref = { tenant: tenant.key, customerId: account.customerId }
    const session = sessions.plan(context, account.accountId, now)
    const opened = await customers.execute(ref, {
      now,
      operationId: ids.operationId(),
      actor,
      expectedRevision: account.credentialsRevision,
      actions: [
        { action: 'recordLogin', accountId: account.accountId, sessionId: session.sessionId },
        ...rehash,
      ],
      ...(context.signInAt && { signInAt: context.signInAt }),
      openSession: session,
    })
    if (!opened.ok)
      return opened.error.kind === 'CustomerNotFound' ? fail({ kind: 'CredentialsRejected' }) : opened
    return sessions.signedIn(tenant, account.customerId, opened.value)
  }

  /** The account that the password belongs to, and the hash that is to replace an outdated one. */
  const recognise = async (
    { tenant, network }: Context,
    email: string,
    password: string,
  ): Promise<Result<{ account: AccountMatch; rehash: TrustedAction[] }>> => {
    const checked = checkPassword(password)
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
    return ok({ account, rehash })
  }

  return {
    admit,

    async signIn(context: VisitorContext, email: string, password: string): Promise<Result<SignedIn>> {
      const found = await recognise(context, email, password)
      return found.ok ? admit(context, found.value.account, found.value.rehash) : found
    },

    /**
     * Recognises a customer without opening a session: for APIs that hand out tokens elsewhere. `link` tells which
     * visitor the customer was; with the cart, where the tenant has a service that answers with one.
     */
    async identify(
      context: Context & Pick<VisitorContext, 'signInAt'>,
      { email, password }: { email: string; password: string },
      link: AnonymousLink,
    ): Promise<Result<Identified>> {
      const { tenant, actor, signInAt } = context
      const found = await recognise(context, email, password)
      if (!found.ok) return found
      const { account, rehash } = found.value
      const { anonymousId, anonymousCart } = link
      const linked: TrustedAction[] =
        anonymousId === undefined && anonymousCart === undefined
          ? []
          : [{ action: 'linkAnonymousSession', link }]
      const known = await customers.execute(
        { tenant: tenant.key, customerId: account.customerId },
        {
          now: clock.now(),
          operationId: ids.operationId(),
          actor,
          ...(signInAt && { signInAt }),
          expectedRevision: account.credentialsRevision,
          requireUsable: true,
          actions: [{ action: 'recordLogin', accountId: account.accountId }, ...rehash, ...linked],
        },
      )
      if (!known.ok) return known
      const cart = await carts.link(tenant, account.customerId, link)
      return ok({ customer: known.value.customer, ...(cart && { cart }) })
    },
  }
}

export type SignIn = ReturnType<typeof signInFlow>

type SignInPorts = Pick<Ports, 'accounts' | 'passwords' | 'customers' | 'limiter' | 'carts' | 'clock' | 'ids'>
