/**
 * What can go wrong between the wire and a use case, beside the domain's own failures, and the reply that carries it.
 * Facts only; each dialect words those that it can meet in its `error.ts`.
 */
import type { Principal } from '../domain/tenant/principal.ts'
import type { DomainError } from '../domain/base/result.ts'

export type HttpFailure =
  | DomainError
  | { kind: 'TokenMissing' }
  | { kind: 'TokenInvalid' }
  | { kind: 'TokenExpired' }
  | { kind: 'ScopeMissing'; scopes: readonly string[] }
  /** A good token of a kind that this endpoint has no use for. */
  | { kind: 'PrincipalUnfit'; wanted: readonly Principal['kind'][]; scopes: readonly string[] }
  | { kind: 'TenantUnknown' }
  | { kind: 'BodyTooLarge'; sizeMaxBytes: number }
  | { kind: 'BodyMalformed'; reason: string }
  | { kind: 'MediaTypeUnsupported'; expected: string }
  /** A query parameter in a language of its own; `message` is the dialect's whole sentence. */
  | { kind: 'MalformedParameter'; parameter: string; message: string }
  /** A page of another origin made the browser send this. */
  | { kind: 'RequestForeign' }
  | { kind: 'MethodUnsupported'; allowed: string[] }
  | { kind: 'PathUnknown' }
  | { kind: 'NotImplemented' }
  | { kind: 'Internal' }

/** What a handler answers; `body` absent means an empty body. */
export interface Reply {
  status: number
  body?: unknown
  /** A page, in the place of a JSON body. */
  markup?: string | Promise<string>
  headers?: Record<string, string>
}

export type Decoded<T> = { ok: true; value: T } | { ok: false; error: HttpFailure }

/** Why a session that is alive may not do something, for people. */
export const sessionUnfit = {
  assisted: 'Someone of the shop has opened this session. Only the customer can do this.',
  email_in_doubt:
    'The e-mail address was changed a short while ago. Ask for the deletion by mail, or wait until the change can no longer be taken back.',
} as const
