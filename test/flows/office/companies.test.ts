/**
 * Companies, their contacts and customers refer to one another, and nothing outlives what it refers to: over real storage,
 * by any sequence of management calls, while calls fail and while they race. And whom a caller may see or change.
 */
import type { Ports } from '../../../src/flows/ports/index.ts'
import { isWithin, within, type Reach } from '../../../src/domain/customer/reach.ts'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { composePorts } from '../../../src/adapters/index.ts'
import type { Principal } from '../../../src/domain/tenant/principal.ts'
import type { Tenant } from '../../../src/domain/tenant/tenant.ts'
import { eventPresenters } from '../../../src/app.ts'
import { buildFlows } from '../../../src/flows/index.ts'
import { call as callShop, logIn, newCustomer, serviceToken, signUp } from '../../support/client.ts'
import { officeOf, refresh, type Office } from '../../support/company.ts'
import { recordedLog } from '../../support/ports.ts'
import { newTenant } from '../../security/service.ts'

const ports = composePorts(env)
const flows = buildFlows(ports, eventPresenters)
const actor = { clientId: 'office' }
const nothing = { mixins: {}, mixinSchemas: {} }

const entityDraft = (parentId?: string, approvalGroup?: string[]) => ({
  ...{ name: 'Company', type: 'COMPANY' as const, ...nothing },
  ...(parentId === undefined ? {} : { parentId }),
  ...(approvalGroup === undefined ? {} : { approvalGroup }),
})
const assignmentDraft = (legalEntityId: string, type: 'CONTACT' | 'PRIMARY' = 'CONTACT') => ({
  ...{ legalEntityId, type, primary: false, ...nothing },
})

async function freshTenant(): Promise<Tenant> {
  const tenant = await flows.tenants.findTenant(await newTenant())
  if (!tenant) throw new Error('the tenant has just been made')
  return tenant
}

const creation = (id: string) => ({ id, draft: { firstName: id }, addresses: [], emailVerified: false })
const drafted = (id: string) => ({ id, draft: { firstName: id }, addresses: [] })
const importedHash = '1:1000:c2FsdHNhbHQ=:aGFzaGhhc2g='
const addCustomer = (tenant: Tenant, id: string) => ports.customers.create(tenant, creation(id), Date.now())

async function principalOf(token: string): Promise<Principal> {
  const verdict = await flows.accessTokens.verify(token)
  if (!verdict.ok) throw new Error('not a token')
  return verdict.principal
}

/** How many rows a query finds. */
const count = async (query: string, ...values: string[]) =>
  (await env.DB.prepare(`SELECT count(*) AS n FROM ${query}`)
    .bind(...values)
    .first<number>('n')) ?? -1

/** What no state of the tables may show, whatever has happened. */
async function dangling(tenant: string): Promise<Record<string, number>> {
  const live = `SELECT 1 FROM legal_entities e WHERE e.tenant = a.tenant AND e.dissolved_at IS NULL AND e.id =`
  return {
    withoutCustomer: await count(
      `contact_assignments a WHERE tenant = ? AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.tenant = a.tenant AND c.id = a.customer_id AND c.erased_at IS NULL)`,
      tenant,
    ),
    withoutCompany: await count(
      `contact_assignments a WHERE tenant = ? AND NOT EXISTS (${live} a.legal_entity_id)`,
      tenant,
    ),
    withoutParent: await count(
      `legal_entities a WHERE tenant = ? AND parent_id IS NOT NULL AND NOT EXISTS (${live} a.parent_id)`,
      tenant,
    ),
    dissolved: await count('legal_entities WHERE tenant = ? AND dissolved_at IS NOT NULL', tenant),
  }
}

const none = { withoutCustomer: 0, withoutCompany: 0, withoutParent: 0, dissolved: 0 }

/** What the calls should have led to, as simply as it can be said. */
class Model {
  companies = new Map<string, string | undefined>()
  customers = new Set<string>()
  /** Those with the account of their import. */
  imported = new Set<string>()
  /** Their ids are not given out again. */
  erased = new Set<string>()
  assignments = new Map<string, { customer: string; company: string }>()

  isFree(customer: string): boolean {
    return !this.customers.has(customer) && !this.erased.has(customer)
  }

  isBelow(id: string | undefined, top: string): boolean {
    return id !== undefined && (id === top || this.isBelow(this.companies.get(id), top))
  }

