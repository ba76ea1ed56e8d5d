/**
 * Failures of the management endpoints as problem details (RFC 9457). `type` is left out, which means `about:blank`: the
 * title says what the status says, the detail is for people, and `errors` names the fields.
 */
import type { HttpFailure, Reply } from '../../http/failure.ts'
import { statusPhrases } from '../../http/status-phrases.ts'

type Extra = Record<string, unknown>

export function presentFailure(failure: HttpFailure): Reply {
  switch (failure.kind) {
    case 'InvalidInput':
      return problem(400, 'The request is not valid.', {
        errors: failure.violations.map(({ field, type, message }) => ({ field, type, detail: message })),
      })
    case 'BodyMalformed':
      return problem(400, failure.reason)
    case 'MalformedParameter':
      return problem(400, failure.message)
    case 'CriteriaTooComplex':
    case 'FieldUnknown':
      return problem(400, 'The query is not valid.')
    case 'PageTooLarge':
      return problem(400, 'The page is too large. Ask for fewer results.')
    case 'ScopeRejected':
    case 'OneTimeTokenRejected':
    case 'OneTimeTokenExpired':
    case 'CredentialsRejected':
    case 'AnonymousIdTaken':
    case 'LanguageUnknown':
      return problem(400, 'The request is not valid.')
    case 'TokenMissing':
      return unauthorized('A bearer token is needed.')
    case 'TokenInvalid':
    case 'PrincipalUnfit':
    case 'SessionEnded':
    case 'ClientRejected':
      return unauthorized('The bearer token is not valid here.', 'invalid_token')
    case 'TokenExpired':
      return unauthorized('The bearer token has expired.', 'invalid_token')
    case 'ScopeMissing':
      return problem(403, `One of these scopes is needed: ${failure.scopes.join(', ')}.`)
    case 'RequestForeign':
    case 'AccountBlocked':
    case 'ClientUnfit':
    case 'TokenOfAnotherClient':
    case 'RecentLoginRequired':
    case 'SessionUnfit':
    case 'LegalEntityNotAssigned':
      return problem(403, 'This is not allowed.')
    case 'WebhookNotFound':
      return problem(404, `There is no webhook '${failure.webhookId}'.`)
    case 'TenantUnknown':
      return problem(404, 'There is no such tenant.')
    case 'PathUnknown':
    case 'CustomerNotFound':
    case 'CustomerKeyUnknown':
    case 'CustomerEmailUnknown':
    case 'MessageNotFound':
    case 'MigrationUnset':
    case 'AddressNotFound':
    case 'ResourceNotFound':
    case 'ReferenceUnresolved':
      return problem(404, 'There is nothing at this path.')
    case 'MethodUnsupported': {
      const allowed = failure.allowed.join(', ')
      return problem(405, `This path takes ${allowed}.`, {}, { Allow: allowed })
    }
    case 'InvalidOperation':
      return problem(409, failure.reason)
    case 'EmailTaken':
    case 'ValueTaken':
    case 'CustomerIdTaken':
    case 'VersionConflict':
    case 'ResourceConflict':
    case 'ResourceInUse':
    case 'MigrationUnfinished':
      return problem(409, 'The request conflicts with another one.')
    case 'BodyTooLarge':
      return problem(413, `The request body has more than ${failure.sizeMaxBytes} bytes.`)
    case 'MediaTypeUnsupported':
      return problem(415, `The request body has to be ${failure.expected}.`)
    case 'TooManyAttempts':
      return problem(429, 'Too many attempts.', {}, { 'Retry-After': String(failure.retryAfterSeconds) })
    case 'Internal':
      return problem(500, 'Something went wrong here. The request may be repeated.')
    case 'NotImplemented':
      return problem(501, 'This endpoint is not available yet.')
    case 'Unavailable':
      return problem(503, 'The service is not available. Try again later.', {}, { 'Retry-After': '5' })
  }
}

function problem(
  status: number,
  detail: string,
  extra: Extra = {},
  headers: Record<string, string> = {},
): Reply {
  return {
    status,
    body: { title: statusPhrases[status], status, detail, ...extra },
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  }
}

function unauthorized(detail: string, error?: string): Reply {
  const challenge = error === undefined ? 'Bearer' : `Bearer error="${error}"`
  return problem(401, detail, {}, { 'WWW-Authenticate': challenge })
}
