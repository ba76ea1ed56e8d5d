/**
 * Heading "Addresses" of the customer-managed document.
 */
import { endpoint, type Endpoint } from '../../http/endpoint.ts'
import { customer, customerViewer } from './access.ts'
import { reply } from './reply.ts'
import { AddressCreateDto, AddressUpdateDto, TagsQuery } from './schema.ts'
import { addressToPatch, presentAddress } from './translate.ts'

const list = '/customer/:tenant/me/addresses'
const one = `${list}/:addressId`

export const addressEndpoints: Endpoint[] = [
  endpoint({
    method: 'post',
    path: list,
    heading: 'Adding a customer address',
    access: customer,
    body: AddressCreateDto,
    async handle({ customer, body, flows }) {
      const added = await flows.profile.addAddress(customer, addressToPatch(body))
      return reply(201, added, (id) => ({ id }))
    },
  }),

  endpoint({
    method: 'get',
    path: list,
    heading: 'Retrieving customer addresses',
    access: customerViewer,
    async handle({ customer, flows }) {
      const found = await flows.profile.read(customer)
      return reply(200, found, (profile) =>
        profile.addresses.map((address) => presentAddress(profile, address)),
      )
    },
  }),

  endpoint({
    method: 'get',
    path: one,
    heading: 'Retrieving a customer address',
    access: customerViewer,
    async handle({ customer, parameters, flows }) {
      const { addressId = '' } = parameters
      const found = await flows.profile.findAddress(customer, addressId)
      return reply(200, found, (both) => presentAddress(both.customer, both.address))
    },
  }),

  ...(['patch', 'put'] as const).map((method) =>
    endpoint({
      method,
      path: one,
      heading: 'Updating a customer address',
      access: customer,
      body: AddressUpdateDto,
      async handle({ customer, parameters, body, flows }) {
        const { addressId = '' } = parameters
        const address = addressToPatch(body)
        const version = body.metadata?.version ?? undefined
        return reply(
          200,
          await flows.profile.update(customer, [{ action: 'patchAddress', addressId, address }], version),
        )
      },
    }),
  ),

  endpoint({
    method: 'delete',
    path: one,
    heading: 'Deleting a customer address',
    access: customer,
    async handle({ customer, parameters, flows }) {
      const { addressId = '' } = parameters
      return reply(204, await flows.profile.update(customer, [{ action: 'removeAddress', addressId }]))
    },
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
      access: customer,
      query: TagsQuery,
      async handle({ customer, parameters, query, flows }) {
        const { addressId = '' } = parameters
        return reply(204, await flows.profile.update(customer, [{ action, addressId, tags: query.tags }]))
      },
    }),
  ),
]
