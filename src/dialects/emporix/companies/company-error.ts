/**
 * Failures in the words of the customer management document ("errorMessage"): `{code, status, message, details}` with details
 * as text. What a failure means and says is `error.ts`'s matter; 401 keeps the gateway's body.
 */
import type { FailurePlace } from '../../../http/endpoint.ts'
import type { HttpFailure, Reply } from '../../../http/failure.ts'
import { statusPhrases } from '../../../http/status-phrases.ts'
import { presentFailure } from '../error.ts'

interface ErrorMessage {
  status: number
  message: string
  details?: { field?: string; message: string }[]
}

export function presentCompanyFailure(failure: HttpFailure, place: FailurePlace): Reply {
  const reply = presentFailure(failure, place)
  if (reply.status === 401) return reply
  const { status: code, message, details = [] } = reply.body as ErrorMessage
  const texts = details.map(({ field, message: text }) => (field ? `${field}: ${text}` : text))
  const extra = failure.kind === 'ScopeMissing' ? [`missing scope: ${failure.scopes.join(' or ')}`] : []
  return {
    ...reply,
    body: {
      code,
      status: statusPhrases[code] ?? '',
      message,
      ...resourceOf(failure),
      details: [...texts, ...extra],
    },
  }
}

function resourceOf(failure: HttpFailure): { resourceId?: string } {
  return (failure.kind === 'ResourceNotFound' || failure.kind === 'ResourceConflict') && 'id' in failure
    ? { resourceId: failure.id }
    : {}
}
