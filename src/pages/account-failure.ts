/**
 * Failures as pages, in the language of the reader. Whatever a mailed link may have met on its way, its reader is told one of a
 * few things: the link is no longer good, wait, try again, or there is no such page.
 */
import { html } from 'hono/html'
import type { Reply } from '../http/failure.ts'
import { wording } from '../http/wording.ts'
import { languageOf, type AccountTexts } from './account-texts.ts'
import { page } from './layout.ts'

type Wording = 'invalidLink' | 'tooMany' | 'failed'

/** A mailed link names a token and nothing else. */
const unmet = [
  'CustomerKeyUnknown',
  'CustomerEmailUnknown',
  'CriteriaTooComplex',
  'PageTooLarge',
  'FieldUnknown',
  'LanguageUnknown',
  'MessageNotFound',
  'WebhookNotFound',
  'AddressNotFound',
  'MigrationUnset',
  'MigrationUnfinished',
  'CustomerIdTaken',
  'ResourceNotFound',
  'ResourceConflict',
  'ResourceInUse',
  'ReferenceUnresolved',
  'LegalEntityNotAssigned',
  'ClientRejected',
  'ClientUnfit',
  'TokenOfAnotherClient',
  'ScopeRejected',
  'AnonymousIdTaken',
] as const

export const presentFailure = wording(unmet, (failure, { request, language }) => {
  const speech = languageOf(request, language)
  const show = (status: number, wording: Wording, headers: Record<string, string> = {}) =>
    showWording(speech.language, speech.texts, status, wording, headers)
  switch (failure.kind) {
    case 'TenantUnknown':
    case 'PathUnknown':
      return page(404, { language: speech.language, title: speech.texts.notFound, content: html`` })
    case 'TokenMissing':
    case 'TokenInvalid':
    case 'TokenExpired':
    case 'SessionEnded':
    case 'SessionUnfit':
    case 'PrincipalUnfit':
      return show(401, 'failed')
    case 'RequestForeign':
    case 'ScopeMissing':
      return show(403, 'failed')
    case 'MethodUnsupported':
      return show(405, 'failed', { Allow: failure.allowed.join(', ') })
    case 'EmailTaken':
    case 'AccountBlocked':
    case 'VersionConflict':
      return show(409, 'failed')
    case 'BodyTooLarge':
      return show(413, 'failed')
    case 'MediaTypeUnsupported':
      return show(415, 'failed')
    case 'TooManyAttempts':
      return show(429, 'tooMany', { 'Retry-After': String(failure.retryAfterSeconds) })
    case 'Internal':
      return show(500, 'failed')
    case 'NotImplemented':
      return show(501, 'failed')
    case 'Unavailable':
      return show(503, 'failed')
    case 'InvalidInput':
    case 'BodyMalformed':
    case 'MalformedParameter':
    case 'CustomerNotFound':
    case 'CredentialsRejected':
    case 'RecentLoginRequired':
    case 'OneTimeTokenRejected':
    case 'OneTimeTokenExpired':
    case 'ValueTaken':
    case 'InvalidOperation':
      return show(400, 'invalidLink')
  }
})

function showWording(
  language: string,
  texts: AccountTexts,
  status: number,
  wording: Wording,
  headers: Record<string, string>,
): Reply {
  const { title, lead } = texts[wording]
  return page(status, { language, title, content: html`<p role="alert">${lead}</p>` }, headers)
}