  drop(company: string): void {
    const gone = [...this.companies.keys()].filter((id) => this.isBelow(id, company))
    for (const id of gone) this.companies.delete(id)
    for (const [id, to] of this.assignments) if (gone.includes(to.company)) this.assignments.delete(id)
  }

  mayAssign(customer: string, company: string, besides?: string): boolean {
    const others = [...this.assignments].filter(([id]) => id !== besides).map(([, to]) => to)
    const isAssigned = others.some((to) => to.customer === customer && to.company === company)
    return this.customers.has(customer) && this.companies.has(company) && !isAssigned
  }
}

const some = fc.constantFrom('1', '2', '3', '4')
const call = fc.oneof(
  fc.record({ kind: fc.constant('putCompany' as const), company: some, parent: fc.option(some) }),
  fc.record({ kind: fc.constant('dropCompany' as const), company: some }),
  fc.record({ kind: fc.constant('createCustomer' as const), customer: some }),
  fc.record({ kind: fc.constant('putCustomer' as const), customer: some }),
  fc.record({ kind: fc.constant('importCustomer' as const), customer: some }),
  fc.record({ kind: fc.constant('createMember' as const), customer: some, company: some }),
  fc.record({ kind: fc.constant('eraseCustomer' as const), customer: some }),
  fc.record({ kind: fc.constant('assign' as const), id: some, customer: some, company: some }),
  fc.record({ kind: fc.constant('putAssignment' as const), id: some, customer: some, company: some }),
  fc.record({ kind: fc.constant('unassign' as const), id: some }),
)
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never

/** Makes the call, and says whether it should have been accepted. */
async function make(tenant: Tenant, model: Model, made: Call): Promise<[boolean, boolean]> {
  const { companies, customers, assignments } = model
  const office = { tenant, actor }
  switch (made.kind) {
    case 'putCompany': {
      const { company, parent } = made
      const fits = parent === null || (companies.has(parent) && !model.isBelow(parent, company))
      const group = [...assignments.keys()].slice(0, 2)
      const { ok } = await flows.companies.put(
        tenant,
        company,
        entityDraft(parent ?? undefined, group),
        undefined,
      )
      if (fits) companies.set(company, parent ?? undefined)
      return [ok, fits]
    }
    case 'dropCompany': {
      const { ok } = await flows.companies.dissolve(tenant, made.company)
      const expected = companies.has(made.company)
      model.drop(made.company)
      return [ok, expected]
    }
    case 'createCustomer': {
      const { ok } = await flows.customerManagement.create(office, drafted(made.customer))
      const expected = model.isFree(made.customer)
      if (expected) customers.add(made.customer)
      return [ok, expected]
    }
    case 'putCustomer': {
      const { customer } = made
      const changes = [{ action: 'set' as const, field: 'title' as const, value: crypto.randomUUID() }]
      const wanted = { changes, creation: drafted(customer) }
      const { ok } = await flows.customerUpserts.put(office, customer, wanted, {})
      const expected = customers.has(customer) || model.isFree(customer)
      if (expected) customers.add(customer)
      return [ok, expected]
    }
    case 'importCustomer': {
      const { customer } = made
      const item = { ...drafted(customer), email: `${customer}@shop.example`, nativeHash: importedHash }
      const [outcome] = await flows.customerImport.importAll(office, [item])
      const isRepeat = customers.has(customer) && model.imported.has(customer)
      const expected = isRepeat || model.isFree(customer)
      if (expected) customers.add(customer)
      if (expected) model.imported.add(customer)
      return [outcome?.ok ?? false, expected]
    }
    case 'createMember': {
      const { customer, company } = made
      const reach: Reach = { kind: 'company', legalEntityId: company }
      const created = await flows.customerManagement.create({ ...office, reach }, drafted(customer))
      const expected = companies.has(company)
      // A company chooses no ids.
      const id = created.ok ? created.value.id : customer
      const [assignment] = (created.ok && created.value.contactAssignments) || []
      if (expected) customers.add(id)
      if (expected) assignments.set(assignment?.id ?? 'none', { customer: id, company })
      return [created.ok, expected]
    }
    case 'eraseCustomer': {
      const named = { id: made.customer }
      const { ok } = await flows.customerManagement.erase(office, named, { dataErasure: true })
      const expected = customers.delete(made.customer)
      if (expected) model.erased.add(made.customer)
      for (const [id, to] of assignments) if (to.customer === made.customer) assignments.delete(id)
      return [ok, expected]
    }
    case 'assign': {
      const { id, customer, company } = made
      const request = { customerId: customer, draft: assignmentDraft(company) }
      const { ok } = await flows.contactAssignments.create(office, request, id)
      const expected = !assignments.has(id) && model.mayAssign(customer, company)
      if (expected) assignments.set(id, { customer, company })
      return [ok, expected]
    }
    case 'putAssignment': {
      const { id, customer, company } = made
      const request = { customerId: customer, draft: assignmentDraft(company, 'PRIMARY') }
      const { ok } = await flows.contactAssignments.put(office, id, request, undefined)
      const isOwn = (assignments.get(id)?.customer ?? customer) === customer
      const expected = isOwn && model.mayAssign(customer, company, id)
      if (expected) assignments.set(id, { customer, company })
      return [ok, expected]
    }
    case 'unassign': {
      const { ok } = await flows.contactAssignments.remove(office, made.id)
      return [ok, assignments.delete(made.id)]
    }
  }
}

