/**
 * Where every way of signing in ends. A use case recognises the customer by some proof and hands over here: one write finds
 * out whether the customer may come in, records the log-in and opens the session, and the cart service is told after it.
 * What the customer's object refuses here is refused to every proof alike, and has opened nothing.
 */
import type { CustomerOutcome, NewSession, Ports } from '../ports/index.ts'
import type { Actor } from '../../domain/base/actor.ts'
import type { JsonObject } from '../../domain/base/json.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { TrustedAction } from '../../domain/changes/update-action.ts'
import type { LoginMethod, SessionGrant } from '../../domain/credentials/session.ts'
import type { AnonymousLink } from '../../domain/customer/cart.ts'
import type { Customer } from '../../domain/customer/customer.ts'
import { customerScopes } from '../../domain/tenant/principal.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { VisitorContext } from '../context.ts'
import type { CustomerSessions, SignedIn } from './customer-session.ts'

/** A customer whom a use case has recognised, and by what. */
export interface Recognition {
  customerId: string
  accountId: string
  /** Refused with `CredentialsRejected` when a password or login e-mail has changed since. */
  credentialsRevision: number
  /** How the customer has proved who it is; nothing when the back office signs in for it. */
  methods: LoginMethod[]
  /** Who of the back office signs in for the customer. */
  assistedBy?: Actor
  /** Written with the log-in, an outdated hash for example. */
  besides?: TrustedAction[]
}

/** A customer who has been let in without a session. */
export interface Identified {
  customer: Customer
  /** Where the tenant has a service that answers with one. */
  cart?: JsonObject
}

export function admissionFlow({ customers, carts, clock, ids }: AdmissionPorts, sessions: CustomerSessions) {
  const admit = async (
    { tenant, actor, signInAt, link }: VisitorContext,
    { customerId, credentialsRevision, assistedBy, besides = [] }: Recognition,
    record: TrustedAction,
    openSession?: NewSession,
  ): Promise<Result<Identified & CustomerOutcome>> => {
    const admitted = await customers.execute(
      { tenant: tenant.key, customerId },
      {
        now: clock.now(),
        operationId: ids.operationId(),
        actor,
        ...(signInAt && { signInAt }),
        expectedRevision: credentialsRevision,
        requireUsable: true,
        actions: [record, ...besides, ...linkActions(link)],
        ...(openSession && { openSession }),
      },
    )
    if (!admitted.ok)
      return admitted.error.kind === 'CustomerNotFound' && !assistedBy
        ? fail({ kind: 'CredentialsRejected' })
        : admitted
    const cart = link && (await carts.link(tenant, customerId, link))
    return ok({ ...admitted.value, ...(cart && { cart }) })
  }

  /** Its key is new at each log-in, its public id may be kept. */
  const plan = (
    { tenant, actor, sessionId, clientId = actor.clientId, grant = rotatingGrant(tenant) }: VisitorContext,
    { accountId, methods, assistedBy }: Recognition,
  ): NewSession => {
    const now = clock.now()
    const refreshUntil = now + grant.refreshLifetimeSeconds * 1000
    return {
      key: ids.sessionKey(),
      sessionId: sessionId ?? ids.sessionId(),
      accountId,
      methods,
      grant,
      refreshUntil,
      endsAt: Math.max(refreshUntil, now + grant.accessLifetimeSeconds * 1000),
      ...(clientId !== undefined && { clientId }),
      ...(assistedBy && { assistedBy }),
    }
  }

  return {
    async openSession(context: VisitorContext, recognition: Recognition): Promise<Result<SignedIn>> {
      const { customerId, accountId, assistedBy } = recognition
      const session = plan(context, recognition)
      const { sessionId } = session
      const record: TrustedAction = assistedBy
        ? { action: 'recordAssistedLogin', sessionId }
        : { action: 'recordLogin', accountId, sessionId }
      const admitted = await admit(context, recognition, record, session)
      return admitted.ok ? sessions.signedIn(context.tenant, customerId, admitted.value) : admitted
    },

    /** For APIs that hand out tokens elsewhere. */
    async withoutSession(context: VisitorContext, recognition: Recognition): Promise<Result<Identified>> {
      const { accountId } = recognition
      const admitted = await admit(context, recognition, { action: 'recordLogin', accountId })
      if (!admitted.ok) return admitted
      const { customer, cart } = admitted.value
      return ok({ customer, ...(cart && { cart }) })
    },
  }
}

function linkActions(link: AnonymousLink | undefined): TrustedAction[] {
  const names = link?.anonymousId !== undefined || link?.anonymousCart !== undefined
  return link && names ? [{ action: 'linkAnonymousSession', link }] : []
}

/** What an Emporix log-in gets: the predefined scopes, refresh tokens that rotate. */
function rotatingGrant({ settings }: Tenant): SessionGrant {
  const { customerAccessSeconds, customerRefreshSeconds } = settings.lifetimes
  return {
    refresh: 'rotating',
    accessLifetimeSeconds: customerAccessSeconds,
    refreshLifetimeSeconds: customerRefreshSeconds,
    scopes: [...customerScopes],
  }
}

export type Admission = ReturnType<typeof admissionFlow>

type AdmissionPorts = Pick<Ports, 'customers' | 'carts' | 'clock' | 'ids'>
