/**
 * The fields of a customer and of its addresses that `q` and `sort` may name ("CustomerForSellerDto"), and what the domain
 * calls them. An allow list: passwords, hashes and tokens are not on it, so they can be neither asked for nor sorted by.
 */
import type { Field, FieldNames } from '../../domain/base/criteria.ts'

export const customerFields: FieldNames = {
  id: text('id'),
  customerNumber: text('id'),
  email: text('email'),
  accounts: { type: 'objects', path: ['accounts'], fields: { id: text('email') } },
  contactEmail: text('contactEmail'),
  contactPhone: text('contactPhone'),
  title: text('title'),
  firstName: text('firstName'),
  middleName: text('middleName'),
  lastName: text('lastName'),
  company: text('company'),
  b2b: group({
    companyRegistrationId: text('companyRegistrationId'),
    legalEntities: {
      type: 'objects',
      path: ['contactAssignments'],
      fields: { id: text('legalEntityId'), contactAssignmentId: text('id') },
    },
  }),
  preferredLanguage: { type: 'language', path: ['language'] },
  preferredCurrency: text('currency'),
  preferredSite: text('site'),
  photoUrl: text('photoUrl'),
  type: text('type'),
  restriction: text('restriction'),
  active: { type: 'boolean', path: ['active'] },
  onHold: { type: 'boolean', path: ['onHold'] },
  lastLogin: instant('lastLoginAt'),
  metadataCreatedAt: instant('createdAt'),
  metadata: group({
    version: { type: 'number', path: ['version'] },
    createdAt: instant('createdAt'),
    modifiedAt: instant('modifiedAt'),
    mixins: open('mixinSchemas'),
  }),
  mixins: open('mixins'),
  addresses: { type: 'objects', path: ['addresses'], fields: addressFields() },
}

function addressFields(): FieldNames {
  return {
    id: text('id'),
    contactName: text('contactName'),
    companyName: text('companyName'),
    street: text('street'),
    streetNumber: text('streetNumber'),
    streetAppendix: text('streetAppendix'),
    extraLine1: text('extraLine1'),
    extraLine2: text('extraLine2'),
    extraLine3: text('extraLine3'),
    extraLine4: text('extraLine4'),
    zipCode: text('zipCode'),
    city: text('city'),
    country: text('country'),
    state: text('state'),
    contactPhone: text('contactPhone'),
    tags: { type: 'list', path: ['tags'] },
    mixins: open('mixins'),
  }
}

/** Fields that stand in an object on the wire only. */
function group(fields: FieldNames): Field {
  return { type: 'object', path: [], fields }
}

function text(name: string): Field {
  return { type: 'text', path: [name] }
}

function instant(name: string): Field {
  return { type: 'instant', path: [name] }
}

/** An object whose members carry names that a merchant chose. */
function open(name: string): Field {
  return { type: 'open', path: [name] }
}
