/**
 * The official SDK, unmodified, against the Worker under test: a project as the shop's back office, a visitor or a customer
 * sees it, through either of the vendor's two clients. Only the transport differs from production.
 */
import { createApiBuilderFromCtpClient, type Customer, type CustomerDraft } from '@commercetools/platform-sdk'
import { ClientBuilder as OlderClientBuilder } from '@commercetools/sdk-client-v2'
import { ClientBuilder } from '@commercetools/ts-client'
import { exports } from 'cloudflare:workers'
import { baseUrl, call, uniqueEmail } from './client.ts'

/** The SDK's builds for browsers, which this runtime resolves to, look at the browser's name for their user agent. */
Object.assign(globalThis, { window: { navigator: { userAgent: 'workerd' } } })

/** The vendor's present client, and the one before, which does not know of concurrent modifications. */
export const sdks = ['ts-client', 'sdk-client-v2'] as const
export type Sdk = (typeof sdks)[number]

interface Caller {
  sdk?: Sdk
  tenant?: string
  scopes?: string[]
  /** Whether the newer client sends again, with the current version, what was refused with 409. */
  repeats?: boolean
  /** Told of each request on its way. */
  onRequest?: (request: Request) => void
}

export type Project = ReturnType<typeof projectOf>
/** Where the back office works: in the whole project, or in one store. */
export type Office = Project | ReturnType<Project['inStoreKeyWithStoreKeyValue']>

/** What the SDK throws. */
export interface Failure {
  statusCode: number
  message: string
  body: {
    statusCode: number
    message: string
    errors: { code: string; message: string; [extra: string]: unknown }[]
  }
}

export const password = 'correct horse'

function transport({ onRequest }: Caller) {
  const fetch = (url: string, init: RequestInit) => {
    const request = new Request(url, init)
    onRequest?.(request)
    return exports.default.fetch(request)
  }
  // One of the clients calls it so, the other one so.
  return { host: baseUrl, httpClient: fetch, fetch }
}

type Builder = ClientBuilder | OlderClientBuilder

function builderOf({ sdk = 'ts-client', repeats = false }: Caller): Builder {
  if (sdk === 'sdk-client-v2') return new OlderClientBuilder()
  return repeats ? new ClientBuilder().withConcurrentModificationMiddleware() : new ClientBuilder()
}

function projectOf(builder: Builder, caller: Caller) {
  const { tenant: projectKey = 'acme' } = caller
  const client = builder.withProjectKey(projectKey).withHttpMiddleware(transport(caller)).build()
  return createApiBuilderFromCtpClient(client).withProjectKey({ projectKey })
}

function connection(client: 'admin' | 'storefront', caller: Caller) {
  const { tenant = 'acme', scopes } = caller
  const credentials = { clientId: `${tenant}-${client}`, clientSecret: `${tenant}-${client}-secret` }
  return { ...transport(caller), projectKey: tenant, credentials, ...(scopes && { scopes }) }
}

export function asShop(caller: Caller = {}): Project {
  const { tenant = 'acme' } = caller
  const scopes = [`manage_project:${tenant}`]
  return projectOf(
    builderOf(caller).withClientCredentialsFlow({ scopes, ...connection('admin', caller) }),
    caller,
  )
}

export function asVisitor({ anonymousId, ...caller }: Caller & { anonymousId?: string } = {}): Project {
  const { tenant = 'acme' } = caller
  const storefront = connection('storefront', caller)
  const credentials = { ...storefront.credentials, ...(anonymousId !== undefined && { anonymousId }) }
  const scopes = [`manage_my_profile:${tenant}`]
  return projectOf(builderOf(caller).withAnonymousSessionFlow({ scopes, ...storefront, credentials }), caller)
}

export interface User {
  email: string
  password: string
}

export function asCustomer({ email, password }: User, caller: Caller = {}): Project {
  const { tenant = 'acme' } = caller
  const storefront = connection('storefront', caller)
  const credentials = { ...storefront.credentials, user: { username: email, password } }
  const scopes = [`manage_my_profile:${tenant}`]
  return projectOf(builderOf(caller).withPasswordFlow({ scopes, ...storefront, credentials }), caller)
}

/** Whoever holds a refresh token. */
export function withRefreshToken(refreshToken: string, caller: Caller = {}): Project {
  return projectOf(
    builderOf(caller).withRefreshTokenFlow({ ...connection('storefront', caller), refreshToken }),
    caller,
  )
}

/** Whoever holds an access token, without a way to another one. */
export function withToken(accessToken: string, caller: Caller = {}): Project {
  return projectOf(builderOf(caller).withExistingTokenFlow(`Bearer ${accessToken}`, { force: true }), caller)
}

/** What the request failed with. */
export async function failure(request: Promise<unknown>): Promise<Failure> {
  return request.then(
    () => Promise.reject(new Error('This request was expected to fail.')),
    (error: unknown) => error as Failure,
  )
}

/** Status and errors of a request that has to fail, extras of the errors included. */
export async function refusal(request: Promise<unknown>): Promise<[number, Failure['body']['errors']]> {
  const { statusCode, body } = await failure(request)
  return [statusCode, body.errors]
}

/** A customer that the back office makes, with the password of this file. */
export async function createdBy(shop: Office, draft: Partial<CustomerDraft> = {}): Promise<Customer> {
  const body = { email: uniqueEmail(), password, ...draft }
  return (await shop.customers().post({ body }).execute()).body.customer
}

export interface SessionTokens {
  access_token: string
  refresh_token: string
}

const storefrontOf = (tenant: string) => ({
  Authorization: `Basic ${btoa(`${tenant}-storefront:${tenant}-storefront-secret`)}`,
})

/** The password flow by hand, for the tokens that the SDK keeps to itself; of a store's customers with `store`. */
export function passwordFlow({ email, password }: User, tenant = 'acme', store?: string) {
  const place = store === undefined ? '' : `in-store/key=${store}/`
  return call<SessionTokens & { scope: string }>('POST', `/oauth/${tenant}/${place}customers/token`, {
    form: { grant_type: 'password', username: email, password },
    headers: storefrontOf(tenant),
  })
}

export function refreshFlow(refreshToken: string, tenant = 'acme') {
  return call<SessionTokens>('POST', '/oauth/token', {
    form: { grant_type: 'refresh_token', refresh_token: refreshToken },
    headers: storefrontOf(tenant),
  })
}
