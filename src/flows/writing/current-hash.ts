/**
 * The hash that a customer's current password is compared with, where the record is at hand and the tenant's password
 * migration is not. Only a password of another system asks for it, so for all others this costs nothing.
 */
import { usableHash } from '../../domain/passwords/password-migration.ts'
import { isLegacyPassword } from '../../domain/passwords/stored-password.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { Ports } from '../ports/index.ts'

export async function currentHash(
  { passwordMigrations, clock }: Pick<Ports, 'passwordMigrations' | 'clock'>,
  tenant: Tenant,
  passwordHash: string | undefined,
): Promise<string | undefined> {
  if (passwordHash === undefined || !isLegacyPassword(passwordHash)) return passwordHash
  const migration = await passwordMigrations.find(tenant.key)
  return usableHash(passwordHash, migration?.endDate, clock.now())
}