const everything = { sort: [], limit: 100, offset: 0, withTotal: true }
const anybody: Principal = { kind: 'service', tenant: '', clientId: '', scopes: [] }

describe('any sequence of management calls', () => {
  it('leaves no dangling reference, and exactly what the calls have made', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 5, maxLength: 40 }), async (calls) => {
        const [tenant, model] = [await freshTenant(), new Model()]
        for (const id of ['1', '2']) {
          await flows.companies.create(tenant, entityDraft(), id)
          await addCustomer(tenant, id)
          model.companies.set(id, undefined)
          model.customers.add(id)
        }
        for (const made of calls) {
          const [done, expected] = await make(tenant, model, made)
          expect([made, done]).toEqual([made, expected])
        }
        expect(await dangling(tenant.key)).toEqual(none)

        const companies = await flows.companies.page(tenant, anybody, everything, false)
        const found = await flows.contactAssignments.page(tenant, everything)
        if (!companies.ok || !found.ok) throw new Error('the pages were not answered')
        const { items: legalEntities } = companies.value
        expect(new Map(legalEntities.map(({ id, parentId }) => [id, parentId]))).toEqual(model.companies)
        for (const { approvers } of legalEntities)
          expect(approvers.filter(({ id }) => !model.assignments.has(id))).toEqual([])
        const shown = found.value.items.map(({ id, customer, legalEntityId }) => [
          id,
          { customer: customer.id, company: legalEntityId },
        ])
        expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(model.assignments))

        for (const customerId of model.customers) {
          const record = await ports.customers.inspect(
            { tenant: tenant.key, customerId },
            { now: Date.now() },
          )
          const stored = await ports.customerQuery.find({ tenant: tenant.key, customerId })
          const own = record.ok ? record.value.customer : undefined
          expect(own).toEqual(stored)
          expect(own?.contactAssignments?.length ?? 0).toBe(
            [...model.assignments.values()].filter(({ customer }) => customer === customerId).length,
          )
        }
      }),
      { numRuns: 40 },
    )
  })
})

