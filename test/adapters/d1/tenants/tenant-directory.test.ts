/**
 * Tenants and clients are remembered for half a minute, unknown ones included, and no failure is ever taken for an answer
 * (T53).
 */
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../../../src/adapters/d1/database.ts'
import { oneDatabase } from '../../../../src/adapters/d1/databases.ts'
import { tenantDirectory } from '../../../../src/adapters/d1/tenants/tenant-directory.ts'
import { storefrontScopes } from '../../../../src/cli/scopes.ts'
import { hashClientSecret, insertTenant } from '../../../../src/cli/database/sql.ts'
import { defaultTenantSettings } from '../../../../src/domain/tenant/tenant.ts'
import { observedDatabase } from '../../../support/observed-database.ts'
import { settableClock } from '../../../support/ports.ts'

let tenants = 0

function directory() {
  const clock = settableClock()
  const observed = observedDatabase()
  return { ...tenantDirectory(oneDatabase(observed.database), clock), clock, observed }
}

/** A tenant that no other test touches. */
async function newTenant(settings: object = {}): Promise<string> {
  const key = `tenant${(tenants += 1)}`
  await env.DB.prepare(insertTenant(key, settings, '2026-01-01T00:00:00.000Z')).run()
  return key
}

async function store(key: string, settings: string): Promise<void> {
  await env.DB.prepare('UPDATE tenants SET settings = ? WHERE key = ?').bind(settings, key).run()
}

describe('a tenant', () => {
  it('has what is stored of it over the defaults', async () => {
    const key = await newTenant({
      name: 'Tenant',
      countries: ['DE'],
      optIn: 'double',
      lifetimes: { optInSeconds: 120 },
    })
    expect(await directory().findTenant(key)).toEqual({
      key,
      createdAt: '2026-01-01T00:00:00.000Z',
      settings: {
        ...defaultTenantSettings,
        name: 'Tenant',
        countries: ['DE'],
        optIn: 'double',
        lifetimes: { ...defaultTenantSettings.lifetimes, optInSeconds: 120 },
      },
    })
  })

  it('is asked for once in half a minute, then a change is seen', async () => {
    const key = await newTenant()
    const { findTenant, clock, observed } = directory()
    expect((await findTenant(key))?.settings.optIn).toBe('none')
    await store(key, '{"optIn":"double"}')
    clock.time += 29_999
    expect((await findTenant(key))?.settings.optIn).toBe('none')
    expect(observed.statements).toEqual(['select tenants'])
    clock.time += 1
    expect((await findTenant(key))?.settings.optIn).toBe('double')
    expect(observed.statements).toHaveLength(2)
  })

  it('that is not there is remembered as such, and found half a minute after it was made', async () => {
    const { findTenant, clock, observed } = directory()
    const key = `tenant${tenants + 1}`
    expect(await findTenant(key)).toBeUndefined()
    expect(await newTenant()).toBe(key)
    clock.time += 29_999
    expect(await findTenant(key)).toBeUndefined()
    expect(observed.statements).toHaveLength(1)
    clock.time += 1
    expect((await findTenant(key))?.key).toBe(key)
  })

  it.each(['', 'a', 'Acme', 'customer', 'a b c', "x' OR 1=1", '__proto__', 'constructor!'])(
    'cannot be called %j, and nobody is asked',
    async (key) => {
      const { findTenant, observed } = directory()
      expect(await findTenant(key)).toBeUndefined()
      expect(observed.statements).toEqual([])
    },
  )

  it.each([
    ['wrong', '{"optIn":"triple"}'],
    ['no object', '[]'],
    ['no JSON', '{'],
  ])(
    'with settings that are %s is an exception, and repaired it is found at once',
    async (_what, settings) => {
      const key = await newTenant()
      const { findTenant } = directory()
      await store(key, settings)
      await expect(findTenant(key)).rejects.toThrow()
      await store(key, '{}')
      expect((await findTenant(key))?.settings).toEqual(defaultTenantSettings)
    },
  )
})

describe('a failing database', () => {
  it('is an exception, no "unknown", and is forgotten', async () => {
    const key = await newTenant()
    const { findTenant, findClient, observed } = directory()
    observed.failing = true
    await expect(findTenant(key)).rejects.toThrow('not there')
    await expect(findClient('acme-admin')).rejects.toThrow('not there')
    observed.failing = false
    expect((await findTenant(key))?.key).toBe(key)
    expect((await findClient('acme-admin'))?.id).toBe('acme-admin')
  })

  it('is not noticed while the memory lasts, and never answered by a stale one', async () => {
    const key = await newTenant()
    const { findTenant, observed, clock } = directory()
    await findTenant(key)
    observed.failing = true
    expect((await findTenant(key))?.key).toBe(key)
    clock.time += 30_000
    await expect(findTenant(key)).rejects.toThrow('not there')
  })
})

describe('a client', () => {
  it('is found with its tenant, its scopes and the hash of its secret', async () => {
    const { findClient, observed } = directory()
    for (let time = 0; time < 2; time += 1) {
      expect(await findClient('acme-storefront')).toEqual({
        id: 'acme-storefront',
        tenant: 'acme',
        secretHash: hashClientSecret('acme-storefront-secret'),
        scopes: [...storefrontScopes],
      })
    }
    expect(observed.statements).toEqual(['select clients'])
  })

  it('that is not there is remembered as such', async () => {
    const { findClient, observed } = directory()
    for (let time = 0; time < 3; time += 1) expect(await findClient('nobody')).toBeUndefined()
    expect(observed.statements).toHaveLength(1)
  })

  it.each(['', 'a b', 'x'.repeat(129), "a'b", 'ä'])(
    'cannot be called %j, and nobody is asked',
    async (id) => {
      const { findClient, observed } = directory()
      expect(await findClient(id)).toBeUndefined()
      expect(observed.statements).toEqual([])
    },
  )
})

it('made-up names take a bounded memory: the oldest are forgotten first', async () => {
  let asked = 0
  const empty = { bind: () => ({ raw: async () => ((asked += 1), []) }) }
  const binding = { prepare: () => empty } as unknown as D1Database
  const { findClient } = tenantDirectory(oneDatabase(openDatabase(binding)), settableClock())
  for (let name = 0; name <= 2000; name += 1) await findClient(`client-${name}`)
  expect(asked).toBe(2001)
  await findClient('client-1')
  expect(asked).toBe(2001)
  await findClient('client-0')
  expect(asked).toBe(2002)
})
