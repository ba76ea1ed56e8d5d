/**
 * The OAuth endpoints, which both APIs share: service tokens for either, and the flows of commercetools' SDK.
 */
import { scopeText } from '../../domain/tenant/principal.ts'
import type { ClientTokens } from '../../flows/sessions/client-session.ts'
import type { AuthenticatedClient, ServiceToken } from '../../flows/sessions/service-token.ts'
import { endpoint, type Dialect } from '../../http/endpoint.ts'
import type { Decoded, Reply } from '../../http/failure.ts'
import { clientFault, oauthError, presentFailure } from './error.ts'
import { withClient, withForm, type Call, type Form } from './form.ts'
import { presentTokens, projectScopes, stripProject } from './tokens.ts'

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
        const { visitor, parameters, flows } = call
        const signedIn = await flows.clientSessions.signIn(
          client,
          { ...visitor, signInAt: { store: parameters['storeKey']?.slice(keyPrefix.length) } },
          { email, password },
          form.parameter('scope'),
        )
        return presentTokens(withoutRefreshToken(form) && signedIn.ok ? dropRefreshToken(signedIn) : signedIn)
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
      return presentTokens(
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
        const scope = projectScopes(client.tenant.key, principal.scopes, principal)
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
      body: {
        ...token,
        expires_in: lifetimeSeconds,
        scope: projectScopes(tenant, scopes, { kind: 'service' }),
      },
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
  return presentTokens(await flows.clientSessions.refresh(client, refreshToken))
}

function parameterMissing(name: string): Reply {
  return oauthError(400, 'invalid_request', `Missing required parameter: ${name}.`)
}

function grantUnknown(grantType: string): Reply {
  const text = `Invalid parameter: grant_type: Invalid grant type: ${grantType.slice(0, 100)}`
  return oauthError(400, 'unsupported_grant_type', text)
}

function withoutRefreshToken(form: Form): boolean {
  return form.parameter('refresh_token') === 'false'
}

function dropRefreshToken({ value }: { ok: true; value: ClientTokens }) {
  const { refreshToken: _unwanted, ...tokens } = value
  return { ok: true as const, value: tokens }
}
