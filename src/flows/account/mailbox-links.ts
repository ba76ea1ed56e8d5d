/**
 * What a mailbox's owner says of a change on the page of a mailed link: that it is theirs, from within the record, or that it
 * was not them (contract §7, P1, P3, P4, P14). A second press of the same button has the same success and acts no more.
 */
import type { TokenPurpose } from '../../domain/base/names.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { CustomerAction } from '../../domain/changes/update-action.ts'
import { disownedBy, isSpendable, type OneTimeToken } from '../../domain/credentials/one-time-token.ts'
import { primaryAccount } from '../../domain/credentials/credentials.ts'
import { checkPassword } from '../../domain/passwords/password-policy.ts'
import type { Context } from '../context.ts'
import type { Ports } from '../ports/index.ts'
import { prepareToken, type OneTimeTokenFlow } from '../tokens/one-time-tokens.ts'

/** Whose mails ask for a word from within the record before the mailbox counts. */
export type ConfirmationPurpose = 'email_confirmation' | 'account_confirmation'

export function mailboxLinksFlow(ports: MailboxLinksPorts, tokens: OneTimeTokenFlow) {
  const { customers, oneTimeTokens, passwords, limiter, clock } = ports

  /** `act`, or its success of the last ten minutes with the same token. `as`: what the token is then remembered for. */
  const once = async (
    { tenant }: Context,
    purpose: TokenPurpose,
    secret: string,
    act: () => Promise<Result<unknown>>,
    as = purpose,
  ): Promise<Result<void>> => {
    const done = await act()
    if (done.ok) return ok(undefined)
    if (done.error.kind !== 'OneTimeTokenExpired' && done.error.kind !== 'OneTimeTokenRejected') return done
    const token = await oneTimeTokens.find(secret)
    const isOurs = token?.tenant === tenant.key && token.purpose === purpose
    return isOurs && (await tokens.wasSpent({ ...token, purpose: as })) ? ok(undefined) : done
  }

  const recordOf = ({ tenant, customerId }: OneTimeToken) =>
    customers.inspect({ tenant, customerId }, { now: clock.now() })

  return {
    once,

    /** With a password of the record itself: who only reads the mailbox joins no record. */
    confirm: (
      context: Context,
      purpose: ConfirmationPurpose,
      secret: string,
      password: string,
    ): Promise<Result<void>> =>
      once(context, purpose, secret, async () => {
        const recognised = await tokens.recognise(context, purpose, secret)
        if (!recognised.ok) return recognised
        const token = recognised.value
        const given = checkPassword(password)
        if (!given.ok) return given
        const found = await recordOf(token)
        if (!found.ok) return fail({ kind: 'OneTimeTokenRejected' })
        const { credentials } = found.value
        if (!isSpendable(token, credentials, clock.now()))
          return fail({ kind: 'OneTimeTokenExpired', purpose })
        const account = primaryAccount(credentials)
        const key = account?.emailKey ?? ''
        const counted = await limiter.account(context.tenant, key, clock.now(), account?.clearedAt)
        if (!counted.ok) return counted
        const correct = await passwords.verify(account?.passwordHash, given.value)
        if (!correct) return fail({ kind: 'CredentialsRejected' })
        const action = purpose === 'email_confirmation' ? 'confirmEmail' : 'confirmAccount'
        return tokens.spend(token, {
          actor: context.actor,
          expectedRevision: credentials.revision,
          actions: [{ action, tokenId: token.id }],
        })
      }),

    /** "This was not me": what the mail was about is taken back, as far as nothing else speaks for it. */
    disown: (
      context: Context,
      purpose: ConfirmationPurpose | 'disowning',
      secret: string,
    ): Promise<Result<void>> => {
      const act = async (): Promise<Result<unknown>> => {
        const recognised = await tokens.recognise(context, purpose, secret)
        if (!recognised.ok) return recognised
        const token: OneTimeToken = { ...recognised.value, purpose: 'disowning' }
        const ref = { tenant: context.tenant.key, customerId: token.customerId }
        const { actor } = context
        const takeBack = (action: CustomerAction) => tokens.spend(token, { actor, actions: [action] })
        const found = await recordOf(token)
        switch (found.ok ? disownedBy(token, found.value.credentials, clock.now()) : undefined) {
          case 'record':
            return customers.erase(ref, { now: clock.now(), token })
          case 'pending_change':
            return takeBack({ action: 'dropEmailChange' })
          case 'pending_account':
            return takeBack({ action: 'dropPendingAccount', tokenId: token.id })
          case 'change': {
            const reset = prepareToken(ports, context.tenant, 'password_reset')
            return takeBack({ action: 'undoEmailChange', tokenId: token.id, reset })
          }
          case undefined:
            return fail({ kind: 'OneTimeTokenRejected' })
        }
      }
      return once(context, purpose, secret, act, 'disowning')
    },
  }
}

export type MailboxLinks = ReturnType<typeof mailboxLinksFlow>

type MailboxLinksPorts = Pick<
  Ports,
  'customers' | 'oneTimeTokens' | 'passwords' | 'limiter' | 'clock' | 'ids'
>
