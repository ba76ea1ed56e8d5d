/**
 * Heading "Addresses" of the tenant-managed document: the back office looks at and changes a customer's addresses.
 */
import type { AddressAction } from '../../../domain/changes/update-action.ts'
import { endpoint, type Endpoint, type EndpointRequest } from '../../../http/endpoint.ts'
import type { Reply } from '../../../http/failure.ts'
import { officeManager, officeReader } from '../access.ts'
import { checkCustomId } from '../custom-id.ts'
import { reply } from '../reply.ts'
import { AddressUpdateDto, TagsQuery } from '../schema.ts'
import { SellerAddress } from './seller-schema.ts'
import { addressReplacement, sellerAddressToPatch } from './seller-translate.ts'
import { addressToPatch, presentNamedAddress } from '../translate.ts'

const list = '/customer/:tenant/customers/:customerNumber/addresses'
const one = `${list}/:addressId`

export const customerAddressEndpoints: Endpoint[] = [
  endpoint({
    method: 'get',
    path: list,
    heading: 'Retrieving customer addresses',
    access: officeReader,
    async handle({ office, parameters, flows }) {
      const found = await flows.findCustomers.find(office, { id: parameters['customerNumber'] ?? '' })
      return reply(200, found, (customer) =>
        customer.addresses.map((address) => presentNamedAddress(customer, address)),
      )
    },
  }),

  endpoint({
    method: 'get',
    path: one,
    heading: 'Retrieving a customer address',
    access: officeReader,
    async handle({ office, parameters, flows }) {
      const { customerNumber = '', addressId = '' } = parameters
      const found = await flows.findCustomers.findAddress(office, customerNumber, addressId)
      return reply(200, found, ({ customer, address }) => presentNamedAddress(customer, address))
    },
  }),

  endpoint({
    method: 'post',
    path: list,
    heading: 'Adding a customer address',
    access: officeManager,
    body: SellerAddress,
    async handle({ office, parameters, body, flows }) {
      const { customerNumber: customerId = '' } = parameters
      const added = await flows.customerUpserts.addAddress(office, customerId, {
        address: sellerAddressToPatch(body),
        addressId: body.id ?? undefined,
      })
      return reply(201, added, (id) => ({ id }))
    },
  }),

  endpoint({
    method: 'put',
    path: one,
    heading: 'Upserting a customer address',
    access: officeManager,
    body: AddressUpdateDto,
    async handle({ office, parameters, body, flows }) {
      const { customerNumber: customerId = '', addressId: id = '' } = parameters
      const fit = checkCustomId('addressId', id)
      if (!fit.ok) return reply(201, fit)
      const expectedVersion = body.metadata?.version ?? undefined
      const wanted = { addressId: id, address: addressReplacement(body) }
      const put = await flows.customerUpserts.putAddress(office, customerId, wanted, {
        expectedVersion,
      })
      return put.ok && put.value ? { status: 201, body: { id } } : reply(204, put)
    },
  }),

  endpoint({
    method: 'patch',
    path: one,
    heading: 'Updating a customer address',
    access: officeManager,
    body: AddressUpdateDto,
    async handle({ body, ...call }) {
      const address = addressToPatch(body)
      return change(200, call, { action: 'patchAddress', address }, body.metadata?.version ?? undefined)
    },
  }),

  endpoint({
    method: 'delete',
    path: one,
    heading: 'Deleting a customer address',
    access: officeManager,
    handle: (call) => change(204, call, { action: 'removeAddress' }),
  }),

  ...(
    [
      ['post', 'addAddressTags', 'Adding tags to a customer address'],
      ['delete', 'removeAddressTags', 'Deleting tags from a customer address'],
    ] as const
  ).map(([method, action, heading]) =>
    endpoint({
      method,
      path: `${one}/tags`,
      heading,
      access: officeManager,
      query: TagsQuery,
      handle: ({ query, ...call }) => change(204, call, { action, tags: query.tags }),
    }),
  ),
]

type Call = Pick<EndpointRequest<undefined, unknown, unknown>, 'office' | 'parameters' | 'flows'>

/** One action on the address that the path names. */
async function change(
  status: number,
  { office, parameters, flows }: Call,
  action: AddressAction,
  expectedVersion?: number,
): Promise<Reply> {
  const { customerNumber: id = '', addressId = '' } = parameters
  const actions = [{ ...action, addressId }]
  return reply(status, await flows.customerManagement.update(office, { id }, actions, { expectedVersion }))
}
