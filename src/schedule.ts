/**
 * What the cron triggers start: the sweeps of every minute and of every day, in each database. The sweeps of one trigger
 * run beside each other, and one that fails is a failure in the log and nothing to the others; its next turn does what was
 * left.
 */
import type { Flows } from './flows/index.ts'
import type { DatabaseName, Log } from './flows/ports/index.ts'

export interface ScheduleParts {
  flows: Pick<
    Flows,
    | 'databases'
    | 'mailDelivery'
    | 'webhookDelivery'
    | 'companies'
    | 'passwordMigration'
    | 'spellings'
    | 'retention'
  >
  log: Log
}

type Sweep = (parts: ScheduleParts, database: DatabaseName) => Promise<unknown>

interface Schedule {
  inEachDatabase: Record<string, Sweep>
  /** Of what belongs to no tenant, and so stands in one database only. */
  once: Record<string, (parts: ScheduleParts) => Promise<unknown>>
}

const everyMinute: Schedule = {
  inEachDatabase: {
    mails: ({ flows }, database) => flows.mailDelivery.sweep(database),
    webhooks: ({ flows }, database) => flows.webhookDelivery.sweep({ database }),
    companies: ({ flows }, database) => flows.companies.sweep(database),
    spellings: ({ flows }, database) => flows.spellings.sweep(database),
    async 'password migrations'({ flows, log }, database) {
      const { failed } = await flows.passwordMigration.sweep(database)
      if (failed > 0) log.tell('warn', 'password migration', { database, failed })
    },
  },
  once: {},
}

const everyDay: Schedule = {
  inEachDatabase: { retention: ({ flows }, database) => flows.retention.sweep(database) },
  once: { 'marks on addresses': ({ flows }) => flows.retention.sweepMarks() },
}

/** As in `wrangler.toml`. */
const schedules = new Map([
  ['* * * * *', everyMinute],
  ['17 3 * * *', everyDay],
])

export async function runSchedule(cron: string, parts: ScheduleParts): Promise<void> {
  const schedule = schedules.get(cron)
  if (!schedule) throw new Error(`The schedule ${cron} has no sweeps.`)
  const { inEachDatabase, once } = schedule
  const reported = (sweep: Promise<unknown>, name: string, about: object) =>
    sweep.catch((error: unknown) => parts.log.failure(`sweep of ${name}`, error, { cron, ...about }))
  await Promise.all([
    ...parts.flows.databases.flatMap((database) =>
      Object.entries(inEachDatabase).map(([name, sweep]) =>
        reported(sweep(parts, database), name, { database }),
      ),
    ),
    ...Object.entries(once).map(([name, sweep]) => reported(sweep(parts), name, {})),
  ])
}
