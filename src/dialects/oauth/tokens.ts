/**
 * Tokens as the authorization service of commercetools writes them: scopes and refresh tokens name the project, and one
 * more scope says whose token it is.
 */
import { scopeOfProject } from '../../domain/tenant/scope.ts'
import type { ClientTokens, TokenOwner } from '../../flows/sessions/client-session.ts'
import type { HttpFailure, Reply } from '../../http/failure.ts'
import { presentFailure } from './error.ts'

export function presentTokens(
  outcome: { ok: true; value: ClientTokens } | { ok: false; error: HttpFailure },
): Reply {
  if (!outcome.ok) return presentFailure(outcome.error)
  const { tenant, accessToken, accessLifetimeSeconds, refreshToken, scopes, owner } = outcome.value
  return {
    status: 200,
    body: {
      access_token: accessToken,
      expires_in: accessLifetimeSeconds,
      token_type: 'Bearer',
      scope: projectScopes(tenant, scopes, owner),
      ...(refreshToken === undefined ? {} : { refresh_token: `${tenant}:${refreshToken}` }),
    },
  }
}

/** Scopes as commercetools writes them, with their project; Emporix's scopes have a dot and stay as they are. */
export function projectScopes(tenant: string, scopes: readonly string[], owner: TokenOwner): string {
  return [...scopes.map((scope) => scopeOfProject(scope, tenant)), ...ownScope(owner)].join(' ')
}

/** Refresh tokens of this API start with their project. */
export function stripProject(token: string, tenant: string): string {
  return token.startsWith(`${tenant}:`) ? token.slice(tenant.length + 1) : token
}

/** The scope that says whose token it is. */
function ownScope(owner: TokenOwner): string[] {
  switch (owner.kind) {
    case 'customer':
      return [`customer_id:${owner.customerId}`]
    case 'anonymous':
      return [`anonymous_id:${owner.sessionId}`]
    case 'service':
      return []
  }
}
