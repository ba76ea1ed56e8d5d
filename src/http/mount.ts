/**
 * Puts a dialect's endpoints on the router: tenant, token, scope, session, query and body are settled here, in this
 * order, before a handler runs, and every failure is worded by the dialect.
 */
import type { Reach } from '../domain/customer/reach.ts'
import type { Context as HonoContext, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { reservedTenantKeys, type Tenant } from '../domain/tenant/tenant.ts'
import { storesHeld } from '../domain/tenant/scope.ts'
import type { Flows } from '../flows/index.ts'
import { requestActor } from './actor.ts'
import { authenticate, type Caller } from './authenticate.ts'
import type { Dialect, Endpoint, FailurePlace } from './endpoint.ts'
import type { Decoded, HttpFailure, Reply } from './failure.ts'
import { decode, readJson } from './json-body.ts'

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
            dialect.presentFailure({ kind: 'MethodUnsupported', allowed }, { source: 'query' }),
          ),
    )
  }
}

/** Turns a reply into the response. */
export function respond(context: HonoContext, { status, body, headers }: Reply): Response {
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
  const named = tenantName(context, dialect, endpoint)
  const place: FailurePlace = { source: 'query', ...(named === undefined ? {} : { tenant: named }) }
  const present = (failure: HttpFailure, source: FailurePlace['source'] = 'query') =>
    dialect.presentFailure(failure, { ...place, source })

  const tenant = named === undefined ? undefined : await flows.tenants.findTenant(named)
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
  const visitor = { ...own, network: networkOf(request) }
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

interface Admitted extends Caller {
  reach?: Reach
}

async function readBody({ body }: Endpoint, request: Request): Promise<Decoded<unknown>> {
  if (!body) return { ok: true, value: undefined }
  const json = await readJson(request)
  return json.ok ? decode(body, json.value) : json
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

function tenantName(context: HonoContext, dialect: Dialect, { tenantFrom }: Endpoint): string | undefined {
  if (tenantFrom === 'path') return context.req.param('tenant')
  const name = dialect.tenantParameters.find((parameter) => context.req.query(parameter) !== undefined)
  return tenantFrom === 'query' && name !== undefined ? context.req.query(name) : undefined
}

/** The service's own first words are no tenants, so what is below them belongs to somebody else. */
function isElsewhere({ req }: HonoContext): boolean {
  return req.path.split('/')[1] === req.param('tenant') && reservedTenantKeys.has(req.param('tenant') ?? '')
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
