/**
 * Making, recognising and spending one-time tokens. Whether one can still be spent is decided by the customer's object.
 */
import type { MailedTokenPurpose, TokenPurpose } from '../../domain/base/names.ts'
import {
  spentKey,
  termOf,
  type PreparedToken,
  type OneTimeToken,
} from '../../domain/credentials/one-time-token.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { Context } from '../context.ts'
import type { CustomerCommand, CustomerOutcome, Ports } from '../ports/index.ts'

export function oneTimeTokensFlow({ oneTimeTokens, customers, limiter, ids, clock }: OneTimeTokenPorts) {
  return {
    /** Counted first, against trying many. One failure for unknown, expired and foreign tokens alike. */
    async recognise(
      { tenant, network }: Pick<Context, 'tenant' | 'network'>,
      purpose: TokenPurpose,
      secret: string,
    ): Promise<Result<OneTimeToken>> {
      const passed = await limiter.network(tenant, network)
      if (!passed.ok) return passed
      const token = await oneTimeTokens.find(secret)
      return token?.tenant === tenant.key && token.purpose === purpose
        ? ok(token)
        : fail({ kind: 'OneTimeTokenRejected' })
    },

    /** Whether the token has succeeded within the last ten minutes, even if its customer is gone since. */
    wasSpent: (token: OneTimeToken): Promise<boolean> =>
      customers.wasSpent({ tenant: token.tenant, customerId: token.customerId }, spentKey(token)),

    /** What the token is for, done to its customer. */
    spend(
      token: OneTimeToken,
      command: Omit<CustomerCommand, 'now' | 'operationId' | 'token'>,
    ): Promise<Result<CustomerOutcome>> {
      const { tenant, customerId } = token
      return customers.execute(
        { tenant, customerId },
        { now: clock.now(), operationId: ids.operationId(), token, ...command },
      )
    },
  }
}

/** A token for the present state of the credentials. */
export function newToken<P extends MailedTokenPurpose>(
  { ids, clock }: Pick<Ports, 'ids' | 'clock'>,
  { key: tenant, settings }: Tenant,
  purpose: P,
  { customerId, accountId, revision }: { customerId: string; accountId: string; revision: number },
): OneTimeToken<P> {
  const owner = { tenant, customerId, accountId, credentialsRevision: revision }
  return { id: ids.tokenId(), purpose, ...owner, ...termOf(settings.lifetimes, purpose, clock.now()) }
}

/** For an action that may come to mail a token. */
export function prepareToken(
  { ids, clock }: Pick<Ports, 'ids' | 'clock'>,
  { settings }: Tenant,
  purpose: MailedTokenPurpose,
): PreparedToken {
  return { tokenId: ids.tokenId(), ...termOf(settings.lifetimes, purpose, clock.now()) }
}

/** To choose the first password with: it lives longer than a token that its reader has asked for. */
export function newInvitation(ports: Pick<Ports, 'ids' | 'clock'>, tenant: Tenant): PreparedToken {
  const issuedAt = ports.clock.now()
  const expiresAt = issuedAt + tenant.settings.lifetimes.invitationSeconds * 1000
  return { tokenId: ports.ids.tokenId(), issuedAt, expiresAt }
}

type OneTimeTokenPorts = Pick<Ports, 'oneTimeTokens' | 'customers' | 'limiter' | 'ids' | 'clock'>

export type OneTimeTokenFlow = ReturnType<typeof oneTimeTokensFlow>
