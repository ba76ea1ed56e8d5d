/**
 * Legal entities, for the back office and for those who act for them. Dissolving one is a single statement, which takes all
 * that are below it along; the assignments that it leaves behind are not found any more, and are cleared away afterwards: as
 * many as a request can bear at once, the others by the sweep.
 */
import {
  legalEntitySizeMaxBytes,
  type ContactAssignment,
  type LegalEntity,
  type LegalEntityDraft,
} from '../../domain/customer/company.ts'
import { allOf, type Criteria } from '../../domain/base/criteria.ts'
import type { Customer } from '../../domain/customer/customer.ts'
import { jsonSizeBytes, sameJson } from '../../domain/base/json.ts'
import type { Principal } from '../../domain/tenant/principal.ts'
import { fail, invalid, ok, type Result } from '../../domain/base/result.ts'
import { refusedRestriction, type Tenant } from '../../domain/tenant/tenant.ts'
import { inTurns } from '../bounded.ts'
import { proofOf, refOf } from '../context.ts'
import { checkMixinOwners } from '../writing/mixins.ts'
import type {
  ContactAssignmentView,
  DatabaseName,
  Extent,
  Leftover,
  Page,
  PageRequest,
  Ports,
} from '../ports/index.ts'

/** A legal entity with the members of its approval group; those who have left the group's companies are not among them. */
export interface LegalEntityView extends LegalEntity {
  approvers: ContactAssignmentView[]
}

/** Assignments that one request clears away, and one sweep. */
const clearedAtOnceMax = 25
const clearedBySweepMax = 500
const atOnceMax = 5

