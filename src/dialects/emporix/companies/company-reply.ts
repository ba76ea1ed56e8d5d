/**
 * A use case's result as an answer of the customer management document.
 */
import type { HttpFailure, Reply } from '../../../http/failure.ts'
import { presentCompanyFailure } from './company-error.ts'
import { checkCustomId } from '../custom-id.ts'
import { totalHeader } from '../query/query-parameters.ts'

type Outcome<T> = { ok: true; value: T } | { ok: false; error: HttpFailure }

/** Without `present` the body is empty. */
export function companyReply<T>(
  status: number,
  outcome: Outcome<T>,
  present?: (value: T) => unknown,
  source: 'query' | 'body' = 'body',
): Reply {
  if (!outcome.ok) return presentCompanyFailure(outcome.error, { source })
  return present ? { status, body: present(outcome.value) } : { status }
}

/** 201 with the id for what has been created, 204 for what has been replaced. */
export function upsertReply(outcome: Outcome<boolean>, id: string): Reply {
  return outcome.ok && outcome.value ? companyReply(201, outcome, () => ({ id })) : companyReply(204, outcome)
}

/** For a path under which nothing can be created: there is nothing to replace either. */
export function refusedId(id: string): Reply | undefined {
  const fit = checkCustomId('id', id)
  return fit.ok ? undefined : companyReply(400, fit, undefined, 'query')
}

/** The total is there for those who ask for it. */
export function pageReply<T extends { total?: number }>(
  page: Outcome<T>,
  present: (value: T) => unknown,
): Reply {
  const reply = companyReply(200, page, present)
  const total = page.ok ? page.value.total : undefined
  return total === undefined ? reply : { ...reply, headers: { [totalHeader]: String(total) } }
}
