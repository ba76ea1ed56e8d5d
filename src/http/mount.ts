/**
 * Puts a dialect's endpoints on the router: tenant, token, scope, session, query and body are settled here, in this
 * order, before a handler runs, and every failure is worded by the dialect.
 */
import type { Reach } from '../domain/customer/reach.ts'
import type { Context as HonoContext, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { storesHeld } from '../domain/tenant/scope.ts'
import type { Tenant } from '../domain/tenant/tenant.ts'
import { isReservedWord, tenantKeyInQuery, wordsOf } from '../domain/tenant/tenant-urls.ts'
import type { Flows } from '../flows/index.ts'
import { requestActor } from './actor.ts'
import { authenticate, checkAccess, type Caller } from './authenticate.ts'
import { urlFailure } from './bounds.ts'
import type { Access, Dialect, Endpoint, FailurePlace } from './endpoint.ts'
import type { Decoded, HttpFailure, Reply } from './failure.ts'
import { decode, readForm, readJson } from './json-body.ts'
import { provenanceOf } from './provenance.ts'
import { readSessionCookie } from './session-cookie.ts'
import { countryOf } from './network.ts'

export interface MountOptions {
  flows: Flows
  networkOf(request: Request): string
}

export function mount(app: Hono, dialect: Dialect, options: MountOptions): void {
  for (const endpoint of dialect.endpoints) {
    app.on(endpoint.method.toUpperCase(), endpoint.path, async (context, next) =>
      isElsewhere(context) ? next() : respond(context, await answer(context, dialect, endpoint, options)),
    )
  }
  for (const [path, allowed] of allowedMethods(dialect.endpoints)) {
    app.all(path, async (context, next) =>
      isElsewhere(context)
        ? next()
        : respond(
            context,
            dialect.presentFailure(
              { kind: 'MethodUnsupported', allowed },
              { source: 'query', request: context.req.raw },
            ),
          ),
    )
  }
}

/** Turns a reply into the response. */
export function respond(
  context: HonoContext,
  { status, body, markup, headers }: Reply,
): Response | Promise<Response> {
  if (markup !== undefined) return context.html(markup, status as ContentfulStatusCode, headers)
  if (body === undefined) return context.body(null, status as ContentfulStatusCode, headers)
  return context.json(body, status as ContentfulStatusCode, headers)
}

async function answer(
  context: HonoContext,
  dialect: Dialect,
  endpoint: Endpoint,
  { flows, networkOf }: MountOptions,
): Promise<Reply> {
  const request = context.req.raw
  const named = tenantName(context, endpoint)
  const tenant = named === undefined ? undefined : await flows.tenants.findTenant(named)
  const place = {
    request,
    ...(named !== undefined && { tenant: named }),
    ...(tenant && { language: tenant.settings.defaults.language }),
  }
  const present = (failure: HttpFailure, source: FailurePlace['source'] = 'query') =>
    dialect.presentFailure(failure, { ...place, source })

  const endless = urlFailure(context.req.param(), new URL(request.url).search)
  if (endless) return present(endless)
  if (!isOwnDoing(endpoint, request)) return present({ kind: 'RequestForeign' })
  if (endpoint.tenantFrom === 'path' && !tenant) return present({ kind: 'TenantUnknown' })
  const caller = await admit(flows, context, endpoint, tenant)
  if (!caller.ok) return present(caller.error)
  const query = endpoint.query
    ? decode(endpoint.query, queryOf(context))
    : { ok: true as const, value: undefined }
  if (!query.ok) return present(query.error)
  if (endpoint.tenantFrom === 'query' && !tenant) return present({ kind: 'TenantUnknown' })
  if (endpoint.acts && isOnlyLooking(request)) return { status: 200 }
  const body = await readBody(endpoint, request)
  if (!body.ok) return present(body.error, 'body')
  const parameters = context.req.param()
  const principal = caller.value?.principal
  const store = endpoint.access?.storeFrom?.(parameters)
  const ownStores = store !== undefined && storesHeld(principal?.scopes ?? [], endpoint.access?.scopes ?? [])
  const own = { tenant: tenant as Tenant, actor: requestActor(request, principal) }
  const visitor = {
    ...own,
    network: networkOf(request),
    place: countryOf(request),
    ...(principal?.clientId !== undefined && { clientId: principal.clientId }),
  }
  return endpoint.handle({
    tenant: own.tenant,
    principal,
    visitor: principal?.kind === 'anonymous' ? { ...visitor, sessionId: principal.sessionId } : visitor,
    customer: principal?.kind === 'customer' ? { ...visitor, principal } : undefined,
    office: {
      ...own,
      reach: caller.value?.reach ?? { kind: principal?.kind === 'service' ? 'tenant' : 'nobody' },
      ...(store !== undefined && { store }),
      ...(ownStores && { ownStores }),
    },
    tokenExpiresAt: caller.value?.tokenExpiresAt ?? 0,
    parameters,
    query: query.value,
    body: body.value,
    request,
    flows,
  })
}

async function admit(
  flows: Flows,
  { req }: HonoContext,
  { access }: Endpoint,
  tenant: Tenant | undefined,
): Promise<Decoded<Admitted | undefined>> {
  if (!access) return { ok: true, value: undefined }
  if (!tenant) return { ok: false, error: { kind: 'TenantUnknown' } }
  const store = access.storeFrom?.(req.param())
  if (access.from === 'cookie') return admitBySession(flows, req.raw, tenant, access)
  const admitted = await authenticate(flows.accessTokens, req.raw, tenant.key, access, store)
  if (!admitted.ok) return admitted
  const { principal } = admitted.value
  if (access.reach) {
    const reach = await flows.customerReach(principal, access.reach)
    if (!reach.ok) return reach
    if (reach.value.kind === 'nobody')
      return { ok: false, error: { kind: 'ScopeMissing', scopes: access.scopes ?? [] } }
    return { ok: true, value: { ...admitted.value, reach: reach.value } }
  }
  if (!access.checkSession || principal.kind !== 'customer') return admitted
  const live = await flows.sessions.check({ principal })
  return live.ok ? admitted : live
}

async function admitBySession(
  { pageSessions }: Flows,
  request: Request,
  tenant: Tenant,
  access: Access,
): Promise<Decoded<Admitted>> {
  const handle = readSessionCookie(request, tenant.key)
  if (handle === undefined) return { ok: false, error: { kind: 'TokenMissing' } }
  const known = await pageSessions.recognise(tenant, handle)
  return known.ok ? checkAccess({ principal: known.value, tokenExpiresAt: 0 }, access) : known
}

interface Admitted extends Caller {
  reach?: Reach
}

async function readBody({ body, form }: Endpoint, request: Request): Promise<Decoded<unknown>> {
  const schema = form ?? body
  if (!schema) return { ok: true, value: undefined }
  const read = form ? await readForm(request) : await readJson(request)
  return read.ok ? decode(schema, read.value) : read
}

/** A cookie acts for its owner on any page's request, so only pages of ours may cause one; a form brings its own token. */
function isOwnDoing({ method, form, access }: Endpoint, request: Request): boolean {
  const byCookie = access?.from === 'cookie'
  if (method === 'get' || !(form ?? byCookie)) return true
  const provenance = provenanceOf(request)
  return provenance === 'own' || (provenance === 'unknown' && !byCookie)
}

/** A parameter that is given twice stays a list, which no schema takes. */
function queryOf(context: HonoContext): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(context.req.queries()).map(([name, values]) => [
      name,
      values.length === 1 ? (values[0] ?? '') : values,
    ]),
  )
}

