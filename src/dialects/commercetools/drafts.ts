/**
 * Drafts of customers, the storefront's and the back office's, as what the use cases make customers from.
 */
import type { ManagementAction } from '../../domain/update-action.ts'
import type { NewCustomer } from '../../flows/new-customer.ts'
import type { Requested } from '../../flows/requested.ts'
import type { SignUp } from '../../flows/sign-up.ts'
import { toCustomFields } from './custom-fields.ts'
import { setCustomerGroup, setCustomerGroupAssignments, setCustomerNumber, setStores } from './decisions.ts'
import type { CustomerDraft, MyCustomerDraft } from './schema.ts'
import { addressToPatch, profileToDraft } from './translate.ts'

export function draftToSignUp(draft: MyCustomerDraft): SignUp {
  return { ...customerOf(draft), email: draft.email, password: draft.password }
}

/** Passwords are for those who sign in here: whoever signs in elsewhere gets none, even if one was sent. */
export function draftToNewCustomer(draft: CustomerDraft): NewCustomer {
  const external = draft.authenticationMode === 'ExternalAuth'
  return {
    ...customerOf(draft),
    emailVerified: draft.isEmailVerified ?? false,
    ...(external ? { authenticationMode: 'ExternalAuth' } : { password: draft.password ?? undefined }),
  }
}

function customerOf(draft: MyCustomerDraft | CustomerDraft): Omit<NewCustomer, 'password'> {
  const { email, custom, addresses, defaultShippingAddress, defaultBillingAddress, stores } = draft
  const { shippingAddresses, billingAddresses, ...decided }: Partial<CustomerDraft> = draft
  const { customerNumber, customerGroup, customerGroupAssignments } = decided
  const decisions: Requested<ManagementAction>[] = [
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
    addresses: (addresses ?? []).map(addressToPatch),
    addressUses: {
      shipping: { default: defaultShippingAddress ?? undefined, listed: shippingAddresses ?? [] },
      billing: { default: defaultBillingAddress ?? undefined, listed: billingAddresses ?? [] },
    },
    decisions,
  }
}
