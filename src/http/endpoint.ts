/**
 * What an endpoint is: data about it (who may call it, what it takes, which heading of the vendor's document it follows)
 * and a handler. Mounting, the security tests and the API document all read the same list.
 */
import type { reachScopes } from '../domain/customer/reach.ts'
import type { z } from 'zod'
import type { CustomerPrincipal, Principal, PrincipalKind } from '../domain/tenant/principal.ts'
import type { Tenant } from '../domain/tenant/tenant.ts'
import type { CustomerContext, OfficeContext, VisitorContext } from '../flows/context.ts'
import type { Flows } from '../flows/index.ts'
import type { HttpFailure, Reply } from './failure.ts'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** Who may call: kinds of token and, for those who need one, any one of the scopes. */
export interface Access<K extends PrincipalKind = PrincipalKind> {
  kinds: readonly K[]
  scopes?: readonly string[]
  /** The token only says which shop is calling; its time may be over (refresh). */
  evenExpired?: boolean
  /** The use case does not ask the customer's own object, so a customer's session has to be checked before. */
  checkSession?: boolean
  /** The caller is known by the session cookie of our pages, not by a bearer token; such a session is always checked. */
  from?: 'cookie'
  /** Callers of a company come too, with its scopes: whose records each may see or change is settled before the handler. */
  reach?: keyof typeof reachScopes
  /** Within a store that the path names, the scopes are enough when they are held for that store. */
  storeFrom?(parameters: Record<string, string>): string
}

export interface EndpointRequest<P extends Principal | undefined, Q, B> {
  tenant: Tenant
  principal: P
  /** The caller as a use case is told of it: as a visitor, as a customer, as the back office. */
  visitor: VisitorContext
  customer: CustomerContextOf<P>
  office: OfficeContext
  /** Milliseconds since the epoch. */
  tokenExpiresAt: number
  parameters: Record<string, string>
  query: Q
  body: B
  request: Request
  flows: Flows
}

/** Undefined for callers of other kinds; callers of several kinds are told apart by it. */
export type CustomerContextOf<P extends Principal | undefined> = P extends CustomerPrincipal
  ? CustomerContext
  : undefined

export interface Endpoint {
  method: Method
  path: string
  /** The section of the vendor's document, for the traceability table. */
  heading: string
  /** Absent: the endpoint is public. */
  access?: Access
  /** Where the tenant is named; `none` for endpoints that find it out by themselves. */
  tenantFrom: 'path' | 'query' | 'none'
  query?: z.ZodType
  body?: z.ZodType
  /** A form of a page, in the place of a JSON body: it is taken from pages of ours only. */
  form?: z.ZodType
  /** A GET that changes something: `HEAD` and prefetching must not set it off. */
  acts?: boolean
  handle(request: EndpointRequest<Principal | undefined, unknown, unknown>): Promise<Reply>
}

type PrincipalOf<K extends PrincipalKind> = [K] extends [never] ? undefined : Extract<Principal, { kind: K }>

interface EndpointDefinition<K extends PrincipalKind, Q, B> {
  method: Method
  path: string
  heading: string
  access?: Access<K>
  tenantFrom?: Endpoint['tenantFrom']
  query?: z.ZodType<Q>
  body?: z.ZodType<B>
  form?: z.ZodType<B>
  acts?: boolean
  handle(request: EndpointRequest<PrincipalOf<K>, Q, B>): Promise<Reply>
}

/** Keeps the handler's types while it is written, and forgets them for the list. */
export function endpoint<K extends PrincipalKind = never, Q = undefined, B = undefined>(
  definition: EndpointDefinition<K, Q, B>,
): Endpoint {
  return { tenantFrom: 'path', ...definition } as unknown as Endpoint
}

/** A dialect, or anything else that answers under paths of its own. */
export interface Dialect {
  name: string
  endpoints: readonly Endpoint[]
  presentFailure(failure: HttpFailure, at: FailurePlace): Reply
}

/** Where the failure happened, for dialects whose answer depends on it. */
export interface FailurePlace {
  /** For pages, which speak the language of the reader, or else the tenant's. */
  request?: Request
  language?: string
  tenant?: string
  /** The one-time token of the request, where the answer has to repeat it. */
  token?: string
  /** The request had to prove the current password, not to sign in. */
  currentPassword?: true
  source: 'query' | 'body' | 'domain'
}
