/**
 * A storefront for tests inside workerd: requests to the Worker under test, and the first steps that most tests share.
 * Steps fail loudly when the service does not answer as documented; `call` itself judges nothing.
 */
import { exports } from 'cloudflare:workers'
import type { Mail } from '../../src/flows/ports/index.ts'

const worker: Pick<Fetcher, 'fetch'> = exports.default

export const baseUrl = 'http://127.0.0.1:8787'

export interface CallOptions {
  token?: string
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown
  /** Sent as a form. */
  form?: Record<string, string>
  query?: Record<string, string | number | boolean>
  headers?: Record<string, string>
}

export interface Answer<Body = unknown> {
  status: number
  headers: Headers
  text: string
  /** The parsed JSON, undefined when the answer is none. The type is what the test expects, it is not checked. */
  body: Body
}

export async function call<Body = unknown>(
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer<Body>> {
  const response = await worker.fetch(request(method, path, options))
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parse(text) as Body }
}

export function request(
  method: string,
  path: string,
  { token, body, form, query, headers }: CallOptions = {},
): Request {
  const url = new URL(path, baseUrl)
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, String(value))
  const sent = new Headers({ 'CF-Connecting-IP': '203.0.113.7' })
  if (token !== undefined) sent.set('Authorization', `Bearer ${token}`)
  if (body !== undefined) sent.set('Content-Type', 'application/json')
  if (form !== undefined) sent.set('Content-Type', 'application/x-www-form-urlencoded')
  for (const [name, value] of Object.entries(headers ?? {})) sent.set(name, value)
  const payload = form !== undefined ? new URLSearchParams(form).toString() : payloadText(body)
  return new Request(url, {
    method,
    headers: sent,
    redirect: 'manual',
    ...(payload === undefined ? {} : { body: payload }),
  })
}

/** Another address at each call, also in other files and runs. */
export function uniqueEmail(name = 'ada'): string {
  return `${name}.${crypto.randomUUID().slice(0, 13)}@shop.example`
}

export interface AnonymousSession {
  access_token: string
  refresh_token: string
  sessionId: string
  expires_in: number
}

export async function anonymous(tenant: string): Promise<AnonymousSession> {
  const query = { tenant, client_id: `${tenant}-storefront` }
  return documented(
    await call<AnonymousSession>('GET', '/customerlogin/auth/anonymous/login', { query }),
    200,
  )
}

export interface SignedUp {
  id: string
  email: string
  password: string
  /** Anonymous access token that was used. */
  token: string
}

export interface SignUpOverrides {
  email?: string
  password?: string
  token?: string
  customerDetails?: Record<string, unknown>
  customerAddress?: Record<string, unknown>
}

export async function signUp(tenant: string, overrides: SignUpOverrides = {}): Promise<SignedUp> {
  const {
    email = uniqueEmail(),
    password = 'correct horse battery',
    customerDetails,
    customerAddress,
  } = overrides
  const token = overrides.token ?? (await anonymous(tenant)).access_token
  const details = { firstName: 'Ada', lastName: 'Lovelace', contactEmail: email, ...customerDetails }
  const body = { email, password, customerDetails: details, ...(customerAddress && { customerAddress }) }
  const answer = await call<{ id: string }>('POST', `/customer/${tenant}/signup`, { token, body })
  return { id: documented(answer, 201).id, email, password, token }
}

export interface CustomerTokens {
  access_token: string
  refresh_token: string
  saas_token: string
  session_id: string
  expires_in: number
  refresh_token_expires_in: number
  initialPassword: boolean
}

export interface Credentials {
  email: string
  password: string
  /** Anonymous access token; a fresh one when absent. */
  token?: string
}

export async function logIn(
  tenant: string,
  { email, password, token }: Credentials,
): Promise<CustomerTokens> {
  const bearer = token ?? (await anonymous(tenant)).access_token
  const answer = await call<CustomerTokens>('POST', `/customer/${tenant}/login`, {
    token: bearer,
    body: { email, password },
  })
  return documented(answer, 200)
}

/** A new customer of a tenant without double opt-in, logged in. */
export async function newCustomer(
  tenant: string,
  overrides: SignUpOverrides = {},
): Promise<SignedUp & { tokens: CustomerTokens }> {
  const customer = await signUp(tenant, overrides)
  return { ...customer, tokens: await logIn(tenant, customer) }
}

/** An access token of the tenant's back office, by client credentials. */
/** A customer who is logged in and has proved the mailbox, by a reset to the same password. `deliver`: where no clock does. */
export async function provedCustomer(
  tenant: string,
  deliver = async (): Promise<unknown> => undefined,
): Promise<SignedUp & { tokens: CustomerTokens }> {
  const customer = await signUp(tenant)
  const { email, password, token: visitor } = customer
  await call('POST', `/customer/${tenant}/password/reset`, { token: visitor, body: { email } })
  await deliver()
  const body = { token: await mailedToken(email, 'password-reset'), password }
  await call('POST', `/customer/${tenant}/password/reset/update`, { token: visitor, body })
  return { ...customer, tokens: await logIn(tenant, { email, password }) }
}

export async function serviceToken(tenant: string, scope?: string): Promise<string> {
  const form = {
    grant_type: 'client_credentials',
    client_id: `${tenant}-admin`,
    client_secret: `${tenant}-admin-secret`,
    ...(scope !== undefined && { scope }),
  }
  return documented(await call<{ access_token: string }>('POST', '/oauth/token', { form }), 200).access_token
}

/** Mails to an address, newest first; waits until `count` of the wanted template have come through the queue. */
export async function mailbox(to: string, template?: Mail['template'], count = 1): Promise<Mail[]> {
  const deadline = Date.now() + 5000
  for (;;) {
    const mails = documented(await call<Mail[]>('GET', '/_dev/mailbox', { query: { to } }), 200)
    const wanted = template === undefined ? mails : mails.filter((mail) => mail.template === template)
    if (wanted.length >= count) return wanted
    if (Date.now() > deadline) {
      const present = mails.map((mail) => mail.template).join(', ') || 'nothing'
      throw new Error(`no ${count} mail(s) ${template ?? ''} to ${to} within 5 seconds, but ${present}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** The token of the newest mail of a template. */
export async function mailedToken(to: string, template: Mail['template']): Promise<string> {
  const [mail] = await mailbox(to, template)
  if (mail?.token === undefined) throw new Error(`the mail ${template} to ${to} carries no token`)
  return mail.token
}

function documented<Body>(answer: Answer<Body>, status: number): Body {
  if (answer.status === status) return answer.body
  throw new Error(`expected ${status}, the service answered ${answer.status}: ${answer.text.slice(0, 500)}`)
}

function payloadText(body: unknown): string | undefined {
  if (body === undefined || typeof body === 'string') return body
  return JSON.stringify(body)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
