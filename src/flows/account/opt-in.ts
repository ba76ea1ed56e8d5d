/**
 * Double opt-in: accepting the link of the sign-up mail, which also logs in, and asking for the mail again.
 */
import type { Ports } from '../ports/index.ts'
import { emailKey } from '../../domain/credentials/email-address.ts'
import { ok, type Result } from '../../domain/base/result.ts'
import type { Context, VisitorContext } from '../context.ts'
import type { OneTimeToken } from '../../domain/credentials/one-time-token.ts'
import { newToken, prepareToken, type OneTimeTokenFlow } from '../tokens/one-time-tokens.ts'
import type { RequestedMails } from '../mail/requested-mails.ts'
import type { SignedIn } from '../sessions/customer-session.ts'
import type { Admission } from '../sessions/admission.ts'

export function optInFlow(
  ports: Pick<Ports, 'limiter' | 'clock' | 'ids' | 'customers' | 'oneTimeTokens'>,
  tokens: OneTimeTokenFlow,
  admission: Admission,
  mails: RequestedMails,
) {
  const { limiter, clock, customers, oneTimeTokens } = ports

  const spend = ({ tenant, actor, sessionId }: VisitorContext, token: OneTimeToken) =>
    tokens.spend(token, {
      actor,
      actions: [
        {
          action: 'acceptOptIn',
          token,
          welcome: tenant.settings.welcomeMail,
          sessionId,
          reset: prepareToken(ports, tenant, 'password_reset'),
        },
      ],
    })

  return {
    /** The same token works again for ten minutes after its success, with a session of its own each time. */
    async accept(context: VisitorContext, secret: string): Promise<Result<SignedIn>> {
      const token = await tokens.recognise(context, 'opt_in', secret)
      if (!token.ok) return token
      const { customerId, accountId } = token.value
      const accepted = await spend(context, token.value)
      if (!accepted.ok) return accepted
      const { credentialsRevision } = accepted.value
      const owner = { customerId, accountId, credentialsRevision }
      return admission.openSession(context, { ...owner, methods: ['mail'] })
    },

    /**
     * For a page, which opens no session: a success for as long as the record says that the mailbox is proved. The value is
     * the token of a new password, where the one of the sign-up has ended.
     */
    async confirm(context: VisitorContext, secret: string): Promise<Result<string | undefined>> {
      const token = await tokens.recognise(context, 'opt_in', secret)
      if (!token.ok) return token
      const { tenant, customerId, accountId, credentialsRevision: revision } = token.value
      const accepted = await spend(context, token.value)
      if (!accepted.ok) {
        const found = await customers.inspect({ tenant, customerId }, { now: clock.now() })
        const account = found.ok && found.value.credentials.accounts.find(({ id }) => id === accountId)
        return account && account.proved ? ok(undefined) : accepted
      }
      if (accepted.value.credentialsRevision === revision) return ok(undefined)
      const owner = { customerId, accountId, revision: accepted.value.credentialsRevision }
      return ok(await oneTimeTokens.publish(newToken(ports, context.tenant, 'password_reset', owner)))
    },

    /** Says nothing about whether the address waits for an opt-in. */
    async resend({ tenant, network }: Context, email: string): Promise<Result<void>> {
      const key = emailKey(email)
      const passed = await limiter.network(tenant, network)
      if (!passed.ok) return passed
      const counted = await limiter.recipient(tenant, key, clock.now())
      if (!counted.ok) return counted
      await mails.order(tenant, 'opt-in-resent', key)
      return ok(undefined)
    },
  }
}
