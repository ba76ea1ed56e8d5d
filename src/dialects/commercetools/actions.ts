/**
 * Update actions: for each of the vendor's the shape of its body and what it becomes in domain terms, side by side.
 * `ownActions` are those of My Customer Profile; the back office has them too, and `officeActions` beside them.
 */
import type { ResourceRef } from '../../domain/base/names.ts'
import { z } from 'zod'
import { billingTag, shippingTag } from '../../domain/customer/address.ts'
import { customerGroupsMax, storesMax } from '../../domain/changes/management-actions.ts'
import type { AddressRef, UpdateAction } from '../../domain/changes/update-action.ts'
import type { OfficeAction } from '../../flows/office/customer-management.ts'
import { fieldChange, typeChange } from './custom-fields.ts'
import {
  addCustomerGroupAssignment,
  addStore,
  removeCustomerGroupAssignment,
  removeStore,
  setCustomerGroup,
  setCustomerGroupAssignments,
  setCustomerNumber,
  setStores,
} from './decisions.ts'
import {
  action as bodyOf,
  authenticationMode,
  BaseAddress,
  CustomerGroupAssignmentDraft as assignment,
  customerNumber,
  customField,
  customType,
  date,
  email,
  key,
  locale,
  optional,
  resourceIdentifier,
  text,
  version,
} from './schema.ts'
import { addressToPatch, profileNames } from './translate.ts'

const actionsMax = 500

/** Types may be named by key. */
type Own = UpdateAction<ResourceRef>

const addressReference = { addressId: text.nullish(), addressKey: text.nullish() }
const customerGroup = resourceIdentifier('customer-group')
const store = resourceIdentifier('store')

const ownActions = [
  action('changeEmail', { email }, ({ email: given }): Own => ({
    action: 'changeEmail',
    email: given,
  })),
  setter('setFirstName', 'firstName'),
  setter('setLastName', 'lastName'),
  setter('setMiddleName', 'middleName'),
  setter('setTitle', 'title'),
  setter('setSalutation', 'salutation'),
  setter('setDateOfBirth', 'dateOfBirth', date.nullish()),
  setter('setCompanyName', 'companyName'),
  setter('setVatId', 'vatId'),
  setter('setLocale', 'locale', locale.nullish()),
  action('addAddress', { address: BaseAddress }, ({ address }): Own => ({
    action: 'addAddress',
    address: addressToPatch(address),
  })),
  onAddress('changeAddress', { address: BaseAddress }, (ref, { address }) => ({
    action: 'patchAddress',
    address: addressToPatch(address),
    ...ref,
  })),
  onAddress('removeAddress', {}, (ref) => ({ action: 'removeAddress', ...ref })),
  onOptionalAddress('setDefaultShippingAddress', (ref) => ({
    action: 'setDefaultAddress',
    of: 'shipping',
    ...ref,
  })),
  onOptionalAddress('setDefaultBillingAddress', (ref) => ({
    action: 'setDefaultAddress',
    of: 'billing',
    ...ref,
  })),
  onAddress('addShippingAddressId', {}, (ref) => ({ action: 'addAddressTags', tags: [shippingTag], ...ref })),
  onAddress('removeShippingAddressId', {}, (ref) => ({
    action: 'removeAddressTags',
    tags: [shippingTag],
    ...ref,
  })),
  onAddress('addBillingAddressId', {}, (ref) => ({ action: 'addAddressTags', tags: [billingTag], ...ref })),
  onAddress('removeBillingAddressId', {}, (ref) => ({
    action: 'removeAddressTags',
    tags: [billingTag],
    ...ref,
  })),
  action('setCustomType', customType, (body): Own => ({ action: 'changeCustomFields', ...typeChange(body) })),
  action('setCustomField', customField, (body): Own => ({
    action: 'changeCustomFields',
    ...fieldChange(body),
  })),
] as const

