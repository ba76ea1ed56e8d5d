/**
 * Looking at customers from the back office. The caller has been found to be allowed to see all of the tenant's, of one
 * store or of one company: then customers of others do not exist.
 */
import type { Page, PageRequest, Ports } from '../ports/index.ts'
import { isWithin, within, type Reach } from '../../domain/customer/reach.ts'
import type { ResourceRef } from '../../domain/base/names.ts'
import { allOf, type Criteria } from '../../domain/base/criteria.ts'
import {
  getAddress,
  isOfStore,
  type AddressOfCustomer,
  type Customer,
} from '../../domain/customer/customer.ts'
import type { UndeliverableAddress } from '../../domain/mail/mail.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { OfficeContext } from '../context.ts'

type View = Omit<OfficeContext, 'actor'>

const everybody: Reach = { kind: 'tenant' }

export type FindCustomers = ReturnType<typeof findCustomersFlow>

export function findCustomersFlow({
  customerQuery,
  resources,
  undeliverableAddresses,
}: Pick<Ports, 'customerQuery' | 'resources' | 'undeliverableAddresses'>) {
  const find = async (
    { tenant, store, reach = everybody }: View,
    named: ResourceRef,
  ): Promise<Result<Customer>> => {
    const customerId = 'id' in named ? named.id : await customerQuery.findId(tenant.key, named.key)
    const customer =
      customerId === undefined ? undefined : await customerQuery.find({ tenant: tenant.key, customerId })
    const isThere = customer && (store === undefined || isOfStore(customer, store))
    if (isThere && isWithin(reach, customer)) return ok(customer)
    return 'id' in named
      ? fail({ kind: 'CustomerNotFound', customerId: named.id })
      : fail({ kind: 'CustomerKeyUnknown', key: named.key })
  }

  return {
    find,

    /** Which of the addresses that the customer has now take no mail. */
    undeliverableOf({ accounts, contactEmail = '' }: Customer): Promise<UndeliverableAddress[]> {
      const emails = [...accounts.map(({ email }) => email), contactEmail]
      return undeliverableAddresses.find(emails.filter((email) => email !== ''))
    },

    async findAddress(
      office: View,
      customerId: string,
      addressId: string,
    ): Promise<Result<AddressOfCustomer>> {
      const found = await find(office, { id: customerId })
      if (!found.ok) return found
      return getAddress(found.value, addressId)
    },

    /** Those of the named ones that exist, in one query. */
    async findAll({ tenant, store }: View, ids: readonly string[]): Promise<Result<Customer[]>> {
      if (ids.length === 0) return ok([])
      const named: Criteria = { kind: 'oneOf', path: ['id'], values: ids }
      const page = await customerQuery.page(tenant.key, {
        criteria: allOf(inStore(store), named),
        sort: [],
        limit: ids.length,
        offset: 0,
        withTotal: false,
      })
      return page.ok ? ok(page.value.items) : page
    },

    async page(
      { tenant, store, reach = everybody }: View,
      request: PageRequest,
    ): Promise<Result<Page<Customer>>> {
      const criteria = allOf(inStore(store), within(reach, request.criteria))
      const page = await customerQuery.page(tenant.key, { ...request, criteria })
      if (store === undefined) return page
      // A store with customers is there; only a store without a match has to be looked up.
      const certain = !page.ok || page.value.items.length > 0
      return certain || (await resources.find(tenant.key, 'store', { key: store }))
        ? page
        : fail({ kind: 'ResourceNotFound', of: 'store', key: store })
    },
  }
}

function inStore(store: string | undefined): Criteria | undefined {
  if (store === undefined) return undefined
  const key: Criteria = { kind: 'compare', path: ['key'], operator: '=', value: store }
  return { kind: 'some', path: ['stores'], of: key }
}
