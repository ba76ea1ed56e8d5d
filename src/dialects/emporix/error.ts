/**
 * Failures in Emporix's words: the ErrorMessage body, and the gateway's `fault` for every 401 that is no wrong password.
 * Follows "Responses" of the customer-managed document; its odd `type` values are reproduced as they are documented.
 */
import { sessionUnfit } from '../../http/failure.ts'
import type { ResourceRef } from '../../domain/base/names.ts'
import type { Violation, ViolationType } from '../../domain/base/result.ts'
import type { FailurePlace } from '../../http/endpoint.ts'
import type { Reply } from '../../http/failure.ts'
import { wording } from '../../http/wording.ts'

/**
 * No endpoint here finds a customer by an e-mail, lists messages or webhooks, deletes a resource that customers name, works
 * within a store, or gives a client tokens for its secret.
 */
const unmet = [
  'CustomerEmailUnknown',
  'MessageNotFound',
  'WebhookNotFound',
  'ResourceInUse',
  'ScopeRejected',
  'TokenOfAnotherClient',
  'AnonymousIdTaken',
] as const

export const presentFailure = wording(unmet, (failure, place) => {
  switch (failure.kind) {
    case 'InvalidInput':
      return invalidInput(failure.violations, place)
    case 'BodyMalformed':
      return message(400, 'bad_payload_syntax', failure.reason, {
        details: [{ field: '', type: 'invalid_field', message: failure.reason }],
      })
    case 'TenantUnknown':
      return message(400, 'bad_request', 'The tenant information provided with the request is not valid.')
    case 'OneTimeTokenRejected':
    case 'OneTimeTokenExpired':
      return message(
        400,
        'validation_violation',
        'This is an invalid token: unknown, expired or used before.',
        {
          details: [{ field: 'token', type: 'invalid_field', message: 'invalid token' }],
        },
      )
    case 'CredentialsRejected':
      return message(401, 'insufficient_credentials', 'The e-mail or the password is not correct.')
    case 'TokenMissing':
    case 'TokenInvalid':
    case 'PrincipalUnfit':
    case 'SessionEnded':
      return fault('Invalid access token', 'oauth.v2.InvalidAccessToken')
    case 'TokenExpired':
      return fault('Access Token expired', 'keymanagement.service.access_token_expired')
    case 'ClientRejected':
      return fault('Invalid ApiKey', 'oauth.v2.InvalidApiKey')
    case 'RequestForeign':
    case 'ScopeMissing':
    case 'ClientUnfit':
      return message(403, 'Forbidden', 'User not authorized.')
    case 'AccountBlocked':
      return message(403, 'Forbidden', 'The account is not active or is on hold.')
    case 'SessionUnfit':
      return message(403, 'Forbidden', sessionUnfit[failure.reason])
    case 'RecentLoginRequired':
      return message(403, 'Forbidden', 'This needs a recent log-in. Log in again and repeat the request.')
    case 'LegalEntityNotAssigned':
      return message(
        403,
        'Forbidden',
        'The customer is not assigned to this legal entity in a way that allows this.',
      )
    case 'CustomerNotFound':
      return message(404, 'application/json', 'Customer not Found', {
        details: [{ message: `Couldn't find a customer with customerNumber '${failure.customerId}'` }],
      })
    case 'CustomerKeyUnknown':
      return message(404, 'resource_not_found', `There is no customer with the key '${failure.key}'.`)
    case 'ResourceNotFound':
      return message(404, 'resource_not_found', noSuch(failure))
    case 'ReferenceUnresolved':
      return message(400, 'business_error', noSuch(failure))
    case 'ResourceConflict':
      return message(409, 'conflict_resource', `The ${failure.of} '${failure.id}' has changed.`)
    case 'AddressNotFound':
      return message(
        404,
        'resource_not_found',
        `Address ${failure.addressId} of customer ${failure.customerId} not found.`,
      )
    case 'PathUnknown':
      return message(404, 'resource_not_found', 'There is nothing at this path.')
    case 'MethodUnsupported':
      return message(
        405,
        'unsupported_method',
        `This path takes ${failure.allowed.join(', ')}.`,
        {},
        {
          Allow: failure.allowed.join(', '),
        },
      )
    case 'EmailTaken':
      return message(
        409,
        'conflict_resource',
        `Duplicate account '${failure.email}' for tenant '${place.tenant ?? ''}'.`,
      )
    case 'LanguageUnknown': {
      const violations: Violation[] = [
        {
          field: 'preferredLanguage',
          type: 'invalid',
          message: 'This is none of the languages of the shop.',
        },
      ]
      return invalidInput(violations, place)
    }
    case 'ValueTaken':
      return message(409, 'conflict_resource', `The ${failure.field} is taken already.`)
    case 'MalformedParameter': {
      const { parameter: field, message: text } = failure
      const violations: Violation[] = [{ field, type: 'invalid', message: text }]
      return invalidInput(violations, place)
    }
    case 'CriteriaTooComplex':
      return message(400, 'business_error', 'The query is too complex.')
    case 'PageTooLarge':
      return message(
        400,
        'business_error',
        `The page has more than ${failure.sizeMaxBytes} bytes. Ask for a smaller pageSize.`,
      )
    case 'FieldUnknown':
      return message(400, 'business_error', `The field '${failure.path.join('.')}' does not exist.`)
    case 'InvalidOperation':
      return message(400, 'business_error', failure.reason)
    case 'MigrationUnset':
      return message(404, 'resource_not_found', 'The retention of migrated passwords is not configured.')
    case 'MigrationUnfinished':
      return message(
        400,
        'validation_failure',
        'Configuration removal is not possible until password migration is concluded.',
      )
    case 'CustomerIdTaken':
      return message(
        409,
        'conflict_resource',
        `A customer with the id '${failure.customerId}' exists already.`,
      )
    case 'VersionConflict':
      return message(
        409,
        'conflict_resource',
        `The customer has version ${failure.actual}, not ${failure.expected}. Fetch it to get the latest version.`,
      )
    case 'BodyTooLarge':
      return message(413, 'bad_payload_size', `The request body has more than ${failure.sizeMaxBytes} bytes.`)
    case 'MediaTypeUnsupported':
      return message(
        415,
        'unsupported_request_content_type',
        `The request body has to be ${failure.expected}.`,
      )
    case 'TooManyAttempts':
      return message(
        429,
        'too_many_requests',
        'Too many attempts. Try again later.',
        {},
        {
          'Retry-After': String(failure.retryAfterSeconds),
        },
      )
    case 'NotImplemented':
      return message(501, 'not_implemented', 'This endpoint is not available yet.')
    case 'Internal':
      return message(500, 'internal_service_error', 'Something went wrong here. The request may be repeated.')
    case 'Unavailable':
      return message(
        503,
        'service_temporarily_unavailable',
        'The service is not available. Try again later.',
        {},
        {
          'Retry-After': '5',
        },
      )
  }
})