describe('a company that is dissolved', () => {
  /** A company with so many members. */
  const companyOf = async (size: number) => {
    const tenant = await freshTenant()
    await flows.companies.create(tenant, entityDraft(), 'company')
    const members = Array.from({ length: size }, (_, index) => `member-${index}`)
    for (const id of members) {
      await addCustomer(tenant, id)
      const request = { customerId: id, draft: assignmentDraft('company') }
      await flows.contactAssignments.create({ tenant, actor }, request, id)
    }
    return { tenant, members }
  }
  const isForgotten = async (tenant: Tenant, member: string) => {
    const customer = await ports.customerQuery.find({ tenant: tenant.key, customerId: member })
    const names = await flows.companies.namesFor(tenant, customer ? [customer] : [])
    const listed = await flows.contactAssignments.page(tenant, everything)
    return names.size === 0 && listed.ok && listed.value.total === 0
  }

  it('is gone for everybody at once, also when its members are too many to be cleared away at once', async () => {
    const { tenant, members } = await companyOf(30)
    expect(await flows.companies.dissolve(tenant, 'company')).toMatchObject({ ok: true })
    expect((await dangling(tenant.key)).withoutCompany).toBe(5)
    for (const member of members) expect(await isForgotten(tenant, member)).toBe(true)
    const missing = { ok: false, error: { kind: 'ReferenceUnresolved', of: 'legal-entity', id: 'company' } }
    await addCustomer(tenant, 'late')
    const request = { customerId: 'late', draft: assignmentDraft('company') }
    expect(await flows.contactAssignments.create({ tenant, actor }, request)).toEqual(missing)
    expect(await flows.companies.create(tenant, entityDraft('company'))).toEqual(missing)
    expect((await dangling(tenant.key)).withoutCompany).toBe(5)
    const taken = await flows.companies.create(tenant, entityDraft(), 'company')
    expect(taken).toMatchObject({ ok: false, error: { kind: 'ValueTaken' } })
    await flows.companies.sweep('DB')
    expect(await dangling(tenant.key)).toEqual(none)
    expect(await flows.companies.create(tenant, entityDraft(), 'company')).toMatchObject({ ok: true })
    expect(await isForgotten(tenant, 'member-29')).toBe(true)
  })

  it('is gone although a member’s object fails, and the sweep clears the rest away', async () => {
    const { tenant } = await companyOf(3)
    const boss = await newCustomer(tenant.key)
    const own = await officeOf(tenant.key)
    await own.assign(boss.id, 'company', { type: 'PRIMARY' })
    const { body: tokens } = await refresh(tenant.key, boss.tokens, 'company')
    const principal = await principalOf(tokens.access_token)
    expect(await flows.customerReach(principal, 'manage')).toMatchObject({ ok: true })
    let failing = true
    const customers: Ports['customers'] = {
      ...ports.customers,
      execute: (ref, command) =>
        failing && ['member-1', boss.id].includes(ref.customerId)
          ? Promise.reject(new Error('The object is not there.'))
          : ports.customers.execute(ref, command),
    }
    const log = recordedLog()
    const { companies } = buildFlows({ ...ports, customers, log }, eventPresenters)
    expect(await companies.dissolve(tenant, 'company')).toMatchObject({ ok: true })
    const about = { tenant: tenant.key, legalEntityId: 'company' }
    expect(log.failures).toEqual([{ event: 'clearing of a company', error: expect.any(Error), about }])
    expect(await isForgotten(tenant, 'member-1')).toBe(true)
    expect((await dangling(tenant.key)).withoutCompany).toBeGreaterThanOrEqual(2)
    const check = { token: tokens.access_token }
    const valid = await callShop('GET', `/customer/${tenant.key}/validateauthtoken`, check)
    expect(valid.text).not.toMatch(/legalEntityId|customer_read_own|customer_manage_own/)
    expect((await refresh(tenant.key, tokens, 'company')).status).toBe(403)
    expect(await flows.customerReach(principal, 'read')).toMatchObject({
      error: { kind: 'LegalEntityNotAssigned' },
    })
    expect((await own.send('GET', '/legal-entities', check)).body).toEqual([])
    await expect(companies.sweep('DB')).rejects.toThrow('not there')
    failing = false
    await companies.sweep('DB')
    expect(await dangling(tenant.key)).toEqual(none)
  })

  it('takes nobody in who comes at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { tenant } = await companyOf(1)
      await addCustomer(tenant, 'late')
      const request = { customerId: 'late', draft: assignmentDraft('company') }
      const assign = () => flows.contactAssignments.create({ tenant, actor }, request)
      const dissolve = () => flows.companies.dissolve(tenant, 'company')
      const child = () => flows.companies.create(tenant, entityDraft('company'))
      const order = round % 2 === 0 ? [assign, child, dissolve] : [dissolve, child, assign]
      await Promise.all(order.map((act) => act()))
      await flows.companies.sweep('DB')
      expect(await dangling(tenant.key)).toEqual(none)
      expect(await isForgotten(tenant, 'late')).toBe(true)
    }
  })
})

