/**
 * A further login e-mail: with a password for a customer who is logged in, where it waits for the mailbox's owner, or for one
 * of whom the back office says so. A taken address is refused, or mailed to where the tenant hides accounts. Asks the customer
 * for a recent log-in, because a way in is worth as much as the account; the first login e-mail gets a notice.
 */
import type { Ports } from '../ports/index.ts'
import { emailKey, loginEmail } from '../../domain/credentials/email-address.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import { proofOf, refOf, type CustomerContext, type OfficeContext } from '../context.ts'
import type { NewPasswords } from '../writing/new-password.ts'
import { newInvitation, newToken } from '../tokens/one-time-tokens.ts'
import type { RequestedMails } from '../mail/requested-mails.ts'

export function accountAssignmentFlow(
  ports: Pick<Ports, 'accounts' | 'customers' | 'passwords' | 'limiter' | 'clock' | 'ids'>,
  newPasswords: NewPasswords,
  mails: RequestedMails,
) {
  const { accounts, customers, passwords, limiter, clock, ids } = ports

  return {
    async assign(context: CustomerContext, email: string, password: string): Promise<Result<void>> {
      const { tenant, principal, network, actor, place } = context
      const wanted = newPasswords.read(tenant, password)
      if (!wanted.ok) return wanted
      const passed = await limiter.network(tenant, network)
      if (!passed.ok) return passed
      const live = await customers.findSession(refOf(principal), proofOf(principal), clock.now())
      if (!live.ok) return live
      const key = emailKey(email)
      for (const recipient of [key, emailKey(live.value.email)]) {
        const counted = await limiter.recipient(tenant, recipient, clock.now())
        if (!counted.ok) return counted
      }
      const screened = await newPasswords.screen(tenant, wanted.value, { emails: [email] })
      if (!screened.ok) return screened
      const [now, passwordHash] = [clock.now(), await passwords.hash(wanted.value)]
      const taken = await accounts.findAccount(tenant.key, key)
      if (taken && tenant.settings.revealExistingAccounts) return fail({ kind: 'EmailTaken', email })
      const accountId = ids.accountId()
      const { customerId } = principal
      const { session } = live.value
      const token = newToken(ports, tenant, 'account_confirmation', {
        ...{ customerId, accountId },
        revision: session.credentialsRevision,
      })
      const account = {
        ...{ id: accountId, ...loginEmail(email), passwordHash, tokenId: token.id, until: token.expiresAt },
        added: { at: now, sessionId: session.sessionId },
      }
      const added = await customers.execute(refOf(principal), {
        now,
        operationId: ids.operationId(),
        proof: proofOf(principal),
        actor,
        requireRecentLogin: true,
        place,
        actions: taken ? [] : [{ action: 'addPendingAccount', account, token }],
      })
      if (!added.ok) return added
      if (taken) await mails.order(tenant, 'already-registered', key)
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
