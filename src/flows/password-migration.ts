/**
 * The end of passwords that came with an import: the tenant's configuration of it, and the sweep that reminds customers and
 * then takes the passwords away. Each step is one call to a customer's object, which knows a repeat, so a sweep that dies
 * is simply done again; what does not fit into one is left to the next, a minute later.
 */
import {
  dayOf,
  planMigration,
  type PasswordMigration,
  type PasswordMigrationDraft,
} from '../domain/password-migration.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { Tenant } from '../domain/tenant.ts'
import type { MigrationAction } from '../domain/update-action.ts'
import { inTurns } from './bounded.ts'
import { newInvitation } from './one-time-tokens.ts'
import type { DueMigration, Ports } from './ports.ts'

/** Customers of one sweep: far below what one invocation may call. */
const customersMax = 400
const atOnceMax = 10

export function passwordMigrationFlow(ports: MigrationPorts) {
  const { passwordMigrations, tenants, customers, clock, ids } = ports

  /** Customers who were seen to. */
  const sweepOne = async (due: DueMigration, limit: number): Promise<number> => {
    const tenant = await tenants.findTenant(due.tenant)
    if (!tenant) return 0
    const hasEnded = due.endDate <= dayOf(clock.now())
    const after = hasEnded ? '' : due.remindedUpTo
    const found = await passwordMigrations.unmigrated(due.tenant, after, limit)
    await inTurns(found, atOnceMax, async (customerId) => {
      const done = await customers.execute(
        { tenant: due.tenant, customerId },
        { now: clock.now(), operationId: ids.operationId(), actions: [step(tenant, due, hasEnded)] },
      )
      if (!done.ok && done.error.kind !== 'CustomerNotFound')
        throw new Error('A password migration could not go on.')
    })
    if (!hasEnded)
      await passwordMigrations.markReminded(due.tenant, found.at(-1) ?? after, found.length < limit)
    return found.length
  }

  const step = (tenant: Tenant, { endDate, notifies }: DueMigration, hasEnded: boolean): MigrationAction =>
    hasEnded
      ? { action: 'endLegacyPasswords', invitation: notifies ? newInvitation(ports, tenant) : undefined }
      : { action: 'remindOfMigration', endDate, invitation: newInvitation(ports, tenant) }

  return {
    async find({ key }: Tenant): Promise<Result<PasswordMigration>> {
      const found = await passwordMigrations.find(key)
      return found ? ok(found) : fail({ kind: 'MigrationUnset' })
    },

    async configure({ key }: Tenant, draft: PasswordMigrationDraft): Promise<Result<PasswordMigration>> {
      const planned = planMigration(draft, clock.now())
      if (planned.ok) await passwordMigrations.save(key, planned.value)
      return planned
    },

    async remove({ key }: Tenant): Promise<Result<void>> {
      return (await passwordMigrations.remove(key)) ? ok(undefined) : fail({ kind: 'MigrationUnfinished' })
    },

    /** Returns how many customers were seen to. */
    async sweep(): Promise<number> {
      let seen = 0
      for (const due of await passwordMigrations.due(dayOf(clock.now()))) {
        if (seen >= customersMax) break
        seen += await sweepOne(due, customersMax - seen)
      }
      return seen
    },
  }
}

type MigrationPorts = Pick<Ports, 'passwordMigrations' | 'tenants' | 'customers' | 'clock' | 'ids'>