function invalidInput(violations: Violation[], { source }: FailurePlace): Reply {
  return message(400, 'validation_violation', 'The request is not valid.', {
    details: violations.map((violation) => detail(violation, source)),
  })
}

function noSuch({ of, ...ref }: { of: string } & ResourceRef): string {
  return `There is no ${of} '${'id' in ref ? ref.id : ref.key}'.`
}

function message(
  status: number,
  type: string,
  text: string,
  extra: { details?: object[] } = {},
  headers: Record<string, string> = {},
): Reply {
  return { status, body: { status, type, message: text, ...extra }, headers }
}

function fault(faultstring: string, errorcode: string): Reply {
  return {
    status: 401,
    body: { fault: { faultstring, detail: { errorcode } } },
    headers: { 'WWW-Authenticate': 'Bearer' },
  }
}

const fieldTypes: Record<ViolationType, string> = {
  missing: 'missing_field',
  invalid: 'invalid_field',
  out_of_range: 'invalid_field',
  too_large: 'invalid_field',
}

const parameterTypes: Record<ViolationType, string> = {
  missing: 'missing_query_parameter',
  invalid: 'invalid_query_parameter',
  out_of_range: 'invalid_query_parameter',
  too_large: 'invalid_query_parameter',
}

/** Violations name the fields of the request; those of an address are at the top of an address's own request. */
function detail({ field, type, message: text }: Violation, source: FailurePlace['source']) {
  const types = source === 'query' ? parameterTypes : fieldTypes
  return { field: field.replace(/^address\./, ''), type: types[type], message: text }
}
