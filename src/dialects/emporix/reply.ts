/**
 * A use case's result as an answer: the success status with the presented value, or the failure in Emporix's words.
 */
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { HttpFailure, Reply } from '../../http/failure.ts'
import { presentFailure } from './error.ts'

type Outcome<T> = { ok: true; value: T } | { ok: false; error: HttpFailure }

/** Without `present` the body is empty, as the document shows it for the endpoint. */
export function reply<T>(
  status: number,
  outcome: Outcome<T>,
  present?: (value: T) => unknown,
  tenant?: Tenant,
): Reply {
  if (!outcome.ok)
    return presentFailure(outcome.error, { source: 'body', ...(tenant ? { tenant: tenant.key } : {}) })
  return present ? { status, body: present(outcome.value) } : { status }
}
