/**
 * Making and recognising one-time tokens. Whether one can still be spent is decided by the customer's object.
 */
import type { Credentials } from '../domain/credentials.ts'
import {
  tokenLifetime,
  type Invitation,
  type MailedTokenPurpose,
  type OneTimeToken,
  type TokenPurpose,
} from '../domain/one-time-token.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { Tenant } from '../domain/tenant.ts'
import type { Ports } from './ports.ts'

export function oneTimeTokensFlow({
  oneTimeTokens,
  ids,
  clock,
}: Pick<Ports, 'oneTimeTokens' | 'ids' | 'clock'>) {
  return {
    /** A token for the present state of the credentials. */
    make(
      tenant: Tenant,
      purpose: MailedTokenPurpose,
      customerId: string,
      accountId: string,
      { revision }: Pick<Credentials, 'revision'>,
    ): OneTimeToken<MailedTokenPurpose> {
      const issuedAt = clock.now()
      const expiresAt = issuedAt + tenant.settings.lifetimes[tokenLifetime[purpose]] * 1000
      const id = ids.tokenId()
      return {
        id,
        purpose,
        tenant: tenant.key,
        customerId,
        accountId,
        credentialsRevision: revision,
        issuedAt,
        expiresAt,
      }
    },

    /** One failure for unknown, expired and foreign tokens alike. */
    async recognise(tenant: Tenant, purpose: TokenPurpose, secret: string): Promise<Result<OneTimeToken>> {
      const token = await oneTimeTokens.find(secret)
      return token?.tenant === tenant.key && token.purpose === purpose
        ? ok(token)
        : fail({ kind: 'OneTimeTokenRejected' })
    },
  }
}

/** For an action that may come to mail a token, as a rule one to choose a password with. */
export function newInvitation(
  { ids, clock }: Pick<Ports, 'ids' | 'clock'>,
  { settings }: Tenant,
  purpose: 'password_reset' | 'email_undo' = 'password_reset',
): Invitation {
  const issuedAt = clock.now()
  const expiresAt = issuedAt + settings.lifetimes[tokenLifetime[purpose]] * 1000
  return { tokenId: ids.tokenId(), issuedAt, expiresAt }
}

export type OneTimeTokenFlow = ReturnType<typeof oneTimeTokensFlow>
