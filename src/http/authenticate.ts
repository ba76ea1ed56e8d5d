/**
 * From the `Authorization` header to a principal of the right kind, tenant and scope: the one place for all endpoints.
 * Says nothing about whether a customer's session is alive.
 */
import { hasAnyScope, type Principal } from '../domain/tenant/principal.ts'
import type { AccessTokens } from '../flows/ports/index.ts'
import type { Access } from './endpoint.ts'
import type { Decoded } from './failure.ts'

const bearer = /^Bearer +([\w.~+/-]+=*) *$/i

/** A caller, and when its token ends in milliseconds since the epoch (0 when it has ended already). */
export interface Caller {
  principal: Principal
  tokenExpiresAt: number
}

export async function authenticate(
  tokens: AccessTokens,
  request: Request,
  tenant: string,
  access: Access,
  store?: string,
): Promise<Decoded<Caller>> {
  const header = request.headers.get('Authorization')
  if (header === null) return { ok: false, error: { kind: 'TokenMissing' } }
  const token = bearer.exec(header)?.[1]
  if (token === undefined) return { ok: false, error: { kind: 'TokenInvalid' } }
  const verdict = await tokens.verify(token)
  if (!verdict.ok && verdict.reason === 'invalid') return { ok: false, error: { kind: 'TokenInvalid' } }
  const { principal } = verdict
  if (principal.tenant !== tenant) return { ok: false, error: { kind: 'TokenInvalid' } }
  if (!verdict.ok && !access.evenExpired && access.kinds.includes(principal.kind))
    return { ok: false, error: { kind: 'TokenExpired' } }
  return checkAccess({ principal, tokenExpiresAt: verdict.ok ? verdict.expiresAt : 0 }, access, store)
}

/** Whether a caller who is known is of the right kind and has a scope that is needed. */
export function checkAccess(caller: Caller, { kinds, scopes = [] }: Access, store?: string): Decoded<Caller> {
  const { principal } = caller
  if (!kinds.includes(principal.kind))
    return { ok: false, error: { kind: 'PrincipalUnfit', wanted: kinds, scopes } }
  return hasAnyScope(principal, scopes, store)
    ? { ok: true, value: caller }
    : { ok: false, error: { kind: 'ScopeMissing', scopes } }
}