const officeActions = [
  action('setAddressCustomType', { addressId: text, ...customType }, (body): Own => ({
    action: 'changeAddressCustomFields',
    ...typeChange(body),
    addressId: body.addressId,
  })),
  action('setAddressCustomField', { addressId: text, ...customField }, (body): Own => ({
    action: 'changeAddressCustomFields',
    ...fieldChange(body),
    addressId: body.addressId,
  })),
  setter('setKey', 'key', key.nullish()),
  setter('setExternalId', 'externalId'),
  action('setCustomerNumber', { customerNumber: customerNumber.nullish() }, (body) =>
    setCustomerNumber(body.customerNumber),
  ),
  action('setCustomerGroup', { customerGroup: customerGroup.nullish() }, (body) =>
    setCustomerGroup(body.customerGroup),
  ),
  action(
    'setCustomerGroupAssignments',
    { customerGroupAssignments: z.array(assignment).max(customerGroupsMax) },
    (body) => setCustomerGroupAssignments(body.customerGroupAssignments),
  ),
  action('addCustomerGroupAssignment', { customerGroupAssignment: assignment }, (body) =>
    addCustomerGroupAssignment(body.customerGroupAssignment),
  ),
  action('removeCustomerGroupAssignment', { customerGroup }, (body) =>
    removeCustomerGroupAssignment(body.customerGroup),
  ),
  action('setStores', { stores: z.array(store).max(storesMax) }, (body) => setStores(body.stores)),
  action('addStore', { store }, (body) => addStore(body.store)),
  action('removeStore', { store }, (body) => removeStore(body.store)),
  z
    .object({
      action: z.literal('setAuthenticationMode'),
      authMode: authenticationMode,
      password: text.min(1).nullish(),
    })
    .refine(({ authMode, password }) => authMode === 'ExternalAuth' || password != null, {
      path: ['password'],
      message: 'A password is required.',
    })
    .transform(({ authMode, password }): OfficeAction => ({
      action: 'requestAuthenticationMode',
      password: authMode === 'ExternalAuth' ? undefined : (password ?? undefined),
    })),
] as const

export const MyCustomerUpdate = z.object({
  version,
  actions: z.array(z.discriminatedUnion('action', ownActions)).max(actionsMax),
})

export const CustomerUpdate = z.object({
  version,
  actions: z.array(z.discriminatedUnion('action', [...ownActions, ...officeActions])).max(actionsMax),
})

function action<N extends string, S extends z.core.$ZodLooseShape, A extends OfficeAction>(
  name: N,
  shape: S,
  become: (body: z.infer<z.ZodObject<S>>) => A,
) {
  return bodyOf(name, shape).transform((given): A => become(given as z.infer<z.ZodObject<S>>))
}

function setter<N extends string>(
  name: N,
  field: keyof typeof profileNames,
  schema: z.ZodType<string | null | undefined> = optional,
) {
  const shape = { [field]: schema } as Record<typeof field, typeof schema>
  return action(name, shape, (body): Own => {
    return { action: 'set', field: profileNames[field], value: body[field] ?? undefined }
  })
}

/** An action on an address that is named by its id or its key. */
function onAddress<N extends string, S extends z.core.$ZodLooseShape>(
  name: N,
  shape: S,
  become: (ref: AddressRef, body: z.infer<z.ZodObject<S>>) => Own,
  isOptional = false,
) {
  return bodyOf(name, { ...addressReference, ...shape })
    .refine((body) => isOptional || namesAddress(addressRefOf(body)), { path: ['addressId'] })
    .transform((body): Own => become(addressRefOf(body), body as z.infer<z.ZodObject<S>>))
}

/** The same, for actions that mean something without an address, too. */
function onOptionalAddress<N extends string>(name: N, become: (ref: AddressRef) => Own) {
  return onAddress(name, {}, become, true)
}

function addressRefOf(body: object): AddressRef {
  const { addressId, addressKey } = body as z.infer<z.ZodObject<typeof addressReference>>
  return { addressId: addressId ?? undefined, addressKey: addressKey ?? undefined }
}

function namesAddress({ addressId, addressKey }: AddressRef): boolean {
  return addressId !== undefined || addressKey !== undefined
}
