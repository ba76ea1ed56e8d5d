/**
 * Changing the login e-mail: the password and a token to the new mailbox, a notice to the old one.
 * Nothing changes before the token comes back; then every session but the confirming one ends.
 */
import type { Ports } from '../ports/index.ts'
import { emailKey } from '../../domain/credentials/email-address.ts'
import { checkPassword } from '../../domain/passwords/password-policy.ts'
import type { Principal } from '../../domain/tenant/principal.ts'
import { fail, invalid, ok, type Result } from '../../domain/base/result.ts'
import { proofOf, refOf, type Context, type CustomerContext } from '../context.ts'
import { newToken, prepareToken, type OneTimeTokenFlow } from '../tokens/one-time-tokens.ts'
import type { RequestedMails } from '../mail/requested-mails.ts'
import { currentHash } from '../writing/current-hash.ts'

export interface EmailChangeRequest {
  email: string
  password: string
  newEmail: string
  syncContactEmail: boolean
}

export function emailChangeFlow(ports: EmailChangePorts, tokens: OneTimeTokenFlow, mails: RequestedMails) {
  const { customers, accounts, passwords, limiter, clock, ids } = ports

  return {
    async request(context: CustomerContext, request: EmailChangeRequest): Promise<Result<void>> {
      const { tenant, principal, network, actor, place } = context
      const { newEmail, syncContactEmail } = request
      const given = checkPassword(request.password)
      if (!given.ok) return given
      const passed = await limiter.network(tenant, network)
      if (!passed.ok) return passed
      const found = await customers.readRecord(refOf(principal), proofOf(principal), clock.now())
      if (!found.ok) return found
      const { credentials } = found.value
      const key = emailKey(request.email)
      const account = credentials.accounts.find((own) => own.emailKey === key)
      const counted = await limiter.account(tenant, key, clock.now(), account?.clearedAt)
      if (!counted.ok) return counted
      const hash = await currentHash(ports, tenant, account?.passwordHash)
      const correct = await passwords.verify(hash, given.value)
      if (!correct || !account) return fail({ kind: 'CredentialsRejected' })

      const newKey = emailKey(newEmail)
      if (newEmail === account.email) return invalid('newEmail', 'This is the login e-mail already.')
      const mailed = await limiter.recipient(tenant, newKey, clock.now())
      if (!mailed.ok) return mailed
      const taken = newKey === account.emailKey ? undefined : await accounts.findAccount(tenant.key, newKey)
      if (taken && tenant.settings.revealExistingAccounts)
        return fail({ kind: 'EmailTaken', email: newEmail })
      if (taken) {
        await mails.order(tenant, 'already-registered', newKey)
        return ok(undefined)
      }
      const token = newToken(ports, tenant, 'email_change', {
        customerId: principal.customerId,
        accountId: account.id,
        revision: credentials.revision,
      })
      const begun = await customers.execute(refOf(principal), {
        now: clock.now(),
        operationId: ids.operationId(),
        proof: proofOf(principal),
        actor,
        expectedRevision: credentials.revision,
        place,
        actions: [{ action: 'beginEmailChange', token, newEmail, syncContactEmail }],
      })
      return begun.ok ? ok(undefined) : begun
    },

    /** A customer who confirms while logged in stays so; another customer's session has nothing to do with it. */
    async confirm(context: Context, principal: Principal | undefined, secret: string): Promise<Result<void>> {
      const token = await tokens.recognise(context, 'email_change', secret)
      if (!token.ok) return token
      const { customerId, accountId, credentialsRevision: revision } = token.value
      const own =
        principal?.kind === 'customer' && principal.customerId === customerId ? principal : undefined
      const undoToken = newToken(ports, context.tenant, 'email_undo', { customerId, accountId, revision })
      const completed = await tokens.spend(token.value, {
        ...(own && { proof: proofOf(own) }),
        actor: context.actor,
        actions: [{ action: 'completeEmailChange', undoToken }],
      })
      return completed.ok ? ok(undefined) : completed
    },

    /** Ends every session and the password; a mail to the old address makes the next one. */
    async undo(context: Context, secret: string): Promise<Result<void>> {
      const token = await tokens.recognise(context, 'email_undo', secret)
      if (!token.ok) return token
      const reset = prepareToken(ports, context.tenant, 'password_reset')
      const undone = await tokens.spend(token.value, {
        actor: context.actor,
        actions: [{ action: 'undoEmailChange', tokenId: token.value.id, reset }],
      })
      return undone.ok ? ok(undefined) : undone
    },
  }
}

type EmailChangePorts = Pick<
  Ports,
  'customers' | 'accounts' | 'passwords' | 'passwordMigrations' | 'limiter' | 'clock' | 'ids'
>
