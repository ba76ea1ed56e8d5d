/**
 * What surrounds every answer of the service: correlation id, security headers, CORS of the tenant, the early refusal of
 * oversized bodies, and one structured log line without personal data.
 */
import type { Context, MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import type { Tenant } from '../domain/tenant.ts'

export const correlationHeader = 'X-Correlation-ID'

const correlationIds = new WeakMap<Request, string>()

export function correlationIdOf(context: Context): string {
  return correlationIds.get(context.req.raw) ?? ''
}

/** Echoes a usable correlation id, else makes one. */
export function correlation(): MiddlewareHandler {
  return async function correlation(context, next) {
    const given = context.req.header(correlationHeader) ?? ''
    const id = /^[\x21-\x7e]{1,256}$/.test(given) ? given : crypto.randomUUID()
    correlationIds.set(context.req.raw, id)
    await next()
    context.res.headers.set(correlationHeader, id)
  }
}

/** Nothing here is for caches, frames, sniffers or referrers. Pages may set a content policy of their own. */
export function protection(): MiddlewareHandler {
  const secure = secureHeaders({
    strictTransportSecurity: 'max-age=31536000; includeSubDomains',
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
    crossOriginResourcePolicy: 'same-origin',
    crossOriginOpenerPolicy: 'same-origin',
  })
  return async function protection(context, next) {
    await secure(context, next)
    // On the answer itself: the context's own `header` would make a new answer each time.
    const { headers } = context.res
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'private, no-store')
    headers.append('Vary', 'Authorization')
    if (!headers.has('Content-Security-Policy')) {
      headers.set('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
    }
  }
}

/**
 * Browsers of the tenant's own origins may call everything; there are no cookies, so no credentials mode either.
 * `tenantOf` finds the tenant of a request; endpoints that are nobody's own are open to any origin.
 */
export function crossOrigin(
  tenantOf: (context: Context) => Promise<Tenant | undefined>,
  isShared: (path: string) => boolean,
): MiddlewareHandler {
  return cors({
    origin: async (origin, context) => {
      if (isShared(context.req.path)) return origin
      const allowed = (await tenantOf(context))?.settings.allowedOrigins ?? []
      return allowed.includes('*') || allowed.includes(origin) ? origin : null
    },
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposeHeaders: [correlationHeader, 'Retry-After', 'Allow', 'Count', 'X-Total-Count'],
    maxAge: 600,
  })
}

/** One line per request: the route's pattern instead of the address, because addresses carry tokens. */
export function requestLog(write: (line: string) => void, now: () => number): MiddlewareHandler {
  return async function requestLog(context, next) {
    const startedAt = now()
    await next()
    const { method, routePath } = context.req
    write(
      JSON.stringify({
        level: context.res.status >= 500 ? 'error' : 'info',
        event: 'request',
        correlationId: correlationIdOf(context),
        method,
        route: routePath,
        status: context.res.status,
        durationMs: now() - startedAt,
      }),
    )
  }
}
