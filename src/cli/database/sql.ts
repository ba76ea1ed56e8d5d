/**
 * SQL text for the rows that the command line writes: tenants and their clients.
 * Text, because `wrangler d1 execute` takes no parameters; every value goes through `sqlText`.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { encodeHex, encodeUtf8 } from '../../domain/base/binary-text.ts'
import type { Client } from '../../domain/tenant/tenant.ts'

/** A string as an SQL literal. Refuses what SQLite would cut off or a terminal would act on. */
export function sqlText(text: string): string {
  if (/[\u0000-\u001f\u007f]/.test(text))
    throw new TypeError('control characters cannot be part of an SQL literal')
  return `'${text.replaceAll("'", "''")}'`
}

export function insertTenant(key: string, settings: object, at: string): string {
  const values = [key, JSON.stringify(settings), at, at].map(sqlText).join(', ')
  return `INSERT INTO tenants (key, settings, created_at, modified_at) VALUES (${values})`
}

export function insertClient(client: Client, at: string): string {
  const { id, tenant, secretHash, scopes } = client
  const values = [id, tenant, secretHash, JSON.stringify(scopes), at].map(sqlText).join(', ')
  return `INSERT INTO clients (id, tenant, secret_hash, scopes, created_at) VALUES (${values})`
}

/** How a client secret is stored. */
export function hashClientSecret(secret: string): string {
  return encodeHex(sha256(encodeUtf8(secret)))
}
