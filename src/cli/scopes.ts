/**
 * The scopes that clients can be given: those of a storefront, every scope of both dialects, and our own.
 * commercetools scopes stand without `:{projectKey}`; a client belongs to one tenant anyway.
 */

export const storefrontScopes: readonly string[] = [
  'manage_my_profile',
  'create_anonymous_token',
  'view_project_settings',
]

const emporixScopes: readonly string[] = [
  'customer.customer_read',
  'customer.customer_read_own',
  'customer.customer_manage',
  'customer.customer_manage_own',
  'customer.customer_create',
  'customer.customer_update',
  'customer.customer_delete',
  'customer.customerprofile_view',
  'customer.customerprofile_edit',
  'customer.consent_view',
  'customer.consent_manage',
  'customer.import_read',
  'customer.import_manage',
  'customer.assistedBuying_manage',
  'customermanagement.legalentity_read',
  'customermanagement.legalentity_read_own',
  'customermanagement.legalentity_manage',
  'customermanagement.contactassignment_read',
  'customermanagement.contactassignment_manage',
  'customermanagement.location_read',
  'customermanagement.location_manage',
]

const commercetoolsScopes: readonly string[] = [
  'manage_project',
  'manage_customers',
  'view_customers',
  'manage_customer_groups',
  'view_customer_groups',
  'manage_stores',
  'view_stores',
  'manage_types',
  'view_types',
  'view_messages',
  'introspect_oauth_tokens',
]

/** Of the endpoints below `/admin`, which no vendor has. */
const ownScopes: readonly string[] = [
  'admin.webhook_read',
  'admin.webhook_manage',
  'admin.template_read',
  'admin.template_manage',
]

export const adminScopes: readonly string[] = [
  ...storefrontScopes,
  ...emporixScopes,
  ...commercetoolsScopes,
  ...ownScopes,
]
