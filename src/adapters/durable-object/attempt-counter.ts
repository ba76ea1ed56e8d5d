/**
 * The Durable Object that counts attempts exactly: one per tenant and e-mail, named by a hash, known customer or not.
 * Reads and writes happen without a pause between them, so a hundred calls at once count a hundred.
 */
import type { AttemptCounter } from '../../flows/ports/index.ts'
import { DurableObject } from 'cloudflare:workers'
import { judgeAttempt, judgeHour, type AttemptState, type HourState } from '../../domain/tenant/attempts.ts'
import type { AttemptLimits } from '../../domain/tenant/tenant.ts'

/** A counter that has not been touched for this long is thrown away: failures in a row are remembered for as long. */
const idleSeconds = 90 * 86_400

export class AttemptCounterObject extends DurableObject implements AttemptCounter {
  /** Seconds to wait before the attempt may be made; 0 when it may be made and has been counted. */
  async attempt(limits: AttemptLimits, now: number, clearedAt: number | undefined): Promise<number> {
    const verdict = judgeAttempt(this.ctx.storage.kv.get<AttemptState>('failures'), limits, now, clearedAt)
    if (!verdict.allowed) return verdict.retryAfterSeconds
    this.ctx.storage.kv.put('failures', verdict.state)
    await this.#tidyLater(now)
    return 0
  }

  /** Seconds to wait before another event is within the limit; 0 when it is, and has been counted. */
  async hourly(countMax: number, now: number): Promise<number> {
    const verdict = judgeHour(this.ctx.storage.kv.get<HourState>('hour'), countMax, now)
    if (!verdict.allowed) return verdict.retryAfterSeconds
    this.ctx.storage.kv.put('hour', verdict.state)
    await this.#tidyLater(now)
    return 0
  }

  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll()
  }

  #tidyLater(now: number): Promise<void> {
    return this.ctx.storage.setAlarm(now + idleSeconds * 1000)
  }
}
