/**
 * `npm run bench -- --timing`: whether the time of an answer tells if an address has an account. Known and unknown addresses are
 * asked in turns, each twice, because the first probe of an address makes its counter. Printed for each call: both medians, and
 * the AUC, which is the chance that an unknown address takes longer; 0.5 tells nothing.
 */
import { hashClientSecret, insertClient, insertTenant } from '../../src/cli/database/sql.ts'
import { adminScopes, storefrontScopes } from '../../src/cli/scopes.ts'
import { answered, median, row, type Call } from './calls.ts'
import type { Platform } from './platform.ts'

const tenant = 'hiding'
const password = 'correct horse battery'
/** What is delivered after an answer is not to slow the next one down. */
const restMilliseconds = 20

interface Probe {
  name: string
  status: number
  callOf(email: string, caller: Caller): Call
}

interface Caller {
  email: string
  token: string
}

interface Times {
  known: number[]
  unknown: number[]
}

export async function timing(service: Platform, rounds: number): Promise<string> {
  await makeTenant(service)
  const visitor = await visitorToken(service)
  const office = await officeToken(service)
  const lines = ['call', 'probe', 'known, median ms', 'unknown, median ms', 'AUC', '0.45–0.55']
  const table = [row(lines), row(lines.map((_, index) => (index < 2 ? '---' : '--:')))]
  for (const probe of probesOf(visitor)) {
    const first: Times = { known: [], unknown: [] }
    const later: Times = { known: [], unknown: [] }
    // What a fresh Worker does once is nobody's secret.
    await measure(service, probe, visitor, office, 3, [])
    await measure(service, probe, visitor, office, rounds, [first, later])
    table.push(line(probe.name, 'first', first), line(probe.name, 'later', later))
  }
  return table.join('\n')
}

async function measure(
  service: Platform,
  probe: Probe,
  visitor: string,
  office: string,
  rounds: number,
  into: Times[],
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const caller = await newCaller(service, visitor, office)
    const known = await newAccount(service, office)
    const unknown = newAddress()
    await rest()
    for (const times of into.length > 0 ? into : [undefined, undefined]) {
      const turns = [
        { email: known, list: times?.known },
        { email: unknown, list: times?.unknown },
      ]
      if (Math.random() < 0.5) turns.reverse()
      for (const { email, list } of turns) {
        const took = await time(service, probe.callOf(email, caller), probe.status)
        list?.push(took)
        await rest()
      }
    }
  }
}

function probesOf(visitor: string): Probe[] {
  const post = (path: string, token: string, body: Record<string, unknown>): Call => ({
    method: 'POST',
    path: `/customer/${tenant}${path}`,
    token,
    body,
  })
  return [
    {
      name: 'log-in',
      status: 401,
      callOf: (email) => post('/login', visitor, { email, password: 'a wrong password' }),
    },
    { name: 'reset', status: 204, callOf: (email) => post('/password/reset', visitor, { email }) },
    { name: 'sign-up', status: 201, callOf: (email) => post('/signup', visitor, { email, password }) },
    {
      name: 'resent link',
      status: 202,
      callOf: (email) => post('/signup/optin/refresh_token', visitor, { email }),
    },
    {
      name: 'e-mail change',
      status: 204,
      callOf: (newEmail, { email, token }) =>
        post('/me/accounts/internal/email/change', token, { email, password, newEmail }),
    },
    {
      name: 'account assignment',
      status: 201,
      callOf: (email, { token }) => post('/me/accounts/internal', token, { email, password }),
    },
  ]
}

async function time({ url }: Platform, { method, path, token, body }: Call, status: number): Promise<number> {
  const headers = {
    'CF-Connecting-IP': '203.0.113.7',
    'Content-Type': 'application/json',
    Authorization: `Bearer ${token}`,
  }
  const before = performance.now()
  const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) })
  const text = await response.text()
  const took = performance.now() - before
  if (response.status !== status) throw new Error(`${path} answered ${response.status}: ${text}`)
  return took
}

async function makeTenant({ database }: Platform): Promise<void> {
  const at = new Date().toISOString()
  const limits = { burst: 'wide', freeFailures: 100, failuresMax: 100, mailsPerHour: 100_000 }
  const settings = { limits, optIn: 'double', revealExistingAccounts: false }
  const client = (name: string, scopes: readonly string[]) =>
    insertClient(
      {
        id: `${tenant}-${name}`,
        tenant,
        secretHash: hashClientSecret(`${tenant}-${name}-secret`),
        scopes: [...scopes],
      },
      at,
    )
  for (const statement of [
    insertTenant(tenant, settings, at),
    client('storefront', storefrontScopes),
    client('admin', adminScopes),
  ])
    await database.prepare(statement).run()
}

async function visitorToken(service: Platform): Promise<string> {
  const path = `/customerlogin/auth/anonymous/login?tenant=${tenant}&client_id=${tenant}-storefront`
  const { body } = await answered<{ access_token: string }>(service, { method: 'GET', path })
  return body.access_token
}

async function officeToken({ url }: Platform): Promise<string> {
  const form = {
    grant_type: 'client_credentials',
    client_id: `${tenant}-admin`,
    client_secret: `${tenant}-admin-secret`,
  }
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) })
  const body = (await response.json()) as { access_token?: string }
  if (body.access_token === undefined) throw new Error(`no token: ${JSON.stringify(body)}`)
  return body.access_token
}

/** An account whose address counts as proved. */
async function newAccount(service: Platform, office: string): Promise<string> {
  const email = newAddress()
  const body = { email, password, isEmailVerified: true }
  await answered(service, { method: 'POST', path: `/${tenant}/customers`, token: office, body })
  return email
}

async function newCaller(service: Platform, visitor: string, office: string): Promise<Caller> {
  const email = await newAccount(service, office)
  const { body } = await answered<{ access_token: string }>(service, {
    method: 'POST',
    path: `/customer/${tenant}/login`,
    token: visitor,
    body: { email, password },
  })
  return { email, token: body.access_token }
}

function newAddress(): string {
  return `ada.${crypto.randomUUID()}@shop.example`
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, restMilliseconds))
}

function line(name: string, probe: string, { known, unknown }: Times): string {
  const auc = aucOf(known, unknown)
  const verdict = auc >= 0.45 && auc <= 0.55 ? 'yes' : 'no'
  return row([name, probe, median(known).toFixed(1), median(unknown).toFixed(1), auc.toFixed(3), verdict])
}

/** The chance that one of `above` is greater than one of `below`; equal ones count half. */
function aucOf(below: number[], above: number[]): number {
  const wins = above.flatMap((high) => below.map((low) => (high > low ? 1 : high === low ? 0.5 : 0)))
  return wins.reduce<number>((sum, win) => sum + win, 0) / wins.length
}
