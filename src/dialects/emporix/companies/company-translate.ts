/**
 * Between the wire and the domain for legal entities and contact assignments: bodies to drafts, records to answers.
 */
import type {
  ContactAssignmentDraft,
  LegalEntity,
  LegalEntityDraft,
} from '../../../domain/customer/company.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../domain/base/json.ts'
import type { LegalEntityView } from '../../../flows/office/companies.ts'
import type { ContactAssignmentRequest } from '../../../flows/office/contact-assignments.ts'
import type { Contact, ContactAssignmentView } from '../../../flows/ports/index.ts'
import type {
  ContactAssignmentCreate,
  ContactAssignmentUpdate,
  LegalEntityCreate,
  LegalEntityUpdate,
} from './company-schema.ts'

export function bodyToLegalEntity(body: LegalEntityCreate | LegalEntityUpdate): LegalEntityDraft {
  const { name, parentId, accountLimit, legalInfo, customerGroups, entitiesAddresses } = body
  const { approvalGroup, restrictions, metadata, mixins } = body
  return given({
    name,
    type: body.type ?? 'COMPANY',
    parentId,
    accountLimit: accountLimit && given(accountLimit),
    legalInfo: legalInfo && given(legalInfo),
    customerGroups,
    entitiesAddresses,
    approvalGroup: approvalGroup && [...new Set(approvalGroup.map(({ id }) => id))],
    restrictions,
    mixins: mixins ?? {},
    mixinSchemas: metadata?.mixins ?? {},
  }) as LegalEntityDraft
}

export function bodyToContactAssignment(
  body: ContactAssignmentCreate | ContactAssignmentUpdate,
): ContactAssignmentRequest {
  const { legalEntity, customer, type, primary, mixins, metadata } = body
  const draft: ContactAssignmentDraft = {
    legalEntityId: legalEntity.id,
    type: type ?? 'CONTACT',
    primary: primary ?? false,
    mixins: mixins ?? {},
    mixinSchemas: metadata?.mixins ?? {},
  }
  return { customerId: customer.id, draft }
}

export function presentLegalEntity({ approvers, ...entity }: LegalEntityView) {
  return {
    ...presentPlainLegalEntity(entity),
    ...(entity.approvalGroup && { approvalGroup: approvers.map(presentApprover) }),
  }
}

export function presentContactAssignment(assignment: ContactAssignmentView) {
  const { legalEntity, mixins } = assignment
  return {
    ...presentPlainAssignment(assignment),
    legalEntity: presentPlainLegalEntity(legalEntity),
    ...(Object.keys(mixins).length > 0 && { mixins }),
  }
}

/** Only the fields that were asked for, by their names or by paths into objects; all, when none was. */
export function project(body: object, fields: readonly string[]): object {
  if (fields.length === 0) return body
  const wanted: JsonObject = {}
  for (const field of fields) copy(body as JsonObject, field.split('.'), wanted)
  return wanted
}

function copy(from: JsonObject, [name = '', ...rest]: string[], to: JsonObject): void {
  const value = Object.hasOwn(from, name) ? from[name] : undefined
  if (value === undefined) return
  if (rest.length === 0) {
    set(to, name, value)
    return
  }
  if (!isJsonObject(value)) return
  const own = Object.hasOwn(to, name) ? to[name] : undefined
  const inner: JsonObject = isJsonObject(own) ? { ...own } : {}
  copy(value, rest, inner)
  if (Object.keys(inner).length > 0) set(to, name, inner)
}

/** An own property, whatever the name is. */
function set(object: JsonObject, name: string, value: Json): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
}

function presentPlainLegalEntity(entity: LegalEntity) {
  const { tenant: _tenant, version, createdAt, modifiedAt, mixins, mixinSchemas, ...fields } = entity
  const { approvalGroup: _ids, selfFounded: _origin, ...shown } = fields
  return {
    ...shown,
    ...(Object.keys(mixins).length > 0 && { mixins }),
    metadata: presentMetadata({ version, createdAt, modifiedAt, mixinSchemas }),
  }
}

function presentApprover(assignment: ContactAssignmentView) {
  return { ...presentPlainAssignment(assignment), legalEntity: { id: assignment.legalEntityId } }
}

function presentPlainAssignment(assignment: ContactAssignmentView) {
  const { id, type, primary, customer } = assignment
  return { id, type, primary, customer: presentContact(customer), metadata: presentMetadata(assignment) }
}

function presentContact({ id, firstName: name, lastName: surname, email, phone }: Contact) {
  return given({ id, name, surname, email, phone })
}

function presentMetadata({
  version,
  createdAt,
  modifiedAt,
  mixinSchemas,
}: Pick<LegalEntity, 'version' | 'createdAt' | 'modifiedAt' | 'mixinSchemas'>) {
  const mixins = Object.keys(mixinSchemas).length > 0 ? { mixins: mixinSchemas } : {}
  return { version, createdAt, modifiedAt, ...mixins }
}

/** Without the members that are absent or null. */
function given<T extends object>(object: T): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => (value ?? undefined) !== undefined))
}
