/**
 * The end of passwords that came with an import: the tenant's configuration of it, and the sweep that reminds customers and
 * then takes the passwords away. Each step is one call to a customer's object, which knows a repeat, so a sweep that dies
 * is simply done again; what does not fit into one is left to the next, a minute later. A customer with whom it fails stands
 * in nobody's way and is tried again.
 */
import {
  dayOf,
  planMigration,
  type PasswordMigration,
  type PasswordMigrationDraft,
} from '../../domain/passwords/password-migration.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { MigrationAction } from '../../domain/changes/update-action.ts'
import { inTurns } from '../bounded.ts'
import { newInvitation } from '../tokens/one-time-tokens.ts'
import type { DatabaseName, DueMigration, Ports } from '../ports/index.ts'

/** Customers of one sweep: far below what one invocation may call. */
const customersMax = 400
/** Of one tenant, so that a customer with whom it always fails does not stand for all of it. */
const customersMin = 10
const atOnceMax = 10

export function passwordMigrationFlow(ports: MigrationPorts) {
  const { passwordMigrations, tenants, customers, clock, ids, log } = ports

  const sweepOne = async (due: DueMigration, limit: number): Promise<SweptMigrations> => {
    const tenant = await tenants.findTenant(due.tenant)
    if (!tenant) return { seen: 0, failed: 0 }
    const hasEnded = due.endDate <= dayOf(clock.now())
    const after = hasEnded ? '' : due.remindedUpTo
    const found = await passwordMigrations.unmigrated(due.tenant, after, limit)
    const succeeded = await inTurns(found, atOnceMax, async (customerId) => {
      const ref = { tenant: due.tenant, customerId }
      const actions = [step(tenant, due, hasEnded)]
      try {
        const command = { now: clock.now(), operationId: ids.operationId(), actions }
        const done = await customers.execute(ref, command)
        return done.ok || done.error.kind === 'CustomerNotFound'
      } catch (error) {
        log.failure('password migration', error, ref)
        return false
      }
    })
    const passed = hasEnded ? 0 : countPassed(succeeded)
    if (!hasEnded)
      await passwordMigrations.markReminded(
        due.tenant,
        found[passed - 1] ?? after,
        passed === found.length && found.length < limit,
      )
    return { seen: found.length, failed: succeeded.filter((one) => !one).length }
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

    async sweep(database: DatabaseName): Promise<SweptMigrations> {
      const swept: SweptMigrations = { seen: 0, failed: 0 }
      const due = await passwordMigrations.due(database, dayOf(clock.now()))
      for (const [place, one] of inTurn(due, clock.now()).entries()) {
        if (swept.seen >= customersMax) break
        const share = Math.ceil((customersMax - swept.seen) / (due.length - place))
        const { seen, failed } = await sweepOne(one, Math.max(share, customersMin))
        swept.seen += seen
        swept.failed += failed
      }
      return swept
    },
  }
}

/** Beginning with another one each minute, so that no tenant comes first for ever. */
function inTurn<T>(all: readonly T[], now: number): T[] {
  const first = Math.floor(now / 60_000) % Math.max(all.length, 1)
  return [...all.slice(first), ...all.slice(0, first)]
}

/**
 * How many of a row of reminders need not come again: all up to the first that failed. When that was the first of the row and
 * not everything failed, it had its second chance and is passed over.
 */
function countPassed(succeeded: readonly boolean[]): number {
  const firstFailed = succeeded.indexOf(false)
  if (firstFailed < 0) return succeeded.length
  return firstFailed === 0 && succeeded.includes(true) ? 1 : firstFailed
}

export interface SweptMigrations {
  /** Customers whose turn it was, and with how many of them it failed. */
  seen: number
  failed: number
}

type MigrationPorts = Pick<Ports, 'passwordMigrations' | 'tenants' | 'customers' | 'clock' | 'ids' | 'log'>
