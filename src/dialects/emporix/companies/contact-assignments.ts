/**
 * Heading "Contact Assignments" of the customer management document.
 */
import { endpoint, type Access, type Endpoint } from '../../../http/endpoint.ts'
import { contactAssignmentPage } from './company-query.ts'
import { companyReply, pageReply, refusedId, upsertReply } from './company-reply.ts'
import {
  ContactAssignmentCreate,
  ContactAssignmentsQuery,
  ContactAssignmentUpdate,
  FieldsQuery,
} from './company-schema.ts'
import { bodyToContactAssignment, presentContactAssignment, project } from './company-translate.ts'

const list = '/customer-management/:tenant/contact-assignments'
const one = `${list}/:contactAssignmentId`

const reader: Access<'service'> = {
  kinds: ['service'],
  scopes: ['customermanagement.contactassignment_read'],
}
const manager: Access<'service'> = {
  kinds: ['service'],
  scopes: ['customermanagement.contactassignment_manage'],
}

export const contactAssignmentEndpoints: Endpoint[] = [
  endpoint({
    method: 'post',
    path: list,
    heading: 'Creating contact assignment',
    access: manager,
    body: ContactAssignmentCreate,
    async handle({ office, body, flows }) {
      const wanted = bodyToContactAssignment(body)
      const created = await flows.contactAssignments.create(office, wanted, body.id ?? undefined)
      return companyReply(201, created, (id) => ({ id }))
    },
  }),

  endpoint({
    method: 'get',
    path: list,
    heading: 'Retrieving all contact assignments',
    access: reader,
    query: ContactAssignmentsQuery,
    async handle({ tenant, query, request, flows }) {
      const wanted = contactAssignmentPage(query.q, query, request)
      if (!wanted.ok) return companyReply(400, wanted, undefined, 'query')
      const page = await flows.contactAssignments.page(tenant, wanted.value)
      return pageReply(page, ({ items }) =>
        items.map((found) => project(presentContactAssignment(found), query.fields)),
      )
    },
  }),

  endpoint({
    method: 'get',
    path: one,
    heading: 'Retrieving a contact assignment',
    access: reader,
    query: FieldsQuery,
    async handle({ tenant, parameters, query, flows }) {
      const found = await flows.contactAssignments.find(tenant, parameters['contactAssignmentId'] ?? '')
      return companyReply(200, found, (assignment) =>
        project(presentContactAssignment(assignment), query.fields),
      )
    },
  }),

  endpoint({
    method: 'put',
    path: one,
    heading: 'Upserting a contact assignment',
    access: manager,
    body: ContactAssignmentUpdate,
    async handle({ office, parameters, body, flows }) {
      const id = parameters['contactAssignmentId'] ?? ''
      const version = body.metadata?.version ?? undefined
      const wanted = bodyToContactAssignment(body)
      const put = () => flows.contactAssignments.put(office, id, wanted, version)
      return refusedId(id) ?? upsertReply(await put(), id)
    },
  }),

  endpoint({
    method: 'delete',
    path: one,
    heading: 'Delete a contact assignment',
    access: manager,
    async handle({ office, parameters, flows }) {
      const id = parameters['contactAssignmentId'] ?? ''
      return companyReply(204, await flows.contactAssignments.remove(office, id))
    },
  }),
]
