/**
 * The fields of a Customer that predicates and sort orders may name, and what the domain calls them.
 * An allow list: passwords, hashes and tokens are not on it, so they can be neither asked for nor sorted by.
 */
import type { Field, FieldNames } from '../../domain/base/criteria.ts'

export const customerFields: FieldNames = {
  id: text('id'),
  version: { type: 'number', path: ['version'] },
  createdAt: { type: 'instant', path: ['createdAt'] },
  lastModifiedAt: { type: 'instant', path: ['modifiedAt'] },
  key: text('key'),
  customerNumber: text('customerNumber'),
  externalId: text('externalId'),
  email: text('email'),
  // The way to ask for an e-mail without regard to letter case; known to the clients, not to the documents.
  lowercaseEmail: { ...text('emailKey'), hidden: true },
  firstName: text('firstName'),
  lastName: text('lastName'),
  middleName: text('middleName'),
  title: text('title'),
  salutation: text('salutation'),
  dateOfBirth: text('dateOfBirth'),
  companyName: text('company'),
  vatId: text('vatId'),
  locale: text('language'),
  isEmailVerified: { type: 'boolean', path: ['emailVerified'] },
  authenticationMode: text('authenticationMode'),
  defaultShippingAddressId: text('defaultShippingAddressId'),
  defaultBillingAddressId: text('defaultBillingAddressId'),
  shippingAddressIds: { type: 'list', path: ['shippingAddressIds'] },
  billingAddressIds: { type: 'list', path: ['billingAddressIds'] },
  customerGroup: { type: 'object', path: ['customerGroup'], fields: referenceFields('id') },
  customerGroupAssignments: {
    type: 'objects',
    path: ['customerGroupAssignments'],
    fields: {
      customerGroup: { type: 'object', path: ['customerGroup'], fields: referenceFields('id') },
    },
  },
  stores: { type: 'objects', path: ['stores'], fields: referenceFields('key') },
  addresses: { type: 'objects', path: ['addresses'], fields: addressFields() },
  custom: customFields(),
}

function addressFields(): FieldNames {
  return {
    id: text('id'),
    key: text('key'),
    country: text('country'),
    title: text('title'),
    salutation: text('salutation'),
    firstName: text('firstName'),
    lastName: text('lastName'),
    streetName: text('street'),
    streetNumber: text('streetNumber'),
    additionalStreetInfo: text('streetAppendix'),
    postalCode: text('zipCode'),
    city: text('city'),
    region: text('region'),
    state: text('state'),
    company: text('companyName'),
    department: text('department'),
    building: text('building'),
    apartment: text('apartment'),
    pOBox: text('pOBox'),
    phone: text('contactPhone'),
    mobile: text('mobile'),
    email: text('email'),
    fax: text('fax'),
    additionalAddressInfo: text('additionalAddressInfo'),
    externalId: text('externalId'),
    custom: customFields(),
  }
}

function customFields(): Field {
  return {
    type: 'object',
    path: ['custom'],
    fields: {
      type: { type: 'object', path: ['type'], fields: referenceFields('id') },
      fields: { type: 'open', path: ['fields'] },
    },
  }
}

function referenceFields(name: 'id' | 'key'): FieldNames {
  return { typeId: text('typeId'), [name]: text(name) }
}

function text(name: string): Field {
  return { type: 'text', path: [name] }
}
