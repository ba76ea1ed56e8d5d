/**
 * What lists of the customer management document can be asked for: the fields that `q` and `sort` may name, and the filters
 * that are parameters of their own, each an equality or, without regard to case, a part of the text.
 */
import type { PageRequest } from '../../../flows/ports/index.ts'
import type { Criteria, Field, FieldNames, Path } from '../../../domain/base/criteria.ts'
import type { Result } from '../../../domain/base/result.ts'
import type { ContactAssignmentsQuery, LegalEntitySearchQuery } from './company-schema.ts'
import type { MalformedParameter } from '../query/query-cursor.ts'
import { asksForTotal, toPageRequest } from '../query/query-parameters.ts'

type Wanted = Result<PageRequest, MalformedParameter>

export function legalEntityPage(q: string, query: LegalEntitySearchQuery, request: Request): Wanted {
  const filters = [
    equal(['id'], query.id, true),
    part(['name'], query.name),
    equal(['type'], query.type),
    equal(['parentId'], query.parentId),
    part(['legalInfo', 'legalName'], query['legalInfo.legalName']),
    equal(['legalInfo', 'registrationDate'], query['legalInfo.registrationDate']),
    equal(['legalInfo', 'taxRegistrationNumber'], query['legalInfo.taxRegistrationNumber']),
    part(['legalInfo', 'registrationAgency'], query['legalInfo.registrationAgency']),
    part(['legalInfo', 'countryOfRegistration'], query['legalInfo.countryOfRegistration']),
    equal(['registrationId'], query['legalInfo.registrationId']),
  ]
  return toPageRequest(q, query, legalEntityFields, { filters, withTotal: asksForTotal(request) })
}

export function contactAssignmentPage(q: string, query: ContactAssignmentsQuery, request: Request): Wanted {
  const { primary } = query
  const filters = [
    equal(['legalEntityId'], query['legalEntity.id']),
    equal(['customerId'], query['customer.id']),
    equal(['type'], query.type),
    equal(['primary'], primary && primary === 'true'),
  ]
  return toPageRequest(q, query, contactAssignmentFields, { filters, withTotal: asksForTotal(request) })
}

function equal(path: Path, value: string | boolean | undefined, ignoreCase = false): Criteria | undefined {
  if (value === undefined) return undefined
  return ignoreCase
    ? { kind: 'containsText', path, at: 'whole', text: String(value), ignoreCase }
    : { kind: 'compare', path, operator: '=', value }
}

function part(path: Path, text: string | undefined): Criteria | undefined {
  return text === undefined
    ? undefined
    : { kind: 'containsText', path, at: 'anywhere', text, ignoreCase: true }
}

const metadata = group({
  version: { type: 'number', path: ['version'] },
  createdAt: { type: 'instant', path: ['createdAt'] },
  modifiedAt: { type: 'instant', path: ['modifiedAt'] },
})

const resourceId: FieldNames = { id: text('id') }

const legalEntityFields: FieldNames = {
  id: text('id'),
  name: text('name'),
  type: text('type'),
  parentId: text('parentId'),
  restrictions: { type: 'list', path: ['restrictions'] },
  accountLimit: group({
    currency: text('accountLimit', 'currency'),
    value: { type: 'number', path: ['accountLimit', 'value'] },
  }),
  legalInfo: group({
    legalName: text('legalInfo', 'legalName'),
    registrationDate: text('legalInfo', 'registrationDate'),
    taxRegistrationNumber: text('legalInfo', 'taxRegistrationNumber'),
    registrationAgency: text('legalInfo', 'registrationAgency'),
    countryOfRegistration: text('legalInfo', 'countryOfRegistration'),
    registrationId: text('registrationId'),
  }),
  customerGroups: {
    type: 'objects',
    path: ['customerGroups'],
    fields: { ...resourceId, role: text('role') },
  },
  entitiesAddresses: { type: 'objects', path: ['entitiesAddresses'], fields: resourceId },
  approvalGroup: group({ id: { type: 'list', path: ['approvalGroup'] } }),
  metadata,
  mixins: { type: 'open', path: ['mixins'] },
}

const contactAssignmentFields: FieldNames = {
  id: text('id'),
  type: text('type'),
  primary: { type: 'boolean', path: ['primary'] },
  legalEntity: group({ id: text('legalEntityId') }),
  customer: group({ id: text('customerId') }),
  metadata,
  mixins: { type: 'open', path: ['mixins'] },
}

/** Fields that stand in an object on the wire only. */
function group(fields: FieldNames): Field {
  return { type: 'object', path: [], fields }
}

function text(...path: string[]): Field {
  return { type: 'text', path }
}
