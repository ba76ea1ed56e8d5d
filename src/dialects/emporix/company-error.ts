/**
 * Failures in the words of the customer management document ("errorMessage"): `{code, status, message, details}` with details
 * as text. What a failure means and says is `error.ts`'s matter; 401 keeps the gateway's body.
 */
import type { FailurePlace } from '../../http/endpoint.ts'
import type { HttpFailure, Reply } from '../../http/failure.ts'
import { presentFailure } from './error.ts'

interface ErrorMessage {
  status: number
  message: string
  details?: { field?: string; message: string }[]
}

const phrases: Record<number, string> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
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
      status: phrases[code] ?? '',
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
