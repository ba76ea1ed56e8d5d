/**
 * A customer's session seen from the Worker: the tokens that stand for it, refresh, check and end.
 * Whether a session is alive is the customer's object's word alone.
 */
import { companyScopes } from '../../domain/customer/reach.ts'
import { assignmentTo, type ContactAssignment } from '../../domain/customer/company.ts'
import type { CustomerPrincipal } from '../../domain/tenant/principal.ts'
import { fail, invalid, ok, type Result } from '../../domain/base/result.ts'
import type { Presenter, Session } from '../../domain/credentials/session.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import { proofOf, refOf, type Context, type CustomerContext } from '../context.ts'
import type { CustomerOutcome, LiveSession, Ports } from '../ports/index.ts'

export interface CustomerTokens {
  customerId: string
  accessToken: string
  accessLifetimeSeconds: number
  refreshToken: string
  refreshLifetimeSeconds: number
  sessionId: string
  scopes: string[]
}

/** What a customer gets at the log-in. */
export interface SignedIn extends CustomerTokens {
  saasToken: string
  initialPassword: boolean
}

/** A session that is alive, with the company of the token that proved it, as long as the customer acts for it. */
export interface CheckedSession extends LiveSession {
  assignment?: ContactAssignment
}

export function customerSessionFlow(ports: SessionPorts) {
  const { accessTokens, refreshTokens, saasTokens, customers, legalEntities, clock } = ports
  const exists = async (tenant: string, legalEntityId: string) =>
    (await legalEntities.names(tenant, [legalEntityId])).has(legalEntityId)

  const issueTokens = async (
    tenant: Tenant,
    customerId: string,
    session: Session,
    assignment?: ContactAssignment,
  ): Promise<CustomerTokens> => {
    const { key: sessionKey, sessionId, counter, grant, clientId = grant.clientId } = session
    const added = assignment ? companyScopes(assignment, session) : []
    const scopes = [...new Set([...grant.scopes, ...added])]
    const principal: CustomerPrincipal = {
      kind: 'customer',
      tenant: tenant.key,
      customerId,
      sessionId,
      sessionKey,
      scopes,
      ...(clientId !== undefined && { clientId }),
      ...(assignment && { legalEntityId: assignment.legalEntityId }),
    }
    return {
      customerId,
      accessToken: await accessTokens.issue(principal, grant.accessLifetimeSeconds),
      accessLifetimeSeconds: grant.accessLifetimeSeconds,
      refreshToken: await refreshTokens.issue({ tenant: tenant.key, customerId, sessionKey, counter }),
      refreshLifetimeSeconds: grant.refreshLifetimeSeconds,
      sessionId,
      scopes,
    }
  }

  return {
    /** For the outcome of a command that opened a session. */
    async signedIn(
      tenant: Tenant,
      customerId: string,
      { session, initialPassword = false }: CustomerOutcome,
    ): Promise<Result<SignedIn>> {
      if (!session) return fail({ kind: 'Unavailable', dependency: 'session' })
      const tokens = await issueTokens(tenant, customerId, session)
      const saasToken = await saasTokens.issue(tenant.key, customerId, tokens.accessLifetimeSeconds)
      return ok({ ...tokens, saasToken, initialPassword })
    },

    /**
     * The company is the access token's alone: the next refresh names it again, or another one, or none.
     * Fails with `LegalEntityNotAssigned` for a company that the customer does not act for, and the refresh token stays good.
     */
    async refresh(
      { tenant }: Pick<Context, 'tenant'>,
      presenter: Presenter,
      refreshToken: string,
      legalEntityId?: string,
    ): Promise<Result<CustomerTokens>> {
      const handle = await refreshTokens.open(refreshToken)
      if (handle?.tenant !== tenant.key) return fail({ kind: 'SessionEnded' })
      if (legalEntityId !== undefined && !(await exists(tenant.key, legalEntityId)))
        return fail({ kind: 'LegalEntityNotAssigned', legalEntityId })
      const refreshed = await customers.refresh(handle, {
        now: clock.now(),
        sessionKey: handle.sessionKey,
        counter: handle.counter,
        presenter,
        ...(legalEntityId === undefined ? {} : { legalEntityId }),
      })
      if (!refreshed.ok) return refreshed
      const { session, contactAssignments } = refreshed.value
      const assignment = assignmentTo(contactAssignments, legalEntityId)
      return ok(await issueTokens(tenant, handle.customerId, session, assignment))
    },

    async check({ principal }: Pick<CustomerContext, 'principal'>): Promise<Result<CheckedSession>> {
      const live = await customers.findSession(refOf(principal), proofOf(principal), clock.now())
      if (!live.ok) return live
      const assignment = assignmentTo(live.value.contactAssignments, principal.legalEntityId)
      return assignment && (await exists(principal.tenant, assignment.legalEntityId))
        ? ok({ ...live.value, assignment })
        : live
    },

    /**
     * Ends the session of `accessToken`, which must be one of the caller's own; the caller's session must be alive.
     * Fails with `InvalidInput` on a token of another customer.
     */
    async end({ principal }: CustomerContext, accessToken: string): Promise<Result<void>> {
      const verdict = await accessTokens.verify(accessToken)
      const named = verdict.ok && verdict.principal.kind === 'customer' ? verdict.principal : undefined
      if (named?.tenant !== principal.tenant || named.customerId !== principal.customerId) {
        return invalid('accessToken', 'This is no access token of yours.')
      }
      const own = await customers.endSession(refOf(principal), proofOf(named), clock.now())
      if (own.ok || named.sessionKey === principal.sessionKey) return own
      // The named session had ended before; that is no failure for a caller who is still logged in himself.
      const live = await customers.findSession(refOf(principal), proofOf(principal), clock.now())
      return live.ok ? ok(undefined) : live
    },
  }
}

export type CustomerSessions = ReturnType<typeof customerSessionFlow>

type SessionPorts = Pick<
  Ports,
  'accessTokens' | 'refreshTokens' | 'saasTokens' | 'customers' | 'legalEntities' | 'clock'
>
