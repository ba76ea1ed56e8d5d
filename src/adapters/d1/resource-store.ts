/**
 * Types, stores and customer groups as rows of one table. Each change is one statement that names the version that it
 * follows, so that a writer who has seen another one changes nothing.
 */
import type { Page, PageRequest, ResourceStore } from '../../flows/ports/index.ts'
import type { ResourceKind, ResourceRef } from '../../domain/base/names.ts'
import { and, eq, or, type SQL } from 'drizzle-orm'
import type { Resource } from '../../domain/resources/resource.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import { jsonPlace, jsonPlaces, type Places } from './criteria/criteria-places.ts'
import { among, ask, databaseFailure, violatedIndex } from './database.ts'
import type { Databases } from './databases.ts'
import { inOrder, pageClauses, readMeasuredPage } from './page.ts'
import { resources } from './schema.ts'

type Row = typeof resources.$inferSelect

export function resourceStore({ databaseOf }: Databases): ResourceStore {
  const find = async <K extends ResourceKind>(tenant: string, kind: K, ref: ResourceRef) => {
    const database = await databaseOf(tenant)

    const named = 'id' in ref ? eq(resources.id, ref.id) : eq(resources.key, ref.key)
    const [row] = await ask(
      database
        .select()
        .from(resources)
        .where(and(ofKind(tenant, kind), named)),
    )
    return row && toResource<K>(row)
  }

  /** What a statement that found no row with the expected version has to say. */
  const conflict = async ({ tenant, kind, id }: Resource, expected: number): Promise<Result<never>> => {
    const current = await find(tenant, kind, { id })
    return current
      ? fail({ kind: 'ResourceConflict', of: kind, id, expected, actual: current.version })
      : fail({ kind: 'ResourceNotFound', of: kind, id })
  }

  const findAll = async <K extends ResourceKind>(tenant: string, kind: K, refs: readonly ResourceRef[]) => {
    if (refs.length === 0) return []
    const database = await databaseOf(tenant)

    const ids = refs.flatMap((ref) => ('id' in ref ? [ref.id] : []))
    const keys = refs.flatMap((ref) => ('id' in ref ? [] : [ref.key]))
    const rows = await ask(
      database
        .select()
        .from(resources)
        .where(and(ofKind(tenant, kind), or(among(resources.id, ids), among(resources.key, keys)))),
    )
    return rows.map(toResource<K>)
  }

  return {
    find,
    findAll,

    async page<K extends ResourceKind>(
      tenant: string,
      kind: K,
      request: PageRequest,
    ): Promise<Result<Page<Resource<K>>>> {
      const database = await databaseOf(tenant)

      const { id, body: document } = resources
      const clauses = pageClauses(request, { existing: ofKind(tenant, kind), places, id })
      if (!clauses.ok) return clauses
      const page = await readMeasuredPage(database, resources, { id, document }, clauses.value, request)
      if (!page.ok) return page
      const ids = page.value.items
      const refs = ids.map((id) => ({ id }))
      return ok({ ...page.value, items: inOrder(ids, await findAll(tenant, kind, refs)) })
    },

    insert(resource) {
      return unlessTaken(resource, async () => {
        const database = await databaseOf(resource.tenant)
        await database.insert(resources).values(toRow(resource))
        return ok(undefined)
      })
    },

    async save(next) {
      const expected = next.version - 1
      const { tenant: _tenant, kind: _kind, id: _id, ...columns } = toRow(next)
      return unlessTaken(next, async () => {
        const database = await databaseOf(next.tenant)
        const written = await database
          .update(resources)
          .set(columns)
          .where(exactly(next, expected))
          .returning({ id: resources.id })
        return written.length === 1 ? ok(undefined) : conflict(next, expected)
      })
    },

    async remove(resource) {
      const database = await databaseOf(resource.tenant)
      const removed = await ask(
        database.delete(resources).where(exactly(resource, resource.version)).returning({ id: resources.id }),
      )
      return removed.length === 1 ? ok(undefined) : conflict(resource, resource.version)
    },
  }
}

const places: Places = {
  id: { kind: 'column', type: 'text', value: resources.id },
  key: { kind: 'column', type: 'text', value: resources.key },
  version: { kind: 'column', type: 'number', value: resources.version },
  createdAt: { kind: 'column', type: 'text', value: resources.createdAt },
  modifiedAt: { kind: 'column', type: 'text', value: resources.modifiedAt },
  body: {
    ...jsonPlace(resources.body),
    members: {
      fieldDefinitions: {
        ...jsonPlace(resources.body, 'fieldDefinitions'),
        elements: (field) => jsonPlaces(field, ['name', 'required', 'inputHint']),
      },
      countries: {
        ...jsonPlace(resources.body, 'countries'),
        elements: (country) => jsonPlaces(country, ['code']),
      },
    },
    open: true,
  },
}

function ofKind(tenant: string, kind: ResourceKind): SQL | undefined {
  return and(eq(resources.tenant, tenant), eq(resources.kind, kind))
}

function exactly({ tenant, kind, id }: Resource, version: number): SQL | undefined {
  return and(ofKind(tenant, kind), eq(resources.id, id), eq(resources.version, version))
}

async function unlessTaken(
  { key = '' }: Resource,
  write: () => Promise<Result<void>>,
): Promise<Result<void>> {
  try {
    return await write()
  } catch (error) {
    if (violatedIndex(error) === undefined) throw databaseFailure(error)
    return fail({ kind: 'ValueTaken', field: 'key', value: key })
  }
}

function toRow({ key, createdBy, modifiedBy, ...columns }: Resource): Row {
  return { ...columns, key: key ?? null, createdBy: createdBy ?? null, modifiedBy: modifiedBy ?? null }
}

/** A row of a kind has the body of that kind: only `toRow` writes one. */
function toResource<K extends ResourceKind>({ key, createdBy, modifiedBy, ...columns }: Row): Resource<K> {
  const resource: Resource = {
    ...columns,
    ...(key !== null && { key }),
    ...(createdBy && { createdBy }),
    ...(modifiedBy && { modifiedBy }),
  }
  return resource as Resource<K>
}
