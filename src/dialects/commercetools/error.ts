/**
 * Failures in commercetools' words: `{statusCode, message, errors}`, `message` being that of the first error, and the five
 * keys of the authorization service for 401 and 403. `errors` is never empty: the SDK reads the first one unguarded.
 */
import { sessionUnfit } from '../../http/failure.ts'
import type { ResourceRef } from '../../domain/base/names.ts'
import type { Violation } from '../../domain/base/result.ts'
import { scopeOfProject } from '../../domain/tenant/scope.ts'
import type { FailurePlace } from '../../http/endpoint.ts'
import type { Reply } from '../../http/failure.ts'
import { wording } from '../../http/wording.ts'

type Extra = Record<string, unknown>

/**
 * No endpoint here deals with webhooks, companies or the passwords of other systems, and clients get their tokens from the
 * authorization service.
 */
const unmet = [
  'WebhookNotFound',
  'MigrationUnset',
  'MigrationUnfinished',
  'LegalEntityNotAssigned',
  'ClientRejected',
  'ScopeRejected',
  'TokenOfAnotherClient',
  'AnonymousIdTaken',
] as const

export const presentFailure = wording(unmet, (failure, place) => {
  switch (failure.kind) {
    case 'InvalidInput':
      return invalidInput(failure.violations, place.source)
    case 'BodyMalformed':
      return error(400, 'InvalidJsonInput', malformed, { detailedErrorMessage: failure.reason })
    case 'MalformedParameter':
      return error(400, 'InvalidInput', failure.message)
    case 'CriteriaTooComplex':
      return error(400, 'InvalidInput', 'Malformed parameter: where: The predicate is too complex.')
    case 'PageTooLarge':
      return error(413, 'ContentTooLarge', 'Content too large. Ask for fewer results with a smaller limit.')
    case 'FieldUnknown':
      return error(
        400,
        'InvalidInput',
        `Malformed parameter: where: The field '${failure.path.join('.')}' does not exist.`,
      )
    case 'ValueTaken': {
      const { field, value } = failure
      const text = `A duplicate value '"${value}"' exists for field '${field}'.`
      return error(400, 'DuplicateField', text, { field, duplicateValue: value })
    }
    case 'LanguageUnknown': {
      const { language: value, known: allowed } = failure
      const text = `The value '"${value}"' is not valid for field 'locale'.`
      return error(400, 'InvalidField', text, {
        field: 'locale',
        invalidValue: value,
        allowedValues: allowed,
      })
    }
    case 'EmailTaken':
      return error(400, 'DuplicateField', 'There is already an existing customer with the provided email.', {
        field: 'email',
        duplicateValue: failure.email,
      })
    case 'CustomerIdTaken':
      return error(400, 'DuplicateField', `A duplicate value exists for field 'id'.`, {
        field: 'id',
        duplicateValue: failure.customerId,
      })
    case 'InvalidOperation':
      return error(400, 'InvalidOperation', failure.reason)
    case 'AddressNotFound':
      return error(
        400,
        'InvalidOperation',
        `Customer does not contain an address with the id ${failure.addressId}.`,
      )
    case 'CredentialsRejected':
      return place.currentPassword
        ? error(400, 'InvalidCurrentPassword', 'The given current password does not match.')
        : error(400, 'InvalidCredentials', 'Account with the given credentials not found.')
    case 'RequestForeign':
      return error(403, 'Forbidden', 'This is not taken from a page of another origin.')
    case 'AccountBlocked':
      return error(403, 'Forbidden', 'The account is not active or is on hold.')
    case 'SessionUnfit':
      return error(403, 'Forbidden', sessionUnfit[failure.reason])
    case 'OneTimeTokenRejected':
      return notFound(`The Customer with ID 'Token(${place.token ?? ''})' was not found.`)
    case 'OneTimeTokenExpired':
      return failure.purpose === 'password_reset'
        ? error(400, 'ExpiredCustomerPasswordToken', 'The given password token has expired.')
        : error(400, 'ExpiredCustomerEmailToken', 'The given email token has expired.')
    case 'TokenMissing':
      return unauthorized(
        'This endpoint requires an access token. You can get one from the authorization server.',
      )
    case 'TokenInvalid':
    case 'TokenExpired':
    case 'SessionEnded':
      return unauthorized('invalid_token')
    case 'ScopeMissing':
      return scopeMissing(failure.scopes, place)
    case 'ClientUnfit':
      return scopeMissing([failure.scope], place)
    case 'RecentLoginRequired':
      return forbidden('insufficient_scope', 'This needs a recent log-in.')
    case 'PrincipalUnfit':
      if (!failure.wanted.includes('customer')) return scopeMissing(failure.scopes, place)
      return forbidden(
        'insufficient_token_grant_type',
        "This endpoint requires an access token issued with the 'Resource Owner Password Credentials Grant'.",
      )
    case 'CustomerNotFound':
      return notFound(`The Resource with ID '${failure.customerId}' was not found.`)
    case 'MessageNotFound':
      return notFound(`The Resource with ID '${failure.messageId}' was not found.`)
    case 'CustomerKeyUnknown':
      return notFound(`The Resource with key '${failure.key}' was not found.`)
    case 'CustomerEmailUnknown':
      return notFound(`The Resource with email '${failure.email}' was not found.`)
    case 'ResourceNotFound':
      return notFound(`The Resource with ${named(failure)} was not found.`)
    case 'ReferenceUnresolved': {
      const { kind: _kind, of: typeId, ...ref } = failure
      const text = `The referenced object of type '${typeId}' with ${named(failure)} was not found. It either doesn't exist, or it can't be accessed from this endpoint (e.g., if the endpoint filters by store or customer account).`
      return error(400, 'ReferencedResourceNotFound', text, { typeId, ...ref })
    }
    case 'ResourceInUse': {
      const text = `Can not delete a ${failure.of} while it is referenced by at least one customer.`
      return error(400, 'ReferenceExists', text, { referencedBy: 'customer' })
    }
    case 'TenantUnknown':
      return notFound(`The Project with key '${place.tenant ?? ''}' was not found.`)
    case 'PathUnknown':
      return notFound('There is nothing at this path.')
    case 'MethodUnsupported':
      return error(
        405,
        'MethodNotAllowed',
        `This path takes ${failure.allowed.join(', ')}.`,
        {},
        {
          Allow: failure.allowed.join(', '),
        },
      )
    case 'VersionConflict':
      return versionConflict(failure.customerId, failure)
    case 'ResourceConflict':
      return versionConflict(failure.id, failure)
    case 'BodyTooLarge':
      return error(413, 'ContentTooLarge', `The request body has more than ${failure.sizeMaxBytes} bytes.`)
    case 'MediaTypeUnsupported':
      return error(415, 'InvalidInput', `The request body has to be ${failure.expected}.`)
    case 'TooManyAttempts':
      return error(
        429,
        'TooManyRequests',
        'Too many attempts. Try again later.',
        {},
        {
          'Retry-After': String(failure.retryAfterSeconds),
        },
      )
    case 'NotImplemented':
      return error(501, 'NotImplemented', 'This endpoint is not available yet.')
    case 'Internal':
      return error(500, 'General', 'Something went wrong here. The request may be repeated.')
    case 'Unavailable':
      return error(
        503,
        'OverCapacity',
        'The service is not available. Try again later.',
        {},
        { 'Retry-After': '5' },
      )
  }
})

