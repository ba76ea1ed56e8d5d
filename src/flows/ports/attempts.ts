/**
 * The ports that bound guessing and flooding.
 */
import type { Result } from '../../domain/base/result.ts'
import type { AttemptLimits, Tenant } from '../../domain/tenant/tenant.ts'

/** Bounds on guessing and flooding. Each call is one attempt. */
export interface AttemptLimiter {
  /** Burst limit of a network (an IPv4 address or an IPv6 /64). */
  network(tenant: Tenant, network: string | undefined): Promise<Result<void>>
  /** Counts one attempt on an account, known or not, as a failure until `clearedAt` says otherwise. */
  account(tenant: Tenant, emailKey: string, now: number, clearedAt: number | undefined): Promise<Result<void>>
  /** Counts one mail that a stranger causes to a recipient. */
  recipient(tenant: Tenant, emailKey: string, now: number): Promise<Result<void>>
}

export interface AttemptCounter {
  attempt(limits: AttemptLimits, now: number, clearedAt: number | undefined): Promise<number>
  hourly(countMax: number, now: number): Promise<number>
}
