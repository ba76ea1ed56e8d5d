/**
 * Bounds on guessing and flooding: the platform's approximate burst limit for a network, the exact counter for an account. An
 * account has no burst limit: that would count refused attempts, and an attacker could keep its owner out by knocking.
 * A limit that cannot be asked is an exception, never a yes.
 */
import type { AttemptCounter, AttemptLimiter } from '../../flows/ports/index.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'

export interface BurstLimits {
  standard: RateLimit
  wide: RateLimit
}

/** Period of both burst limits, as configured for the bindings. */
const burstPeriodSeconds = 60

/** `hash` gives the counter's name from tenant and e-mail key, so that neither can be read from it. */
export function attemptLimiter(
  bursts: BurstLimits,
  counters: DurableObjectNamespace,
  hash: (text: string) => Promise<string>,
): AttemptLimiter {
  const burst = async (tenant: Tenant, key: string): Promise<Result<void>> => {
    const { success } = await bursts[tenant.settings.limits.burst].limit({ key: `${tenant.key}|${key}` })
    return success ? ok(undefined) : fail({ kind: 'TooManyAttempts', retryAfterSeconds: burstPeriodSeconds })
  }
  // Not the counter itself: an asynchronous function looks for a method `then` in what it returns, and a stub has every method.
  const nameOf = (tenant: Tenant, emailKey: string) => hash(`${tenant.key}|${emailKey}`)
  const counter = (name: string) => counters.getByName(name) as unknown as AttemptCounter
  const verdict = (retryAfterSeconds: number): Result<void> =>
    retryAfterSeconds === 0 ? ok(undefined) : fail({ kind: 'TooManyAttempts', retryAfterSeconds })

  return {
    async network(tenant, network) {
      return network === undefined ? ok(undefined) : burst(tenant, `network|${network}`)
    },

    async account(tenant, emailKey, now, clearedAt) {
      const name = await nameOf(tenant, emailKey)
      return verdict(await counter(name).attempt(tenant.settings.limits, now, clearedAt))
    },

    async recipient(tenant, emailKey, now) {
      const name = await nameOf(tenant, emailKey)
      return verdict(await counter(name).hourly(tenant.settings.limits.mailsPerHour, now))
    },
  }
}
