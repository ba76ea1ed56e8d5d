/**
 * Failures of the management endpoints as problem details (RFC 9457). `type` is left out, which means `about:blank`: the
 * title says what the status says, the detail is for people, and `errors` names the fields.
 */
import type { HttpFailure, Reply } from '../../http/failure.ts'
import { statusPhrases } from '../../http/status-phrases.ts'
import { wording } from '../../http/wording.ts'

type Extra = Record<string, unknown>

/** The endpoints here deal with webhooks and the words of mails, and with no customer, session, company or client. */
const unmet = [
  'CustomerNotFound',
  'CustomerKeyUnknown',
  'CustomerEmailUnknown',
  'MessageNotFound',
  'AddressNotFound',
  'EmailTaken',
  'CustomerIdTaken',
  'VersionConflict',
  'ResourceNotFound',
  'ResourceConflict',
  'ReferenceUnresolved',
  'ResourceInUse',
  'CredentialsRejected',
  'RecentLoginRequired',
  'OneTimeTokenRejected',
  'OneTimeTokenExpired',
  'ValueTaken',
  'SessionEnded',
  'SessionUnfit',
  'AccountBlocked',
  'LegalEntityNotAssigned',
  'MigrationUnset',
  'MigrationUnfinished',
  'ClientRejected',
  'ScopeRejected',
  'ClientUnfit',
  'TokenOfAnotherClient',
  'AnonymousIdTaken',
  'CriteriaTooComplex',
  'LanguageUnknown',
  'PageTooLarge',
  'FieldUnknown',
] as const

const word = wording(unmet, (failure) => {
  switch (failure.kind) {
    case 'InvalidInput':
      return problem(400, 'The request is not valid.', {
        errors: failure.violations.map(({ field, type, message }) => ({ field, type, detail: message })),
      })
    case 'BodyMalformed':
      return problem(400, failure.reason)
    case 'MalformedParameter':
      return problem(400, failure.message)
    case 'TokenMissing':
      return unauthorized('A bearer token is needed.')
    case 'TokenInvalid':
    case 'PrincipalUnfit':
      return unauthorized('The bearer token is not valid here.', 'invalid_token')
    case 'TokenExpired':
      return unauthorized('The bearer token has expired.', 'invalid_token')
    case 'ScopeMissing':
      return problem(403, `One of these scopes is needed: ${failure.scopes.join(', ')}.`)
    case 'RequestForeign':
      return problem(403, 'This is not allowed.')
    case 'WebhookNotFound':
      return problem(404, `There is no webhook '${failure.webhookId}'.`)
    case 'TenantUnknown':
      return problem(404, 'There is no such tenant.')
    case 'PathUnknown':
      return problem(404, 'There is nothing at this path.')
    case 'MethodUnsupported': {
      const allowed = failure.allowed.join(', ')
      return problem(405, `This path takes ${allowed}.`, {}, { Allow: allowed })
    }
    case 'InvalidOperation':
      return problem(409, failure.reason)
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
})

/** The words do not depend on where the failure happened. */
export function presentFailure(failure: HttpFailure): Reply {
  return word(failure, { source: 'domain' })
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
