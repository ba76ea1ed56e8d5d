/**
 * A further login e-mail: with a password for a customer who is logged in, or for one of whom the back office says so.
 * A taken address is refused, or mailed to where the tenant hides accounts. Asks the customer for a recent log-in, because
 * whoever adds a way in owns the account; the first login e-mail gets a notice.
 */
import type { Ports } from '../ports/index.ts'
import { emailKey, loginEmail } from '../../domain/credentials/email-address.ts'
import { ok, type Result } from '../../domain/base/result.ts'
import { proofOf, refOf, type CustomerContext, type OfficeContext } from '../context.ts'
import type { NewPasswords } from '../writing/new-password.ts'
import { newInvitation } from '../tokens/one-time-tokens.ts'
import type { RequestedMails } from '../mail/requested-mails.ts'

export function accountAssignmentFlow(
  ports: Pick<Ports, 'customers' | 'passwords' | 'limiter' | 'clock' | 'ids'>,
  newPasswords: NewPasswords,
  mails: RequestedMails,
) {
  const { customers, passwords, limiter, clock, ids } = ports

  return {
    async assign(context: CustomerContext, email: string, password: string): Promise<Result<void>> {
      const { tenant, principal, network, actor } = context
      const wanted = newPasswords.read(tenant, password)
      if (!wanted.ok) return wanted
      const passed = await limiter.network(tenant, network)
      if (!passed.ok) return passed
      const live = await customers.findSession(refOf(principal), proofOf(principal), clock.now())
      if (!live.ok) return live
      const screened = await newPasswords.screen(tenant, wanted.value, { emails: [email] })
      if (!screened.ok) return screened
      const passwordHash = await passwords.hash(wanted.value)
      const added = await customers.execute(refOf(principal), {
        now: clock.now(),
        operationId: ids.operationId(),
        proof: proofOf(principal),
        actor,
        requireRecentLogin: true,
        actions: [
          {
            action: 'addAccount',
            accountId: ids.accountId(),
            ...loginEmail(email),
            passwordHash,
          },
        ],
      })
      if (added.ok) return ok(undefined)
      if (added.error.kind !== 'EmailTaken' || tenant.settings.revealExistingAccounts) return added
      await mails.order(tenant, 'already-registered', emailKey(email))
      return ok(undefined)
    },

    /** Its owner chooses the password, and is told so when `invites` says. */
    async assignFor(
      { tenant, actor }: OfficeContext,
      customerId: string,
      email: string,
      invites: boolean,
    ): Promise<Result<void>> {
      const account = { accountId: ids.accountId(), ...loginEmail(email) }
      const invitation = invites ? newInvitation(ports, tenant) : undefined
      const assigned = await customers.execute(
        { tenant: tenant.key, customerId },
        {
          now: clock.now(),
          operationId: ids.operationId(),
          actor,
          actions: [{ action: 'addAccount', ...account, invitation }],
        },
      )
      return assigned.ok ? ok(undefined) : assigned
    },
  }
}
