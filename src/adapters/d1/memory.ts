/**
 * What an isolate remembers of the database for a short while, so that not every request asks for it. A failing load is
 * an exception, never "unknown" and never a stale value.
 */
import type { Clock } from '../../flows/ports/index.ts'

export const memorySeconds = 30

export interface Memory<T> {
  recall(key: string): Promise<T>
  forget(key: string): void
}

/**
 * Keeps values, not promises: a promise belongs to the request that started it and may never settle for others.
 * `entriesMax` bounds the memory that made-up keys can take.
 */
export function memory<T>(clock: Clock, entriesMax: number, load: (key: string) => Promise<T>): Memory<T> {
  const known = new Map<string, { until: number; value: T }>()
  return {
    async recall(key) {
      const hit = known.get(key)
      if (hit && hit.until > clock.now()) return hit.value
      const value = await load(key)
      known.delete(key)
      known.set(key, { until: clock.now() + memorySeconds * 1000, value })
      const oldest = known.keys().next().value
      if (known.size > entriesMax && oldest !== undefined) known.delete(oldest)
      return value
    },
    forget(key) {
      known.delete(key)
    },
  }
}
