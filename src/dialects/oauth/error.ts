/**
 * Failures of the OAuth endpoints: the five-key body of the authorization service, and the gateway's `fault` for clients
 * that put their credentials in the form, as Emporix's do.
 */
import type { HttpFailure, Reply } from '../../http/failure.ts'
import { wording } from '../../http/wording.ts'

/** Both wordings in one body: RFC 6749's two keys and the API's three. */
export function oauthError(
  status: number,
  code: string,
  text: string,
  headers: Record<string, string> = {},
): Reply {
  const body = {
    statusCode: status,
    message: text,
    errors: [{ code, message: text }],
    error: code,
    error_description: text,
  }
  return { status, body, headers }
}

export function clientFault(): Reply {
  const detail = { errorcode: 'oauth.v2.InvalidApiKey' }
  return { status: 401, body: { fault: { faultstring: 'Invalid ApiKey', detail } } }
}

/** No endpoint here names an address, a resource, a message, a webhook or a query, or spends a one-time token. */
const unmet = [
  'CustomerKeyUnknown',
  'CustomerEmailUnknown',
  'MessageNotFound',
  'WebhookNotFound',
  'AddressNotFound',
  'EmailTaken',
  'CustomerIdTaken',
  'ResourceNotFound',
  'ResourceConflict',
  'ResourceInUse',
  'ReferenceUnresolved',
  'ValueTaken',
  'LanguageUnknown',
  'MigrationUnset',
  'MigrationUnfinished',
  'CriteriaTooComplex',
  'PageTooLarge',
  'FieldUnknown',
  'OneTimeTokenRejected',
  'OneTimeTokenExpired',
] as const

const word = wording(unmet, (failure) => {
  switch (failure.kind) {
    case 'ClientRejected':
      return oauthError(
        401,
        'invalid_client',
        'Please provide valid client credentials using HTTP Basic Authentication.',
        { 'WWW-Authenticate': 'Basic realm="oauth"' },
      )
    case 'ScopeRejected':
      return oauthError(400, 'invalid_scope', 'Malformed parameter: scope: Invalid scope.')
    case 'CredentialsRejected':
      return oauthError(
        400,
        'invalid_customer_account_credentials',
        'Customer account with the given credentials not found.',
      )
    case 'SessionEnded':
    case 'LegalEntityNotAssigned':
      return oauthError(400, 'invalid_grant', 'The refresh token was not found. It may have expired.')
    case 'AnonymousIdTaken':
      return oauthError(400, 'invalid_request', 'The anonymousId is already in use.')
    case 'InvalidInput':
    case 'BodyMalformed': {
      const text = failure.kind === 'BodyMalformed' ? failure.reason : (failure.violations[0]?.message ?? '')
      return oauthError(400, 'invalid_request', text)
    }
    case 'MalformedParameter':
      return oauthError(400, 'invalid_request', 'The query is not valid.')
    case 'AccountBlocked':
      return oauthError(403, 'access_denied', 'The account is not active or is on hold.')
    case 'TooManyAttempts':
      return oauthError(429, 'too_many_requests', 'Too many attempts. Try again later.', {
        'Retry-After': String(failure.retryAfterSeconds),
      })
    case 'TokenMissing':
    case 'TokenInvalid':
    case 'PrincipalUnfit':
    case 'TokenExpired':
      return oauthError(401, 'invalid_token', 'invalid_token')
    case 'TokenOfAnotherClient':
      return oauthError(400, 'unauthorized_client', 'The token was not issued to this client.')
    case 'ClientUnfit': {
      const text = `Insufficient scope. One of the following scopes is missing: ${failure.scope}.`
      return oauthError(403, 'insufficient_scope', text)
    }
    case 'RequestForeign':
    case 'ScopeMissing':
    case 'RecentLoginRequired':
    case 'SessionUnfit':
      return oauthError(403, 'insufficient_scope', 'Insufficient scope.')
    case 'TenantUnknown':
    case 'PathUnknown':
    case 'CustomerNotFound':
      return oauthError(404, 'not_found', 'There is nothing at this path.')
    case 'MethodUnsupported':
      return oauthError(405, 'invalid_request', `This path takes ${failure.allowed.join(', ')}.`, {
        Allow: failure.allowed.join(', '),
      })
    case 'InvalidOperation':
    case 'VersionConflict':
      return oauthError(409, 'invalid_request', 'The request conflicts with another one.')
    case 'BodyTooLarge':
      return oauthError(413, 'invalid_request', 'The request body is too large.')
    case 'MediaTypeUnsupported':
      return oauthError(415, 'invalid_request', `The request body has to be ${failure.expected}.`)
    case 'Internal':
      return oauthError(500, 'server_error', 'Something went wrong here. The request may be repeated.')
    case 'NotImplemented':
      return oauthError(501, 'unsupported_grant_type', 'This endpoint is not available yet.')
    case 'Unavailable':
      return oauthError(503, 'temporarily_unavailable', 'The service is not available. Try again later.', {
        'Retry-After': '5',
      })
  }
})

export function presentFailure(failure: HttpFailure): Reply {
  return word(failure, { source: 'body' })
}
