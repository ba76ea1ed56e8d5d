/**
 * The cookie that says which session a page is opened in: one for each tenant, sent back to this host and over TLS only, hidden
 * from scripts, and no longer there when the browser is closed. It holds a sealed handle, never a token of the APIs.
 */
import { parse, serialize } from 'hono/utils/cookie'

const nameOf = (tenant: string) => `patron-${tenant}`
const options = { prefix: 'host', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' } as const

/** The handle, as it is sent. */
export function readSessionCookie(request: Request, tenant: string): string | undefined {
  const name = `__Host-${nameOf(tenant)}`
  return parse(request.headers.get('Cookie') ?? '', name)[name]
}

/** For a `Set-Cookie` header. */
export function sessionCookie(tenant: string, handle: string): string {
  return serialize(`__Host-${nameOf(tenant)}`, handle, options)
}

export function endedSessionCookie(tenant: string): string {
  return serialize(`__Host-${nameOf(tenant)}`, '', { ...options, maxAge: 0 })
}
