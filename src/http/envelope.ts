/**
 * What surrounds every answer of the service: correlation id, security headers, CORS of the tenant, the early refusal of
 * oversized bodies, and one structured log line without personal data.
 */
import type { Context, MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { Tenant } from '../domain/tenant/tenant.ts'
import type { Log } from '../flows/ports/index.ts'

export const correlationHeader = 'X-Correlation-ID'

const correlationIds = new WeakMap<Request, string>()

export function correlationIdOf(context: Context): string {
  return correlationIds.get(context.req.raw) ?? ''
}

/** Echoes a usable correlation id, else makes one. */
export function correlation(): MiddlewareHandler {
  return function correlation(context, next) {
    const given = context.req.header(correlationHeader) ?? ''
    const id = /^[\x21-\x7e]{1,256}$/.test(given) ? given : crypto.randomUUID()
    correlationIds.set(context.req.raw, id)
    context.header(correlationHeader, id)
    return next()
  }
}

/** Nothing here is for caches, frames, sniffers or referrers. Pages set a content policy, keys a cache rule of their own. */
const protectiveHeaders = Object.entries({
  'Cache-Control': 'private, no-store',
  Vary: 'Authorization, Origin',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-DNS-Prefetch-Control': 'off',
  'X-Download-Options': 'noopen',
  'X-Permitted-Cross-Domain-Policies': 'none',
  'X-XSS-Protection': '0',
  'Origin-Agent-Cluster': '?1',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
})

/** Before the answer is made: headers that come afterwards cost a new answer each, with its body as a stream. */
export function protection(): MiddlewareHandler {
  return function protection(context, next) {
    for (const [name, value] of protectiveHeaders) context.header(name, value)
    return next()
  }
}

/**
 * Browsers of the tenant's own origins may call everything; there are no cookies, so no credentials mode either.
 * `tenantOf` finds the tenant of a request; endpoints that belong to no tenant are open to any origin.
 */
export function crossOrigin(
  tenantOf: (context: Context) => Promise<Tenant | undefined>,
  isShared: (path: string) => boolean,
): MiddlewareHandler {
  const isAllowed = async (origin: string, context: Context): Promise<boolean> => {
    if (isShared(context.req.path)) return true
    const allowed = (await tenantOf(context))?.settings.allowedOrigins ?? []
    return allowed.includes('*') || allowed.includes(origin)
  }
  const preflight = cors({
    origin: async (origin, context) => ((await isAllowed(origin, context)) ? origin : null),
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    maxAge: 600,
  })
  const exposed = [correlationHeader, 'Retry-After', 'Allow', 'Count', 'X-Total-Count'].join(',')
  return async function crossOrigin(context, next) {
    if (context.req.method === 'OPTIONS') return preflight(context, next)
    const origin = context.req.header('Origin')
    if (origin !== undefined && (await isAllowed(origin, context))) {
      context.header('Access-Control-Allow-Origin', origin)
      context.header('Access-Control-Expose-Headers', exposed)
    }
    return next()
  }
}

/** One line per request: the route's pattern instead of the address, because addresses carry tokens. */
export function requestLog({ tell }: Pick<Log, 'tell'>, now: () => number): MiddlewareHandler {
  return async function requestLog(context, next) {
    const startedAt = now()
    await next()
    const { method, routePath } = context.req
    tell(context.res.status >= 500 ? 'error' : 'info', 'request', {
      correlationId: correlationIdOf(context),
      method,
      route: routePath,
      status: context.res.status,
      durationMs: now() - startedAt,
    })
  }
}
