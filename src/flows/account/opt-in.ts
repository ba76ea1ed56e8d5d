/**
 * Double opt-in: accepting the link of the sign-up mail, which also logs in, and asking for the mail again.
 */
import type { Ports } from '../ports/index.ts'
import { emailKey } from '../../domain/credentials/email-address.ts'
import { ok, type Result } from '../../domain/base/result.ts'
import type { Context, VisitorContext } from '../context.ts'
import type { OneTimeTokenFlow } from '../tokens/one-time-tokens.ts'
import type { RequestedMails } from '../mail/requested-mails.ts'
import type { SignedIn } from '../sessions/customer-session.ts'
import type { Admission } from '../sessions/admission.ts'

export function optInFlow(
  { limiter, clock }: Pick<Ports, 'limiter' | 'clock'>,
  tokens: OneTimeTokenFlow,
  admission: Admission,
  mails: RequestedMails,
) {
  return {
    /** The same token works again for ten minutes after its success, with a session of its own each time. */
    async accept(context: VisitorContext, secret: string): Promise<Result<SignedIn>> {
      const token = await tokens.recognise(context, 'opt_in', secret)
      if (!token.ok) return token
      const { customerId, accountId, credentialsRevision, id: tokenId } = token.value
      const accepted = await tokens.spend(token.value, {
        actor: context.actor,
        actions: [{ action: 'acceptOptIn', tokenId, welcome: context.tenant.settings.welcomeMail }],
      })
      if (!accepted.ok) return accepted
      const owner = { customerId, accountId, credentialsRevision }
      return admission.openSession(context, { ...owner, methods: ['mail'] })
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