function tenantName({ req }: HonoContext, { tenantFrom }: Endpoint): string | undefined {
  switch (tenantFrom) {
    case 'path':
      return req.param('tenant')
    case 'query':
      return tenantKeyInQuery((name) => req.query(name))
    case 'none':
      return undefined
  }
}

/** The service's own first words are no tenants, so what is below them belongs to other endpoints. */
function isElsewhere({ req }: HonoContext): boolean {
  const [first = ''] = wordsOf(req.path)
  return first === req.param('tenant') && isReservedWord(first)
}

/** `HEAD`, and browsers and mail scanners that fetch ahead. */
function isOnlyLooking(request: Request): boolean {
  const purpose = request.headers.get('Sec-Purpose') ?? request.headers.get('Purpose') ?? ''
  return request.method === 'HEAD' || /prefetch|preview/i.test(purpose)
}

function allowedMethods(endpoints: readonly Endpoint[]): Map<string, string[]> {
  const allowed = new Map<string, string[]>()
  for (const { path, method } of endpoints) {
    const name = method.toUpperCase()
    const names = name === 'GET' ? ['GET', 'HEAD'] : [name]
    allowed.set(path, [...new Set([...(allowed.get(path) ?? []), ...names])])
  }
  for (const names of allowed.values()) names.push('OPTIONS')
  return allowed
}
