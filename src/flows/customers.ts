/**
 * Looking at customers from the back office. Whoever asks has been found to be allowed to see all of the tenant's.
 */
import type { Address } from '../domain/address.ts'
import type { Customer } from '../domain/customer.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { Tenant } from '../domain/tenant.ts'
import type { CustomerPage, PageRequest, Ports } from './ports.ts'

export function customersFlow({ customerQuery }: Pick<Ports, 'customerQuery'>) {
  async function find(tenant: Tenant, customerId: string): Promise<Result<Customer>> {
    const customer = await customerQuery.find({ tenant: tenant.key, customerId })
    return customer ? ok(customer) : fail({ kind: 'CustomerNotFound', customerId })
  }

  return {
    find,

    async findAddress(
      tenant: Tenant,
      customerId: string,
      addressId: string,
    ): Promise<Result<{ customer: Customer; address: Address }>> {
      const found = await find(tenant, customerId)
      if (!found.ok) return found
      const address = found.value.addresses.find(({ id }) => id === addressId)
      if (!address) return fail({ kind: 'AddressNotFound', customerId, addressId })
      return ok({ customer: found.value, address })
    },

    async findByKey(tenant: Tenant, key: string): Promise<Result<Customer>> {
      const page = await customerQuery.page(tenant.key, {
        criteria: { kind: 'compare', path: ['key'], operator: '=', value: key },
        sort: [],
        limit: 1,
        offset: 0,
        withTotal: false,
      })
      if (!page.ok) return page
      const [customer] = page.value.customers
      return customer ? ok(customer) : fail({ kind: 'CustomerKeyUnknown', key })
    },

    page(tenant: Tenant, request: PageRequest): Promise<Result<CustomerPage>> {
      return customerQuery.page(tenant.key, request)
    },
  }
}
