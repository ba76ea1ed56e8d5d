/**
 * Sessions of our pages: the cookie holds a sealed handle of one of the customer's own sessions, so it ends, is listed and is
 * counted like any other. A new log-in makes a new session, and so a new handle.
 */
import type { CustomerPrincipal } from '../../domain/tenant/principal.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { PageSessionHandle, Ports } from '../ports/index.ts'

export function pageSessionFlow({ pageSessions, customers, clock }: PageSessionPorts) {
  return {
    seal: (handle: PageSessionHandle): Promise<string> => pageSessions.seal(handle),

    /** Asks the customer's object. `SessionEnded` for whatever is no handle of a session of this tenant that is alive. */
    async recognise(tenant: Tenant, sealed: string): Promise<Result<CustomerPrincipal>> {
      const handle = await pageSessions.open(sealed)
      if (handle?.tenant !== tenant.key) return fail({ kind: 'SessionEnded' })
      const { customerId, sessionKey } = handle
      const live = await customers.findSession(
        { tenant: tenant.key, customerId },
        { sessionKey },
        clock.now(),
      )
      if (!live.ok) return live
      const { sessionId, grant } = live.value.session
      const scopes = [...grant.scopes]
      return ok({ kind: 'customer', tenant: tenant.key, customerId, sessionId, sessionKey, scopes })
    },
  }
}

type PageSessionPorts = Pick<Ports, 'pageSessions' | 'customers' | 'clock'>