export function companiesFlow(ports: CompanyPorts) {
  const { legalEntities, contactAssignments, customers, mixinSchemas, clock, ids, log } = ports

  const view = async (tenant: Tenant, entities: LegalEntity[]): Promise<LegalEntityView[]> => {
    const wanted = [...new Set(entities.flatMap(({ approvalGroup = [] }) => approvalGroup))]
    const found = await contactAssignments.findAll(tenant.key, wanted)
    const byId = new Map(found.map((assignment) => [assignment.id, assignment]))
    return entities.map((entity) => ({
      ...entity,
      approvers: (entity.approvalGroup ?? []).flatMap((id) => byId.get(id) ?? []),
    }))
  }

  /** What one statement cannot find out: schemas of mixins, and the approval group. */
  const check = async (
    tenant: Tenant,
    draft: LegalEntityDraft,
    was: LegalEntity | undefined,
  ): Promise<Result<void>> => {
    if (jsonSizeBytes(draft) > legalEntitySizeMaxBytes)
      return invalid('', `A legal entity has at most ${legalEntitySizeMaxBytes} bytes.`, 'too_large')
    const unknown = refusedRestriction(tenant, 'restrictions', draft.restrictions?.[0])
    if (unknown) return unknown
    const wanted = draft.approvalGroup ?? []
    const found = await contactAssignments.findAll(tenant.key, wanted)
    const missing = wanted.find((id) => !found.some((assignment) => assignment.id === id))
    if (missing !== undefined)
      return fail({ kind: 'ReferenceUnresolved', of: 'contact-assignment', id: missing })
    return checkMixinOwners(mixinSchemas, tenant, [{ path: '', was, is: draft }])
  }

  const create = async (
    tenant: Tenant,
    draft: LegalEntityDraft,
    id = ids.companyId(),
  ): Promise<Result<string>> => {
    const checked = await check(tenant, draft, undefined)
    if (!checked.ok) return checked
    const time = new Date(clock.now()).toISOString()
    const identity = { tenant: tenant.key, id, version: 1, createdAt: time, modifiedAt: time }
    const inserted = await legalEntities.insert({ ...draft, ...identity })
    return inserted.ok ? ok(id) : inserted
  }

  const replace = async (
    tenant: Tenant,
    current: LegalEntity,
    draft: LegalEntityDraft,
    expected: number | undefined,
  ): Promise<Result<void>> => {
    const { id, version: actual, createdAt, modifiedAt } = current
    if (expected !== undefined && expected !== actual)
      return fail({ kind: 'ResourceConflict', of: 'legal-entity', id, expected, actual })
    const same = { ...draft, tenant: tenant.key, id, version: actual, createdAt, modifiedAt }
    if (sameJson(same, current)) return ok(undefined)
    const checked = await check(tenant, draft, current)
    if (!checked.ok) return checked
    return legalEntities.save({ ...same, modifiedAt: new Date(clock.now()).toISOString() }, expected)
  }

  const clearOne = async ({ assignmentId, ...ref }: Leftover): Promise<void> => {
    const cleared = await customers.execute(ref, {
      now: clock.now(),
      operationId: ids.operationId(),
      actions: [{ action: 'removeContactAssignment', assignmentId }],
    })
    const isGone = cleared.ok || ['ResourceNotFound', 'CustomerNotFound'].includes(cleared.error.kind)
    if (!isGone) throw new Error('A contact assignment could not be cleared away.')
  }

  /** Up to `max` leftovers, and the rows of legal entities that have none. */
  const clear = async (of: Extent, max: number): Promise<number> => {
    const leftovers = await legalEntities.leftovers(of, max)
    await inTurns(leftovers, atOnceMax, clearOne)
    await legalEntities.purge(of)
    return leftovers.length
  }

  return {
    create,

    async find(tenant: Tenant, id: string): Promise<Result<LegalEntityView>> {
      const entity = await legalEntities.find(tenant.key, id)
      const [found] = entity ? await view(tenant, [entity]) : []
      return found ? ok(found) : fail({ kind: 'ResourceNotFound', of: 'legal-entity', id })
    },

    /** The entity first, then its parent, and so on. */
    async lineage(tenant: Tenant, id: string): Promise<Result<LegalEntityView[]>> {
      const found = await legalEntities.lineage(tenant.key, id)
      return found.length > 0
        ? ok(await view(tenant, found))
        : fail({ kind: 'ResourceNotFound', of: 'legal-entity', id })
    },

    /** All of the tenant, or those that the customer acts for when `own` is all that the caller may see. */
    async page(
      tenant: Tenant,
      principal: Principal,
      request: PageRequest,
      own: boolean,
    ): Promise<Result<Page<LegalEntityView>>> {
      const reach = own ? await ownEntities(principal) : ok(undefined)
      if (!reach.ok) return reach
      const criteria = allOf(reach.value, request.criteria)
      const page = await legalEntities.page(tenant.key, { ...request, criteria })
      if (!page.ok) return page
      const items = await view(tenant, page.value.items)
      return ok({ ...page.value, items: own ? items.map(withoutUnconfirmed) : items })
    },

    /**
     * True when there was none of this id before. A version that is expected of none is not found; who expects none is
     * never refused for having been overtaken.
     */
    async put(
      tenant: Tenant,
      id: string,
      draft: LegalEntityDraft,
      expected: number | undefined,
    ): Promise<Result<boolean>> {
      const change = async (): Promise<Result<boolean> | undefined> => {
        const current = await legalEntities.find(tenant.key, id)
        const replaced = current && (await replace(tenant, current, draft, expected))
        return replaced?.ok ? ok(false) : replaced
      }
      const changed = await change()
      if (changed) return changed
      if (expected !== undefined) return fail({ kind: 'ResourceNotFound', of: 'legal-entity', id })
      const created = await create(tenant, draft, id)
      if (created.ok) return ok(true)
      // Another request was faster; or the id is that of one that is being dissolved.
      return (created.error.kind === 'ValueTaken' ? await change() : undefined) ?? created
    },

    /** Over with the answer, for everybody; what cannot be cleared away now is left to the sweep. */
    async dissolve(tenant: Tenant, id: string): Promise<Result<void>> {
      const dissolved = await legalEntities.dissolve(tenant.key, id, clock.now())
      if (!dissolved) return fail({ kind: 'ResourceNotFound', of: 'legal-entity', id })
      try {
        await clear({ tenant: tenant.key }, clearedAtOnceMax)
      } catch (error) {
        // The company is gone all the same, and the sweep clears the rest away.
        log.failure('clearing of a company', error, { tenant: tenant.key, legalEntityId: id })
      }
      return ok(undefined)
    },

    /** Returns how many assignments were cleared away. */
    sweep: (database: DatabaseName): Promise<number> => clear({ database }, clearedBySweepMax),

    /** Names of the companies that the customers act for, by id; asks the database only when there are any. */
    async namesFor(tenant: Tenant, members: readonly Customer[]): Promise<ReadonlyMap<string, string>> {
      const wanted = members.flatMap(({ contactAssignments: own = [] }) =>
        own.map(({ legalEntityId }) => legalEntityId),
      )
      return wanted.length === 0 ? new Map() : legalEntities.names(tenant.key, [...new Set(wanted)])
    },
  }

  /** A service belongs to no company, and a customer who has only named one at sign-up is shown nothing of it. */
  async function ownEntities(principal: Principal): Promise<Result<Criteria>> {
    const own =
      principal.kind === 'customer'
        ? await customers.findSession(refOf(principal), proofOf(principal), clock.now())
        : ok({ contactAssignments: [] as ContactAssignment[] })
    if (!own.ok) return own
    const values = own.value.contactAssignments
      .filter(({ selfAssigned }) => !selfAssigned)
      .map(({ legalEntityId }) => legalEntityId)
    return ok({ kind: 'oneOf', path: ['id'], values })
  }
}

/** As its members see it: a customer who attached himself is none of them yet. */
function withoutUnconfirmed({ approvers, ...entity }: LegalEntityView): LegalEntityView {
  return { ...entity, approvers: approvers.filter(({ selfAssigned }) => !selfAssigned) }
}

type CompanyPorts = Pick<
  Ports,
  'legalEntities' | 'contactAssignments' | 'customers' | 'mixinSchemas' | 'clock' | 'ids' | 'log'
>
