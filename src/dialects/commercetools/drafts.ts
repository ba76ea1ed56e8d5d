/**
 * Drafts of customers, the storefront's and the back office's, as what the use cases make customers from.
 */
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { ManagementAction } from '../../domain/changes/update-action.ts'
import type { NewCustomer } from '../../flows/writing/new-customer.ts'
import type { Unresolved } from '../../flows/writing/unresolved.ts'
import type { SignUp } from '../../flows/account/sign-up.ts'
import { toCustomFields } from './custom-fields.ts'
import { setCustomerGroup, setCustomerGroupAssignments, setCustomerNumber, setStores } from './decisions.ts'
import { localesOf } from './locales.ts'
import type { CustomerDraft, MyCustomerDraft } from './schema.ts'
import { addressToPatch, profileToDraft } from './translate.ts'

export function draftToSignUp(tenant: Tenant, draft: MyCustomerDraft): SignUp {
  return { ...customerOf(tenant, draft), email: draft.email, password: draft.password }
}

/** Passwords are for customers who sign in here: one who signs in elsewhere gets none, even if one was sent. */
export function draftToNewCustomer(tenant: Tenant, draft: CustomerDraft): NewCustomer {
  const external = draft.authenticationMode === 'ExternalAuth'
  return {
    ...customerOf(tenant, draft),
    emailVerified: draft.isEmailVerified ?? false,
    ...(external ? { authenticationMode: 'ExternalAuth' } : { password: draft.password ?? undefined }),
  }
}

function customerOf(tenant: Tenant, draft: MyCustomerDraft | CustomerDraft): Omit<NewCustomer, 'password'> {
  const { email, custom, addresses, defaultShippingAddress, defaultBillingAddress, stores } = draft
  const { shippingAddresses, billingAddresses, ...decided }: Partial<CustomerDraft> = draft
  const { customerNumber, customerGroup, customerGroupAssignments } = decided
  const decisions: Unresolved<ManagementAction>[] = [
    ...(customerNumber == null ? [] : [setCustomerNumber(customerNumber)]),
    ...(customerGroup == null ? [] : [setCustomerGroup(customerGroup)]),
    ...(customerGroupAssignments == null ? [] : [setCustomerGroupAssignments(customerGroupAssignments)]),
    ...(stores == null ? [] : [setStores(stores)]),
  ]
  return {
    email,
    draft: {
      contactEmail: email,
      ...profileToDraft(draft),
      ...(custom && { custom: toCustomFields(custom) }),
    },
    languages: localesOf(tenant),
    addresses: (addresses ?? []).map(addressToPatch),
    addressUses: {
      shipping: { default: defaultShippingAddress ?? undefined, listed: shippingAddresses ?? [] },
      billing: { default: defaultBillingAddress ?? undefined, listed: billingAddresses ?? [] },
    },
    decisions,
  }
}
