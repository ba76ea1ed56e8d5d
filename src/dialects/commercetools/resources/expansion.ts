/**
 * `expand`: references of an answer with what they refer to beside them, as `obj`. Whatever is asked for and however much
 * is shown, each kind of thing is looked up once. Unknown paths, and references to nothing, stay as they are.
 */
import type { ResourceKind } from '../../../domain/base/names.ts'
import type { Customer } from '../../../domain/customer/customer.ts'
import { hasAnyScope, type Principal } from '../../../domain/tenant/principal.ts'
import type { Resource } from '../../../domain/resources/resource.ts'
import type { Result } from '../../../domain/base/result.ts'
import type { Tenant } from '../../../domain/tenant/tenant.ts'
import type { OfficeContext } from '../../../flows/context.ts'
import type { Flows } from '../../../flows/index.ts'
import type { PublishedMessage } from '../../../domain/events/message.ts'
import type { FailurePlace } from '../../../http/endpoint.ts'
import type { Reply } from '../../../http/failure.ts'
import { presentCustomerGroup } from './customer-groups.ts'
import { presentMessage } from '../messages/message.ts'
import { reply } from '../reply.ts'
import { presentStore } from './stores.ts'
import { presentCustomer, presentSignIn } from '../translate.ts'
import { presentType } from './types.ts'

/** Within a store, customers of others are not shown. */
export interface Expansion {
  tenant: Tenant
  store?: string
  principal: Principal
  query: { expand: string[] }
  flows: Flows
}

/** What can be expanded, as clients write it. */
const actors = ['createdBy.customer', 'lastModifiedBy.customer']
const ofCustomers = [
  'customerGroup',
  'customerGroupAssignments[*].customerGroup',
  'stores[*]',
  'custom.type',
  'addresses[*].custom.type',
  ...actors,
]
const ofSignIns = ofCustomers.map((path) => `customer.${path}`)
const ofMessages = ['resource', ...actors]

interface Reference {
  typeId: string
  id?: string
  key?: string
}

/** What the back office asks for, from where it works. */
export function expansionOf({
  office,
  principal,
  query,
  flows,
}: Pick<Expansion, 'principal' | 'query' | 'flows'> & { office: OfficeContext }): Expansion {
  const { tenant, store } = office
  return { tenant, ...(store !== undefined && { store }), principal, query, flows }
}

/** One customer as an answer, or the failure. */
export function customerReply(
  status: number,
  outcome: Result<Customer>,
  asked: Expansion,
  place: Partial<FailurePlace> = {},
): Promise<Reply> {
  return replyWith(status, outcome, (customer) => expandCustomers(asked, [customer]), place)
}

export function expandCustomers(asked: Expansion, customers: Customer[]): Promise<unknown[]> {
  return expandAll(asked, ofCustomers, customers.map(presentCustomer), customers)
}

/** A "CustomerSignInResult", whose customer stands one level deeper. */
export function signInReply(status: number, outcome: Result<Customer>, asked: Expansion): Promise<Reply> {
  return replyWith(status, outcome, (customer) =>
    expandAll(asked, ofSignIns, [presentSignIn(customer)], [customer]),
  )
}

export function messageReply(
  status: number,
  outcome: Result<PublishedMessage>,
  asked: Expansion,
): Promise<Reply> {
  return replyWith(status, outcome, (message) => expandMessages(asked, [message]))
}

export function expandMessages(asked: Expansion, messages: PublishedMessage[]): Promise<unknown[]> {
  return expandAll(asked, ofMessages, messages.map(presentMessage), [])
}

async function replyWith<T>(
  status: number,
  outcome: Result<T>,
  expand: (value: T) => Promise<unknown[]>,
  place: Partial<FailurePlace> = {},
): Promise<Reply> {
  if (!outcome.ok) return reply(status, outcome, () => undefined, place)
  const [body] = await expand(outcome.value)
  return { status, body }
}

/** `known` need not be looked up. */
async function expandAll(
  { tenant, store, principal, query, flows }: Expansion,
  paths: readonly string[],
  shown: unknown[],
  known: readonly Customer[],
): Promise<unknown[]> {
  const wanted = paths
    .filter((path) => query.expand.includes(path))
    .map((path) => path.replaceAll('[*]', '').split('.'))
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
  // Customers see themselves and no other customer; the same holds for a service that may not view customers.
  const others = named('customer').flatMap(({ id }) =>
    id === undefined || known.some((customer) => customer.id === id) ? [] : [id],
  )
  const [found] = await Promise.all([
    principal.kind === 'service' && hasAnyScope(principal, ['view_customers'], store)
      ? flows.findCustomers.findAll({ tenant, ...(store !== undefined && { store }) }, [...new Set(others)])
      : undefined,
    lookUp('customer-group', presentCustomerGroup),
    lookUp('store', presentStore),
    lookUp('type', presentType),
  ])
  for (const customer of [...known, ...(found?.ok ? found.value : [])])
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
