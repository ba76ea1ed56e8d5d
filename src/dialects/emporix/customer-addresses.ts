/**
 * Heading "Addresses" of the tenant-managed document: the back office looks at a customer's addresses.
 */
import { endpoint, type Endpoint } from '../../http/endpoint.ts'
import { customerReader } from './access.ts'
import { reply } from './reply.ts'
import { presentAddress } from './translate.ts'

const list = '/customer/:tenant/customers/:customerNumber/addresses'

export const customerAddressEndpoints: Endpoint[] = [
  endpoint({
    method: 'get',
    path: list,
    heading: 'Retrieving customer addresses',
    access: customerReader,
    async handle({ tenant, parameters, flows }) {
      const found = await flows.customers.find({ tenant }, { id: parameters['customerNumber'] ?? '' })
      return reply(200, found, (customer) =>
        customer.addresses.map((address) => presentAddress(customer, address)),
      )
    },
  }),

  endpoint({
    method: 'get',
    path: `${list}/:addressId`,
    heading: 'Retrieving a customer address',
    access: customerReader,
    async handle({ tenant, parameters, flows }) {
      const { customerNumber = '', addressId = '' } = parameters
      const found = await flows.customers.findAddress({ tenant }, customerNumber, addressId)
      return reply(200, found, ({ customer, address }) => presentAddress(customer, address))
    },
  }),
]
