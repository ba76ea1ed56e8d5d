/**
 * A request to the authorization service as its form and its client. Credentials by HTTP Basic or in the form; parameters
 * in the form or in the query, decoded leniently, because SDKs send raw spaces and the headers of other requests.
 */
import { decodeBase64 } from '../../domain/base/binary-text.ts'
import type { AuthenticatedClient, ClientCredentials } from '../../flows/sessions/service-token.ts'
import type { EndpointRequest } from '../../http/endpoint.ts'
import { formViolation } from '../../http/bounds.ts'
import type { Decoded, Reply } from '../../http/failure.ts'
import { readText } from '../../http/json-body.ts'
import { presentFailure } from './error.ts'

export type Call = EndpointRequest<undefined, undefined, undefined>

export interface Form {
  parameter(name: string): string | undefined
  credentials: ClientCredentials | undefined
  /** Emporix's clients put their credentials in the form and expect its answers. */
  inForm: boolean
}

/** Any media type is taken for a form: SDKs send the headers of the request that the token is for. */
export async function withForm({ request }: Call, act: (form: Form) => Promise<Reply>): Promise<Reply> {
  const body = await readText(request, () => true, 'application/x-www-form-urlencoded')
  if (!body.ok) return presentFailure(body.error)
  const [form, query] = [new URLSearchParams(body.value), new URL(request.url).searchParams]
  const violation = formViolation(form)
  if (violation) return presentFailure({ kind: 'InvalidInput', violations: [violation] })
  // One without a value counts as one that was left out (RFC 6749, "Token Endpoint").
  const parameter = (name: string) => form.get(name) || query.get(name) || undefined
  const header = request.headers.get('Authorization')
  const [clientId, clientSecret] = [parameter('client_id'), parameter('client_secret')]
  const inForm = header === null
  const credentials = inForm
    ? { clientId: clientId ?? '', clientSecret: clientSecret ?? '' }
    : basicCredentials(header)
  return act({ parameter, credentials, inForm: inForm && (form.has('client_id') || query.has('client_id')) })
}

export async function withClient(
  { flows }: Call,
  { credentials }: Form,
  act: (client: AuthenticatedClient) => Promise<Reply>,
): Promise<Reply> {
  const client: Decoded<AuthenticatedClient> = credentials
    ? await flows.clientSessions.authenticate(credentials)
    : { ok: false, error: { kind: 'ClientRejected' } }
  return client.ok ? act(client.value) : presentFailure(client.error)
}

function basicCredentials(header: string): ClientCredentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(header)?.[1]
  const bytes = encoded === undefined ? undefined : decodeBase64(encoded)
  if (!bytes) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const colon = text.indexOf(':')
    return colon < 1 ? undefined : { clientId: text.slice(0, colon), clientSecret: text.slice(colon + 1) }
  } catch {
    return undefined
  }
}
