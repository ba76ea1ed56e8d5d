/**
 * What an operation answers: a value, or one of the expected failures as plain data.
 * The union carries facts only: no HTTP status and no prose, each dialect words them in its own `error.ts`.
 * Plain data, because a thrown error class loses its fields on the way out of a Durable Object.
 */

import type { ResourceKind, ResourceRef } from './names.ts'
import type { CompanyKind } from './names.ts'
import type { TokenPurpose } from './names.ts'
import type { Json } from './json.ts'

export type Result<T, E = DomainError> = { ok: true; value: T } | { ok: false; error: E }

/** Why one field of a request is refused. The words follow the vocabulary both dialects can be mapped from. */
export type ViolationType = 'missing' | 'invalid' | 'out_of_range' | 'too_large'

export interface Violation {
  /** Path of the field in domain terms, for example `address.country`; empty when no single field is to blame. */
  field: string
  type: ViolationType
  message: string
  /** The value that is refused, where a dialect shows it, and those that would not be. */
  value?: Json
  allowed?: string[]
}

export type DomainError =
  | { kind: 'InvalidInput'; violations: Violation[] }
  | { kind: 'CustomerNotFound'; customerId: string }
  | { kind: 'CustomerKeyUnknown'; key: string }
  | { kind: 'CustomerEmailUnknown'; email: string }
  | { kind: 'MessageNotFound'; messageId: string }
  | { kind: 'WebhookNotFound'; webhookId: string }
  | { kind: 'AddressNotFound'; customerId: string; addressId: string }
  | { kind: 'EmailTaken'; email: string }
  | { kind: 'CustomerIdTaken'; customerId: string }
  | { kind: 'VersionConflict'; customerId: string; expected: number; actual: number }
  | ({ kind: 'ResourceNotFound'; of: ResourceKind | CompanyKind } & ResourceRef)
  | { kind: 'ResourceConflict'; of: ResourceKind | CompanyKind; id: string; expected: number; actual: number }
  /** A request names a resource that does not exist. */
  | ({ kind: 'ReferenceUnresolved'; of: ResourceKind | CompanyKind | 'customer' } & ResourceRef)
  /** Something still names the resource that is to be deleted. */
  | { kind: 'ResourceInUse'; of: ResourceKind; id: string }
  | { kind: 'CredentialsRejected' }
  | { kind: 'RecentLoginRequired' }
  | { kind: 'OneTimeTokenRejected' }
  | { kind: 'OneTimeTokenExpired'; purpose: TokenPurpose }
  | { kind: 'ValueTaken'; field: string; value: string }
  | { kind: 'InvalidOperation'; reason: string }
  | { kind: 'SessionEnded' }
  /** The session is alive, but not one that may do this: another opened it, or the e-mail is in doubt. */
  | { kind: 'SessionUnfit'; reason: 'assisted' | 'email_in_doubt' }
  | { kind: 'AccountBlocked' }
  | { kind: 'TooManyAttempts'; retryAfterSeconds: number }
  | { kind: 'LegalEntityNotAssigned'; legalEntityId: string }
  /** No time has been set in which passwords of other systems are good. */
  | { kind: 'MigrationUnset' }
  /** A customer still has a password of another system. */
  | { kind: 'MigrationUnfinished' }
  | { kind: 'ClientRejected' }
  | { kind: 'ScopeRejected'; scope: string }
  /** The client may not do this at all. */
  | { kind: 'ClientUnfit'; scope: string }
  | { kind: 'TokenOfAnotherClient' }
  | { kind: 'AnonymousIdTaken' }
  /** A query would cost more than a query may. */
  | { kind: 'CriteriaTooComplex' }
  /** The caller may only choose from the languages that are known to the tenant. */
  | { kind: 'LanguageUnknown'; language: string; known: string[] }
  /** What a query asks for at once is too much to hold; a smaller page is not. */
  | { kind: 'PageTooLarge'; sizeMaxBytes: number }
  /** A query names a field that is stored nowhere. */
  | { kind: 'FieldUnknown'; path: readonly string[] }
  | { kind: 'Unavailable'; dependency: string }

export function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value }
}

export function fail(error: DomainError): { ok: false; error: DomainError } {
  return { ok: false, error }
}

/** One refused field, as a failure. */
export function invalid(
  field: string,
  message: string,
  type: ViolationType = 'invalid',
): { ok: false; error: DomainError } {
  return fail({ kind: 'InvalidInput', violations: [{ field, type, message }] })
}
