/**
 * Looking at customers from the back office. Whoever asks has been found to be allowed to see all of the tenant's, of one
 * store or of one company: then customers of others do not exist.
 */
import type { Address } from '../domain/address.ts'
import { isWithin, within, type Reach } from '../domain/company.ts'
import { junction, type Criteria } from '../domain/criteria.ts'
import { isOfStore, type Customer } from '../domain/customer.ts'
import type { UndeliverableAddress } from '../domain/mail.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { OfficeContext } from './context.ts'
import type { CustomerPage, PageRequest, Ports } from './ports.ts'

type View = Omit<OfficeContext, 'actor'>

const everybody: Reach = { kind: 'tenant' }

export type CustomersFlow = ReturnType<typeof customersFlow>

export function customersFlow({
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
    ): Promise<Result<{ customer: Customer; address: Address }>> {
      const found = await find(office, { id: customerId })
      if (!found.ok) return found
      const address = found.value.addresses.find(({ id }) => id === addressId)
      if (!address) return fail({ kind: 'AddressNotFound', customerId, addressId })
      return ok({ customer: found.value, address })
    },

    /** Those of the named ones that exist, in one query. */
    async findAll({ tenant, store }: View, ids: readonly string[]): Promise<Result<Customer[]>> {
      if (ids.length === 0) return ok([])
      const named: Criteria = { kind: 'oneOf', path: ['id'], values: ids }
      const page = await customerQuery.page(tenant.key, {
        criteria: store === undefined ? named : junction('and', [inStore(store), named]),
        sort: [],
        limit: ids.length,
        offset: 0,
        withTotal: false,
      })
      return page.ok ? ok(page.value.customers) : page
    },

    async page(
      { tenant, store, reach = everybody }: View,
      request: PageRequest,
    ): Promise<Result<CustomerPage>> {
      const reached = within(reach, request.criteria)
      if (store === undefined) return customerQuery.page(tenant.key, { ...request, criteria: reached })
      const criteria = junction('and', [inStore(store), ...(reached ? [reached] : [])])
      const page = await customerQuery.page(tenant.key, { ...request, criteria })
      // A store with customers is there; only the one that nobody is found in has to be looked up.
      const certain = !page.ok || page.value.customers.length > 0
      return certain || (await resources.find(tenant.key, 'store', { key: store }))
        ? page
        : fail({ kind: 'ResourceNotFound', of: 'store', key: store })
    },
  }
}

function inStore(store: string): Criteria {
  return {
    kind: 'some',
    path: ['stores'],
    of: { kind: 'compare', path: ['key'], operator: '=', value: store },
  }
}
