/**
 * Where password migrations are kept, and who has a password of another system.
 */
import type { PasswordMigration } from '../../domain/passwords/password-migration.ts'
import type { DatabaseName } from './tenants.ts'

export interface PasswordMigrations {
  find(tenant: string): Promise<PasswordMigration | undefined>
  /** Reminders begin anew when the dates have changed. */
  save(tenant: string, migration: PasswordMigration): Promise<void>
  /** False when a customer still has a password of another system. */
  remove(tenant: string): Promise<boolean>
  /** Migrations that have ended, and those whose reminders are due and not all sent, as far as there is a customer left. */
  due(database: DatabaseName, today: string): Promise<DueMigration[]>
  /** Customers with a password of another system, in the order of ids, after `after`. */
  unmigrated(tenant: string, after: string, limit: number): Promise<string[]>
  /** How far reminders have come; `done`: to the last one. */
  markReminded(tenant: string, upTo: string, done: boolean): Promise<void>
}

export interface DueMigration extends PasswordMigration {
  tenant: string
  /** Reminders have come so far; empty: none was sent. */
  remindedUpTo: string
}
