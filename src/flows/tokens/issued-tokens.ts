/**
 * One-time tokens that the back office asks for and delivers itself, and what their owners do with the one that proves a
 * mailbox. A token is known from the moment of the answer; the record only remembers that it was issued.
 */
import type { IssuedTokenPurpose } from '../../domain/base/names.ts'
import type { Actor } from '../../domain/base/actor.ts'
import type { Customer } from '../../domain/customer/customer.ts'
import { emailKey } from '../../domain/credentials/email-address.ts'
import type { OneTimeToken } from '../../domain/credentials/one-time-token.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { Context, OfficeContext } from '../context.ts'
import type { OneTimeTokenFlow } from './one-time-tokens.ts'
import type { CustomerCommand, Ports } from '../ports/index.ts'

export interface TokenRequest {
  lifetimeMinutes: number
  /** Older tokens of the same purpose end. */
  replacing: boolean
  expectedVersion?: number | undefined
}

export interface IssuedToken {
  token: OneTimeToken<IssuedTokenPurpose>
  secret: string
  replacing: boolean
  issuedBy: Actor
}

export function issuedTokensFlow(ports: IssuedTokensPorts, tokens: OneTimeTokenFlow) {
  const { customers, accounts, oneTimeTokens, clock, ids } = ports

  const issue = async (
    office: OfficeContext,
    purpose: IssuedTokenPurpose,
    customerId: string,
    { lifetimeMinutes, replacing, expectedVersion }: TokenRequest,
  ): Promise<Result<IssuedToken>> => {
    const { tenant, ...caller } = office
    const ref = { tenant: tenant.key, customerId }
    const conditions = { ...caller, ...(expectedVersion !== undefined && { expectedVersion }) }
    const found = await customers.inspect(ref, { now: clock.now(), ...conditions })
    if (!found.ok) return found
    const { credentials } = found.value
    const issuedAt = clock.now()
    const token: OneTimeToken<IssuedTokenPurpose> = {
      id: ids.tokenId(),
      purpose,
      ...ref,
      accountId: credentials.accounts[0]?.id ?? '',
      credentialsRevision: credentials.revision,
      issuedAt,
      expiresAt: issuedAt + lifetimeMinutes * 60_000,
      handedOut: true,
    }
    const remembered = await customers.execute(ref, {
      now: issuedAt,
      operationId: ids.operationId(),
      ...conditions,
      actions: [{ action: 'issueToken', token, replacing }],
    })
    if (!remembered.ok) return remembered
    const secret = await oneTimeTokens.publish(token)
    return ok({ token, secret, replacing, issuedBy: office.actor })
  }

  return {
    /** Fails with `CustomerEmailUnknown` when no account has the e-mail. */
    async issuePasswordToken(
      office: OfficeContext,
      email: string,
      request: TokenRequest,
    ): Promise<Result<IssuedToken>> {
      const account = await accounts.findAccount(office.tenant.key, emailKey(email))
      if (!account) return fail({ kind: 'CustomerEmailUnknown', email })
      const issued = await issue(office, 'password_reset', account.customerId, request)
      return !issued.ok && issued.error.kind === 'CustomerNotFound'
        ? fail({ kind: 'CustomerEmailUnknown', email })
        : issued
    },

    issueEmailToken: (office: OfficeContext, customerId: string, request: TokenRequest) =>
      issue(office, 'email_verification', customerId, request),

    /** Whom a token that can still be spent belongs to. */
    async findOwner(
      { tenant, store }: OfficeContext,
      purpose: IssuedTokenPurpose,
      secret: string,
    ): Promise<Result<Customer>> {
      const token = await tokens.recognise({ tenant, network: undefined }, purpose, secret)
      if (!token.ok) return token
      const ref = { tenant: tenant.key, customerId: token.value.customerId }
      const found = await customers.inspect(ref, {
        now: clock.now(),
        token: token.value,
        ...(store !== undefined && { store }),
      })
      return found.ok ? ok(found.value.customer) : found
    },

    async confirmEmail(
      context: Context,
      secret: string,
      conditions: Pick<CustomerCommand, 'expectedVersion' | 'store'> = {},
    ): Promise<Result<Customer>> {
      const token = await tokens.recognise(context, 'email_verification', secret)
      if (!token.ok) return token
      const { actor } = context
      const confirmed = await tokens.spend(token.value, {
        actor,
        ...conditions,
        actions: [{ action: 'verifyEmail', way: 'email_token' }],
      })
      return confirmed.ok ? ok(confirmed.value.customer) : confirmed
    },
  }
}

type IssuedTokensPorts = Pick<Ports, 'customers' | 'accounts' | 'oneTimeTokens' | 'clock' | 'ids'>
