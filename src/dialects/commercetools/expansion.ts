/**
 * `expand`: references of an answer with what they refer to beside them, as `obj`. Whatever is asked for and however many
 * customers are shown, each kind of thing is looked up once. Unknown paths, and references to nothing, stay as they are.
 */
import type { Customer } from '../../domain/customer.ts'
import type { Principal } from '../../domain/principal.ts'
import type { Resource, ResourceKind } from '../../domain/resource.ts'
import type { Result } from '../../domain/result.ts'
import type { Tenant } from '../../domain/tenant.ts'
import type { Flows } from '../../flows/index.ts'
import type { Reply } from '../../http/failure.ts'
import { presentCustomerGroup } from './customer-groups.ts'
import { reply } from './reply.ts'
import { presentStore } from './stores.ts'
import { presentCustomer } from './translate.ts'
import { presentType } from './types.ts'

/** Within a store, customers of others are not shown. */
export interface Expansion {
  tenant: Tenant
  store?: string
  principal: Principal
  query: { expand: string[] }
  flows: Flows
}

/** What can be expanded, by the path as clients write it. */
const paths: ReadonlyMap<string, readonly string[]> = new Map(
  [
    'customerGroup',
    'customerGroupAssignments[*].customerGroup',
    'stores[*]',
    'custom.type',
    'addresses[*].custom.type',
    'createdBy.customer',
    'lastModifiedBy.customer',
  ].map((path) => [path, path.replaceAll('[*]', '').split('.')]),
)

interface Reference {
  typeId: string
  id?: string
  key?: string
}

/** One customer as an answer, or the failure. */
export async function customerReply(
  status: number,
  outcome: Result<Customer>,
  asked: Expansion,
): Promise<Reply> {
  if (!outcome.ok) return reply(status, outcome, presentCustomer)
  const [body] = await expandCustomers(asked, [outcome.value])
  return { status, body }
}

export async function expandCustomers(
  { tenant, store, principal, query, flows }: Expansion,
  customers: Customer[],
): Promise<unknown[]> {
  const shown = customers.map(presentCustomer)
  const wanted = [...new Set(query.expand)].flatMap((path) => {
    const names = paths.get(path)
    return names ? [names] : []
  })
  const references: Reference[] = []
  for (const names of wanted)
    mapReferences(shown, names, (reference) => {
      references.push(reference)
      return reference
    })
  if (references.length === 0) return shown

  const named = (typeId: string) => references.filter((reference) => reference.typeId === typeId)
  const objects = new Map<string, object>()
  const lookUp = async <K extends ResourceKind>(kind: K, present: (resource: Resource<K>) => object) => {
    const refs = named(kind).map(({ id, key = '' }) => (id === undefined ? { key } : { id }))
    for (const resource of await flows.references.find(tenant, kind, refs)) {
      objects.set(nameOf({ typeId: kind, id: resource.id }), present(resource))
      if (resource.key !== undefined)
        objects.set(nameOf({ typeId: kind, key: resource.key }), present(resource))
    }
  }
  // Customers see themselves and nobody else.
  const others = named('customer').flatMap(({ id }) =>
    id === undefined || customers.some((customer) => customer.id === id) ? [] : [id],
  )
  const [found] = await Promise.all([
    principal.kind === 'service'
      ? flows.customers.findAll({ tenant, ...(store !== undefined && { store }) }, [...new Set(others)])
      : undefined,
    lookUp('customer-group', presentCustomerGroup),
    lookUp('store', presentStore),
    lookUp('type', presentType),
  ])
  for (const customer of [...customers, ...(found?.ok ? found.value : [])])
    objects.set(nameOf({ typeId: 'customer', id: customer.id }), presentCustomer(customer))

  const expand = (reference: Reference): Reference => {
    const obj = objects.get(nameOf(reference))
    return obj ? { ...reference, ...{ obj } } : reference
  }
  return wanted.reduce<unknown[]>((value, names) => mapReferences(value, names, expand) as unknown[], shown)
}

function nameOf({ typeId, id, key }: Reference): string {
  return JSON.stringify([typeId, id ?? null, key ?? null])
}

/** The value with each reference at the path replaced; goes through lists. */
function mapReferences(
  value: unknown,
  names: readonly string[],
  change: (reference: Reference) => Reference,
): unknown {
  if (Array.isArray(value)) return value.map((element) => mapReferences(element, names, change))
  if (typeof value !== 'object' || value === null) return value
  const [name, ...rest] = names
  if (name === undefined) return 'typeId' in value ? change(value as Reference) : value
  if (!Object.hasOwn(value, name)) return value
  const members = value as Record<string, unknown>
  return { ...members, [name]: mapReferences(members[name], rest, change) }
}
