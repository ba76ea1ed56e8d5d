/**
 * Whether the service can do its work: alive when it answers at all, ready when the record can be reached.
 * The probe is asked at most once in a few seconds, because the health is public.
 */
import type { OutboxBacklog, Ports } from '../ports/index.ts'

export interface Health {
  ready: boolean
  checks: { database: 'ok' | 'failing' }
}

const memorySeconds = 5

export function healthFlow({
  databaseProbe,
  outbox,
  clock,
  log,
}: Pick<Ports, 'databaseProbe' | 'outbox' | 'clock' | 'log'>) {
  let known: { until: number; health: Health } | undefined
  return {
    async check(): Promise<Health> {
      if (known && known.until > clock.now()) return known.health
      const database = await databaseProbe().then(
        () => 'ok' as const,
        (error: unknown) => {
          log.failure('health of the database', error, {})
          return 'failing' as const
        },
      )
      known = {
        until: clock.now() + memorySeconds * 1000,
        health: { ready: database === 'ok', checks: { database } },
      }
      return known.health
    },

    /** For the operator only: it concerns all tenants. */
    backlog(): Promise<OutboxBacklog> {
      return outbox.backlog()
    },
  }
}
