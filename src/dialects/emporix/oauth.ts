/**
 * Heading "Service Access Token" of the OAuth document: client credentials.
 * A client that puts its credentials in the form gets Emporix's answers, one that uses HTTP Basic those of RFC 6749.
 */
import { endpoint, type Endpoint } from '../../http/endpoint.ts'
import type { Reply } from '../../http/failure.ts'
import { readForm } from '../../http/json-body.ts'
import type { ClientCredentials } from '../../flows/service-token.ts'
import { scopeText } from '../../domain/principal.ts'
import { presentFailure } from './error.ts'
import { promised } from './translate.ts'

export const oauthEndpoints: Endpoint[] = [
  endpoint({
    method: 'post',
    path: '/oauth/token',
    heading: 'Requesting a service access token',
    tenantFrom: 'none',
    async handle({ request, flows }) {
      const form = await readForm(request)
      if (!form.ok) return presentFailure(form.error, { source: 'body' })
      const url = new URL(request.url)
      const parameter = (name: string) => form.value.get(name) ?? url.searchParams.get(name) ?? undefined
      const header = request.headers.get('Authorization')
      const grantType = parameter('grant_type')
      if (grantType === undefined)
        return oauthError(400, 'invalid_request', 'Missing required parameter: grant_type.')
      if (grantType !== 'client_credentials') {
        const text = `Invalid parameter: grant_type: Invalid grant type: ${grantType.slice(0, 100)}`
        return oauthError(400, 'unsupported_grant_type', text)
      }
      const credentials =
        header === null
          ? { clientId: parameter('client_id') ?? '', clientSecret: parameter('client_secret') ?? '' }
          : basicCredentials(header)
      const issued = credentials
        ? await flows.serviceTokens.issue(credentials, parameter('scope'))
        : ({ ok: false, error: { kind: 'ClientRejected' } } as const)
      if (issued.ok) {
        const { tenant, accessToken, lifetimeSeconds, scopes } = issued.value
        return {
          status: 200,
          body: {
            refresh_token_expires_in: 0,
            refresh_token: '',
            session_idle_time: 120,
            token_type: 'Bearer',
            access_token: accessToken,
            expires_in: promised(lifetimeSeconds),
            scope: scopeText(tenant, scopes),
          },
        }
      }
      if (issued.error.kind === 'ScopeRejected') {
        return oauthError(400, 'invalid_scope', 'Malformed parameter: scope: Invalid scope.')
      }
      if (header !== null) {
        const text = 'Please provide valid client credentials using HTTP Basic Authentication.'
        return oauthError(401, 'invalid_client', text, { 'WWW-Authenticate': 'Basic realm="oauth"' })
      }
      return presentFailure(issued.error, { source: 'body' })
    },
  }),
]

function basicCredentials(header: string): ClientCredentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(header)?.[1]
  if (encoded === undefined) return undefined
  try {
    const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0))
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const colon = text.indexOf(':')
    return colon < 1 ? undefined : { clientId: text.slice(0, colon), clientSecret: text.slice(colon + 1) }
  } catch {
    return undefined
  }
}

function oauthError(status: number, code: string, text: string, headers: Record<string, string> = {}): Reply {
  const body = {
    statusCode: status,
    message: text,
    errors: [{ code, message: text }],
    error: code,
    error_description: text,
  }
  return { status, body, headers }
}
