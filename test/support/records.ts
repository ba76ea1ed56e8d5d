/**
 * Plain data for tests of the rules: a tenant, an account, a record, each with what a test cares about laid over it.
 * Everything is frozen to the bottom, so that a rule that writes to its input throws.
 */
import type { TokenPurpose } from '../../src/domain/base/names.ts'
import type { Address } from '../../src/domain/customer/address.ts'
import type { CustomerRecord } from '../../src/domain/changes/change.ts'
import type { Account, Credentials } from '../../src/domain/credentials/credentials.ts'
import type { Customer } from '../../src/domain/customer/customer.ts'
import type { OneTimeToken } from '../../src/domain/credentials/one-time-token.ts'
import type { Result } from '../../src/domain/base/result.ts'
import { defaultTenantSettings, type Tenant, type TenantSettings } from '../../src/domain/tenant/tenant.ts'

export const now = Date.parse('2026-03-01T12:00:00.000Z')
export const createdAt = '2026-01-01T00:00:00.000Z'

export function tenantWith(settings: Partial<TenantSettings> = {}, key = 'acme'): Tenant {
  return frozen({ key, createdAt, settings: { ...defaultTenantSettings, ...settings } })
}

export function accountOf(name: string, more: Partial<Account> = {}): Account {
  const email = `${name}@shop.example`
  return frozen({
    id: name,
    email,
    emailKey: email,
    passwordHash: `hash of ${name}`,
    initialPassword: false,
    ...more,
  })
}

export function addressOf(id: string, more: Partial<Address> = {}): Address {
  return frozen({ id, tags: [], mixins: {}, mixinSchemas: {}, ...more })
}

/** A customer `ada` with one account; whatever is given takes the place of what is there. */
export function recordWith(
  customer: Partial<Customer> = {},
  credentials: Partial<Credentials> = {},
): CustomerRecord {
  const accounts = credentials.accounts ?? [accountOf('ada')]
  const email = accounts[0]?.email
  return frozen({
    customer: {
      tenant: 'acme',
      id: '12345678',
      version: 7,
      createdAt,
      modifiedAt: createdAt,
      ...(email === undefined ? {} : { email }),
      emailVerified: false,
      accounts: accounts.map((account) => ({ email: account.email })),
      active: true,
      onHold: false,
      firstName: 'Ada',
      lastName: 'Lovelace',
      language: 'de-DE',
      addresses: [],
      shippingAddressIds: [],
      billingAddressIds: [],
      mixins: {},
      mixinSchemas: {},
      ...customer,
    },
    credentials: { revision: 3, ...credentials, accounts },
  })
}

export function tokenOf<P extends TokenPurpose>(
  purpose: P,
  more: Partial<OneTimeToken<P>> = {},
): OneTimeToken<P> {
  return frozen({
    id: 'token',
    purpose,
    tenant: 'acme',
    customerId: '12345678',
    credentialsRevision: 3,
    accountId: 'ada',
    issuedAt: now,
    expiresAt: now + 3_600_000,
    ...more,
  })
}

/** The value of a result that has to be there. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`expected a value, got ${JSON.stringify(result.error)}`)
  return result.value
}

export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const inner of Object.values(value)) frozen(inner)
  return Object.freeze(value)
}
