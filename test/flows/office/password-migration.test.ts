/**
 * The sweep that ends passwords of other systems, over many tenants: each gets its turn, however large another one is.
 */
import { expect, it } from 'vitest'
import { passwordMigrationFlow } from '../../../src/flows/office/password-migration.ts'
import { fail, ok } from '../../../src/domain/base/result.ts'
import type { Customers, DueMigration, PasswordMigrations } from '../../../src/flows/ports/index.ts'
import { countedIds, fixedTenants, recordedLog, settableClock } from '../../support/ports.ts'
import { tenantWith } from '../../support/records.ts'

/** How many customers with an old password each tenant has. */
function setUp(left: Map<string, number>, failing: (tenant: string) => boolean = () => false) {
  const clock = settableClock()
  const due = [...left.keys()].map((tenant): DueMigration => ({
    ...{ tenant, endDate: '2020-01-01', reminderDate: '2019-12-25', notifies: false, remindedUpTo: '' },
  }))
  const passwordMigrations = {
    due: async () => due.filter(({ tenant }) => (left.get(tenant) ?? 0) > 0),
    unmigrated: async (tenant: string, _after: string, limit: number) =>
      Array.from({ length: Math.min(limit, left.get(tenant) ?? 0) }, (_, at) => `${at}`),
  } as unknown as PasswordMigrations
  const customers = {
    execute: async ({ tenant }: { tenant: string }) => {
      if (failing(tenant)) return fail({ kind: 'Unavailable', dependency: 'database' })
      left.set(tenant, (left.get(tenant) ?? 0) - 1)
      return ok({})
    },
  } as unknown as Customers
  const tenants = fixedTenants([...left.keys()].map((key) => tenantWith({}, key)))
  return {
    clock,
    flow: passwordMigrationFlow({
      passwordMigrations,
      tenants,
      customers,
      clock,
      ids: countedIds(),
      log: recordedLog(),
    }),
  }
}

it('one sweep gives every tenant its share, also behind a large one in the alphabet', async () => {
  const left = new Map([
    ['aaa', 1_000_000],
    ['mmm', 5],
    ['zzz', 5],
  ])
  const { flow } = setUp(left)
  expect((await flow.sweep('DB')).seen).toBeLessThanOrEqual(400)
  expect([left.get('mmm'), left.get('zzz')]).toEqual([0, 0])
})

it('many large tenants, and some with whom everything fails, come in turn', async () => {
  const names = Array.from({ length: 120 }, (_, at) => `tenant-${String(at).padStart(3, '0')}`)
  const left = new Map(names.map((name) => [name, 20]))
  const broken = (tenant: string) => tenant < 'tenant-050'
  const { clock, flow } = setUp(left, broken)
  for (let minute = 0; minute < 240; minute += 1) {
    await flow.sweep('DB')
    clock.time += 60_000
  }
  expect(names.filter((name) => !broken(name) && left.get(name) !== 0)).toEqual([])
})