function named(ref: ResourceRef): string {
  return 'id' in ref ? `ID '${ref.id}'` : `key '${ref.key}'`
}

function versionConflict(id: string, { expected, actual }: { expected: number; actual: number }): Reply {
  const text = `Object ${id} has a different version than expected. Expected: ${expected} - Actual: ${actual}.`
  return error(409, 'ConcurrentModification', text, { currentVersion: actual })
}

const malformed = 'Request body does not contain valid JSON.'

function invalidInput(violations: Violation[], source: FailurePlace['source']): Reply {
  const first = violations[0] ?? { field: '', type: 'invalid', message: 'The request is not valid.' }
  if (source === 'query')
    return error(400, 'InvalidInput', `Malformed parameter: ${first.field}: ${first.message}`)
  if (source === 'domain') return errors(400, violations.map(fieldError))
  const text = violations
    .map(({ field, type, message }) => {
      if (field === '') return message
      const path = field.replaceAll('.', ' -> ')
      return type === 'missing' ? `${path}: Missing required value` : `${path}: ${message}`
    })
    .join('\n')
  return error(400, 'InvalidJsonInput', malformed, { detailedErrorMessage: text })
}

function fieldError({ field, type, message, value, allowed }: Violation) {
  if (type === 'missing') {
    return { code: 'RequiredField', message: `A value is required for field ${field}.`, field }
  }
  // What no single field is to blame for is the size of the whole.
  if (field === '') return { code: 'ResourceSizeLimitExceeded', message }
  return {
    code: 'InvalidField',
    message,
    field,
    ...(value !== undefined && { invalidValue: value }),
    ...(allowed && { allowedValues: allowed }),
  }
}

function errors(status: number, all: { code: string; message: string }[]): Reply {
  return { status, body: { statusCode: status, message: all[0]?.message, errors: all } }
}

function error(
  status: number,
  code: string,
  message: string,
  extra: Extra = {},
  headers: Record<string, string> = {},
): Reply {
  return { status, body: { statusCode: status, message, errors: [{ code, message, ...extra }] }, headers }
}

function notFound(message: string): Reply {
  return error(404, 'ResourceNotFound', message)
}

function unauthorized(message: string): Reply {
  return fiveKeys(401, 'invalid_token', message, { 'WWW-Authenticate': 'Bearer realm="commercetools"' })
}

function scopeMissing(scopes: readonly string[], { tenant = '' }: FailurePlace): Reply {
  const named = scopes.map((scope) => scopeOfProject(scope, tenant)).join(' ')
  return forbidden(
    'insufficient_scope',
    `Insufficient scope. One of the following scopes is missing: ${named}.`,
  )
}

function forbidden(code: string, message: string): Reply {
  return fiveKeys(403, code, message)
}

function fiveKeys(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Reply {
  const errors = [{ code, message }]
  return {
    status,
    body: { statusCode: status, message, errors, error: code, error_description: message },
    headers,
  }
}