describe('T63 the reach of a caller', () => {
  let office: Office
  let company: string
  let boss: Awaited<ReturnType<typeof newCustomer>>
  let colleague: string
  let outsider: string
  let bossAssignment: string

  beforeAll(async () => {
    office = await officeOf('acme')
    company = await office.company()
    boss = await newCustomer('acme')
    bossAssignment = await office.assign(boss.id, company, { type: 'PRIMARY' })
    colleague = (await signUp('acme')).id
    await office.assign(colleague, company)
    outsider = (await signUp('acme')).id
    await office.assign(outsider, await office.company({ type: 'SUBSIDIARY', parentId: company }))
  })

  const ofCompany = async () =>
    principalOf((await refresh('acme', await logIn('acme', boss), company)).body.access_token)
  const find = async (customerId: string) => {
    const customer = await ports.customerQuery.find({ tenant: 'acme', customerId })
    if (!customer) throw new Error('no such customer')
    return customer
  }
  const found = async (reach: Reach) => {
    const page = await ports.customerQuery.page('acme', { ...everything, criteria: within(reach) })
    return page.ok ? page.value.items.map(({ id }) => id).sort() : page
  }

  it('is the tenant for a service with the whole scope, and nobody for one with `_own` scopes only', async () => {
    for (const [right, name] of [
      ['read', 'customer.customer_read'],
      ['manage', 'customer.customer_manage'],
    ] as const) {
      const whole = await principalOf(await serviceToken('acme', name))
      const own = await principalOf(await serviceToken('acme', `${name}_own`))
      expect(await flows.customerReach(whole, right)).toEqual({ ok: true, value: { kind: 'tenant' } })
      expect(await flows.customerReach(own, right)).toEqual({ ok: true, value: { kind: 'nobody' } })
    }
  })

  it('is nobody for customers without a token of a company', async () => {
    const { tokens } = await newCustomer('acme')
    const principal = await principalOf(tokens.access_token)
    expect(await flows.customerReach(principal, 'read')).toEqual({ ok: true, value: { kind: 'nobody' } })
    expect(await found({ kind: 'nobody' })).toEqual([])
    expect(isWithin({ kind: 'nobody' }, await find(boss.id))).toBe(false)
  })

  it('is the company of the token, for reading, searching and changing', async () => {
    const principal = await ofCompany()
    for (const right of ['read', 'manage'] as const) {
      const reach = await flows.customerReach(principal, right)
      expect(reach).toEqual({ ok: true, value: { kind: 'company', legalEntityId: company } })
    }
    const reach: Reach = { kind: 'company', legalEntityId: company }
    expect(await found(reach)).toEqual([boss.id, colleague].sort())
    expect(isWithin(reach, await find(colleague))).toBe(true)
    expect(isWithin(reach, await find(outsider))).toBe(false)
    const search = within(reach, { kind: 'compare', path: ['id'], operator: '=', value: outsider })
    expect(await ports.customerQuery.page('acme', { ...everything, criteria: search })).toMatchObject({
      value: { items: [], total: 0 },
    })
  })

  it('binds a change to the company: who has left it is changed by nobody of it', async () => {
    const rename = (customerId: string) =>
      ports.customers.execute(
        { tenant: 'acme', customerId },
        {
          now: Date.now(),
          operationId: crypto.randomUUID(),
          reach: { kind: 'company', legalEntityId: company },
          actions: [{ action: 'set', field: 'title', value: crypto.randomUUID() }],
        },
      )
    expect(await rename(colleague)).toMatchObject({ ok: true })
    expect(await rename(outsider)).toMatchObject({ ok: false, error: { kind: 'CustomerNotFound' } })
    const erased = await ports.customers.erase(
      { tenant: 'acme', customerId: outsider },
      { now: Date.now(), reach: { kind: 'company', legalEntityId: company } },
    )
    expect(erased).toMatchObject({ ok: false, error: { kind: 'CustomerNotFound' } })
  })

  it('ends with the assignment, with its type, with the session and with the company', async () => {
    const principal = await ofCompany()
    const put = (type: string) =>
      office.send('PUT', `/contact-assignments/${bossAssignment}`, {
        body: { customer: { id: boss.id }, legalEntity: { id: company }, type },
      })
    const refused = { ok: false, error: { kind: 'LegalEntityNotAssigned', legalEntityId: company } }
    await put('BILLING')
    expect(await flows.customerReach(principal, 'manage')).toEqual(refused)
    expect(await flows.customerReach(principal, 'read')).toMatchObject({ ok: true })
    await put('PRIMARY')
    await office.send('DELETE', `/contact-assignments/${bossAssignment}`)
    expect(await flows.customerReach(principal, 'read')).toEqual(refused)
    await office.assign(boss.id, company, { type: 'PRIMARY' })
    expect(await flows.customerReach(principal, 'manage')).toMatchObject({ ok: true })
    await office.send('DELETE', `/legal-entities/${company}`)
    expect(await flows.customerReach(principal, 'manage')).toEqual(refused)
    if (principal.kind === 'customer')
      await ports.customers.endSession(
        { tenant: 'acme', customerId: boss.id },
        { sessionKey: principal.sessionKey },
        Date.now(),
      )
    expect(await flows.customerReach(principal, 'manage')).toMatchObject({ error: { kind: 'SessionEnded' } })
  })
})
