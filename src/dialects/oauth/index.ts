/**
 * The OAuth endpoints, which both APIs share: service tokens for either, and the flows of commercetools' SDK.
 * Credentials by HTTP Basic or in the form; parameters in the form or in the query, decoded leniently, because SDKs
 * send raw spaces and the headers of other requests.
 */
import { scopeText, type Principal } from '../../domain/principal.ts'
import { scopeOfProject } from '../../domain/scope.ts'
import type { ClientTokens } from '../../flows/client-session.ts'
import type { AuthenticatedClient, ClientCredentials, ServiceToken } from '../../flows/service-token.ts'
import { endpoint, type Dialect, type EndpointRequest } from '../../http/endpoint.ts'
import type { Decoded, HttpFailure, Reply } from '../../http/failure.ts'
import { readText } from '../../http/json-body.ts'
import { clientFault, oauthError, presentFailure } from './error.ts'

type Call = EndpointRequest<undefined, undefined, undefined>

interface Form {
  parameter(name: string): string | undefined
  credentials: ClientCredentials | undefined
  /** Emporix's clients put their credentials in the form and expect its answers. */
  inForm: boolean
}

const keyPrefix = 'key='
/** It stands among the scopes of a token, and a token has to fit into a header. */
const anonymousIdShape = /^[\x21-\x7e]{1,256}$/
const anonymousIdMalformed =
  'Malformed parameter: anonymous_id: The value has to be 1 to 256 visible ASCII characters.'

const serviceToken = endpoint({
  method: 'post',
  path: '/oauth/token',
  heading: 'Requesting a service access token',
  tenantFrom: 'none',
  handle: (call) =>
    withForm(call, async (form) => {
      const grantType = form.parameter('grant_type')
      switch (grantType) {
        case undefined:
          return parameterMissing('grant_type')
        case 'client_credentials':
          return issueServiceToken(call, form)
        case 'refresh_token':
          return withClient(call, form, (client) => refresh(call, client, form))
        default:
          return grantUnknown(grantType)
      }
    }),
})

const passwordFlows = [
  { path: '/oauth/:tenant/customers/token', heading: 'Password flow for global customers' },
  {
    path: `/oauth/:tenant/in-store/:storeKey{${keyPrefix}[^/]+}/customers/token`,
    heading: 'Password flow for customers in a Store',
  },
]

const customerTokens = passwordFlows.map(({ path, heading }) =>
  endpoint({
    method: 'post',
    path,
    heading,
    handle: (call) =>
      ofProject(call, async (client, form, grantType) => {
        if (grantType !== 'password') return grantUnknown(grantType)
        const [email, password] = [form.parameter('username'), form.parameter('password')]
        if (email === undefined) return parameterMissing('username')
        if (password === undefined) return parameterMissing('password')
        const { network, parameters, flows } = call
        const signedIn = await flows.clientSessions.signIn(
          client,
          { network, store: parameters['storeKey']?.slice(keyPrefix.length) },
          { email, password },
          form.parameter('scope'),
        )
        return presentOutcome(
          withoutRefreshToken(form) && signedIn.ok ? dropRefreshToken(signedIn) : signedIn,
        )
      }),
  }),
)

const anonymousToken = endpoint({
  method: 'post',
  path: '/oauth/:tenant/anonymous/token',
  heading: 'Client credentials flow for anonymous sessions',
  handle: (call) =>
    ofProject(call, async (client, form, grantType) => {
      // Here, and not at the endpoint of refreshing, is where the older one of the vendor's clients asks.
      if (grantType === 'refresh_token') return refresh(call, client, form)
      if (grantType !== 'client_credentials') return grantUnknown(grantType)
      const anonymousId = form.parameter('anonymous_id')
      const scope = form.parameter('scope')
      if (anonymousId !== undefined && !anonymousIdShape.test(anonymousId))
        return oauthError(400, 'invalid_request', anonymousIdMalformed)
      return presentOutcome(
        await call.flows.clientSessions.openAnonymous(client, anonymousId, scope, !withoutRefreshToken(form)),
      )
    }),
})

const introspection = endpoint({
  method: 'post',
  path: '/oauth/introspect',
  heading: 'Token introspection',
  tenantFrom: 'none',
  handle: (call) =>
    withForm(call, (form) =>
      withClient(call, form, async (client) => {
        const described = await call.flows.clientSessions.introspect(client, form.parameter('token') ?? '')
        if (!described.ok) return presentFailure(described.error)
        if (!described.value) return { status: 200, body: { active: false } }
        const { principal, expiresAt, clientId } = described.value
        const scope = projectScopes(client.tenant.key, principal.scopes, ownScope(principal))
        return { status: 200, body: { active: true, scope, exp: expiresAt, client_id: clientId } }
      }),
    ),
})

const revocation = endpoint({
  method: 'post',
  path: '/oauth/token/revoke',
  heading: 'Token revocation',
  tenantFrom: 'none',
  handle: (call) =>
    withForm(call, (form) =>
      withClient(call, form, async (client) => {
        const token = stripProject(form.parameter('token') ?? '', client.tenant.key)
        const revoked = await call.flows.clientSessions.revoke(client, token)
        return revoked.ok ? { status: 200, body: {} } : presentFailure(revoked.error)
      }),
    ),
})

