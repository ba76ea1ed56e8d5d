/**
 * "Messages": what has happened, read by the back office. `HEAD` comes with every `GET`. Nothing is ever changed here.
 */
import type { Field, FieldNames } from '../../../domain/base/criteria.ts'
import { endpoint, type Access, type Endpoint } from '../../../http/endpoint.ts'
import { expandMessages, messageReply } from '../resources/expansion.ts'
import { pageReply } from '../query/paging.ts'
import { ExpandQuery, PageQuery } from '../query/query-parameters.ts'

const viewer: Access<'service'> = { kinds: ['service'], scopes: ['view_messages', 'manage_project'] }

export const messageEndpoints: Endpoint[] = [
  endpoint({
    method: 'get',
    path: '/:tenant/messages',
    heading: 'Query Messages',
    access: viewer,
    query: PageQuery,
    handle: ({ tenant, principal, query, request, flows }) =>
      pageReply(
        { query, request, fields: messageFields },
        (wanted) => flows.messages.page(tenant, wanted),
        (messages) => expandMessages({ tenant, principal, query, flows }, messages),
      ),
  }),

  endpoint({
    method: 'get',
    path: '/:tenant/messages/:id',
    heading: 'Get Message by ID',
    access: viewer,
    query: ExpandQuery,
    async handle({ tenant, principal, parameters, query, flows }) {
      const found = await flows.messages.find(tenant, parameters['id'] ?? '')
      return messageReply(200, found, { tenant, principal, query, flows })
    },
  }),
]

/** The fields that all messages have; what is particular to a type can be neither asked for nor sorted by. */
const messageFields: FieldNames = {
  id: text('id'),
  version: { type: 'number', path: ['version'] },
  sequenceNumber: { type: 'number', path: ['sequence'] },
  resource: { type: 'object', path: ['resource'], fields: { typeId: text('typeId'), id: text('id') } },
  resourceVersion: { type: 'number', path: ['resourceVersion'] },
  resourceUserProvidedIdentifiers: {
    type: 'object',
    path: ['identifiers'],
    fields: {
      key: text('key'),
      externalId: text('externalId'),
      customerNumber: text('customerNumber'),
    },
  },
  type: text('type'),
  createdAt: { type: 'instant', path: ['createdAt'] },
  lastModifiedAt: { type: 'instant', path: ['createdAt'] },
  createdBy: actor(),
  lastModifiedBy: actor(),
}

function actor(): Field {
  const fields = {
    clientId: text('clientId'),
    anonymousId: text('anonymousId'),
    externalUserId: text('externalUserId'),
  }
  return { type: 'object', path: ['createdBy'], fields }
}

function text(name: string): Field {
  return { type: 'text', path: [name] }
}