export const oauthDialect: Dialect = {
  name: 'oauth',
  endpoints: [serviceToken, ...customerTokens, anonymousToken, introspection, revocation],
  tenantParameters: [],
  presentFailure,
}

async function issueServiceToken({ flows }: Call, form: Form): Promise<Reply> {
  const issued: Decoded<ServiceToken> = form.credentials
    ? await flows.serviceTokens.issue(form.credentials, form.parameter('scope'), (settings) =>
        form.inForm ? settings.lifetimes.serviceAccessSeconds : settings.clientLifetimes.accessSeconds,
      )
    : { ok: false, error: { kind: 'ClientRejected' } }
  if (!issued.ok)
    return form.inForm && issued.error.kind === 'ClientRejected'
      ? clientFault()
      : presentFailure(issued.error)
  const { tenant, accessToken, lifetimeSeconds, scopes } = issued.value
  const token = { access_token: accessToken, expires_in: lifetimeSeconds - 1, token_type: 'Bearer' }
  if (!form.inForm) {
    return {
      status: 200,
      body: { ...token, expires_in: lifetimeSeconds, scope: projectScopes(tenant, scopes) },
    }
  }
  const noRefresh = { refresh_token_expires_in: 0, refresh_token: '', session_idle_time: 120 }
  return { status: 200, body: { ...noRefresh, ...token, scope: scopeText(tenant, scopes) } }
}

/** For the endpoints of one project: the client has to be of that project, and to say which grant it wants. */
function ofProject(
  call: Call,
  act: (client: AuthenticatedClient, form: Form, grantType: string) => Promise<Reply> | Reply,
): Promise<Reply> {
  return withForm(call, (form) =>
    withClient(call, form, async (client) => {
      const grantType = form.parameter('grant_type')
      if (client.tenant.key !== call.tenant.key) return presentFailure({ kind: 'ClientRejected' })
      return grantType === undefined ? parameterMissing('grant_type') : act(client, form, grantType)
    }),
  )
}

async function refresh({ flows }: Call, client: AuthenticatedClient, form: Form): Promise<Reply> {
  const refreshToken = stripProject(form.parameter('refresh_token') ?? '', client.tenant.key)
  return presentOutcome(await flows.clientSessions.refresh(client, refreshToken))
}

function parameterMissing(name: string): Reply {
  return oauthError(400, 'invalid_request', `Missing required parameter: ${name}.`)
}

function grantUnknown(grantType: string): Reply {
  const text = `Invalid parameter: grant_type: Invalid grant type: ${grantType.slice(0, 100)}`
  return oauthError(400, 'unsupported_grant_type', text)
}

async function withClient(
  { flows }: Call,
  { credentials }: Form,
  act: (client: AuthenticatedClient) => Promise<Reply>,
): Promise<Reply> {
  const client: Decoded<AuthenticatedClient> = credentials
    ? await flows.clientSessions.authenticate(credentials)
    : { ok: false, error: { kind: 'ClientRejected' } }
  return client.ok ? act(client.value) : presentFailure(client.error)
}

/** Any media type is taken for a form: SDKs send the headers of the request that the token is for. */
async function withForm({ request }: Call, act: (form: Form) => Promise<Reply>): Promise<Reply> {
  const body = await readText(request, () => true, 'application/x-www-form-urlencoded')
  if (!body.ok) return presentFailure(body.error)
  const [form, query] = [new URLSearchParams(body.value), new URL(request.url).searchParams]
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

function presentOutcome(
  outcome: { ok: true; value: ClientTokens } | { ok: false; error: HttpFailure },
): Reply {
  if (!outcome.ok) return presentFailure(outcome.error)
  const { tenant, accessToken, accessLifetimeSeconds, refreshToken, scopes, customerId, anonymousId } =
    outcome.value
  const own = customerId === undefined ? `anonymous_id:${anonymousId}` : `customer_id:${customerId}`
  return {
    status: 200,
    body: {
      access_token: accessToken,
      expires_in: accessLifetimeSeconds,
      token_type: 'Bearer',
      scope: projectScopes(tenant, scopes, own),
      ...(refreshToken === undefined ? {} : { refresh_token: `${tenant}:${refreshToken}` }),
    },
  }
}

/** The scope that says whose token it is. */
function ownScope(principal: Principal): string | undefined {
  switch (principal.kind) {
    case 'customer':
      return `customer_id:${principal.customerId}`
    case 'anonymous':
      return `anonymous_id:${principal.sessionId}`
    case 'service':
      return undefined
  }
}

/** Scopes as commercetools writes them, with their project; Emporix's scopes have a dot and stay as they are. */
function projectScopes(tenant: string, scopes: readonly string[], own?: string): string {
  const named = scopes.map((scope) => scopeOfProject(scope, tenant))
  return [...named, ...(own === undefined ? [] : [own])].join(' ')
}

/** Refresh tokens of this API start with their project. */
function stripProject(token: string, tenant: string): string {
  return token.startsWith(`${tenant}:`) ? token.slice(tenant.length + 1) : token
}

function withoutRefreshToken(form: Form): boolean {
  return form.parameter('refresh_token') === 'false'
}

function dropRefreshToken({ value }: { ok: true; value: ClientTokens }) {
  const { refreshToken: _unwanted, ...tokens } = value
  return { ok: true as const, value: tokens }
}
