/**
 * The service with some of its ports replaced or watched, and tenants with settings of their own.
 * Everything that is not replaced works on the real bindings, so customers can be shared with the deployed-like Worker.
 */
import type { Ports } from '../../src/flows/ports/index.ts'
import { env } from 'cloudflare:workers'
import { composePorts } from '../../src/adapters/index.ts'
import { jsonLog } from '../../src/adapters/log/json-log.ts'
import { buildApp, eventPresenters } from '../../src/app.ts'
import { adminScopes, storefrontScopes } from '../../src/cli/scopes.ts'
import { hashClientSecret, insertClient, insertTenant } from '../../src/cli/database/sql.ts'
import { buildFlows } from '../../src/flows/index.ts'
import { call, request, type Answer, type CallOptions } from '../support/client.ts'

export interface Service {
  call: typeof call
  fetch(request: Request): Promise<Response>
  /** What the service has logged. */
  lines: string[]
}

export function serviceWith(change: (ports: Ports) => Partial<Ports>, { development = true } = {}): Service {
  const ports = composePorts(env)
  const lines: string[] = []
  const flows = buildFlows({ ...ports, ...change(ports) }, eventPresenters)
  const app = buildApp(flows, { development, log: jsonLog((_level, line) => lines.push(line)) })
  const fetch = async (incoming: Request) => app.fetch(incoming)
  return {
    lines,
    fetch,
    async call<Body>(method: string, path: string, options?: CallOptions): Promise<Answer<Body>> {
      const response = await fetch(request(method, path, options))
      const text = await response.text()
      const body = (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : undefined) as Body
      return { status: response.status, headers: response.headers, text, body }
    },
  }
}

/** A port whose every call goes through `intercept` first. */
export function intercepted<P extends object>(port: P, intercept: (method: string) => void): P {
  return new Proxy(port, {
    get(target, method) {
      const value: unknown = Reflect.get(target, method)
      if (typeof value !== 'function') return value
      return (...given: unknown[]): unknown => {
        intercept(String(method))
        return Reflect.apply(value, target, given)
      }
    },
  })
}

/** All ports but `defer`, each intercepted under its name. */
export function interceptAll(ports: Ports, intercept: (call: string) => void): Ports {
  const wrapped = Object.entries(ports).map(([name, port]: [string, object]) => [
    name,
    typeof port === 'function' ? port : intercepted(port, (method) => intercept(`${name}.${method}`)),
  ])
  return Object.fromEntries(wrapped) as Ports
}

/** Limits that no test notices, for tests that are not about limits. */
export const wideLimits = { burst: 'wide', freeFailures: 100, failuresMax: 100, mailsPerHour: 100_000 }

/** Another tenant at each call, with the two usual clients. */
export async function newTenant(settings: object = {}): Promise<string> {
  const key = `t${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`
  const at = '2026-01-01T00:00:00.000Z'
  const client = (name: string, scopes: readonly string[]) =>
    insertClient(
      {
        id: `${key}-${name}`,
        tenant: key,
        secretHash: hashClientSecret(`${key}-${name}-secret`),
        scopes: [...scopes],
      },
      at,
    )
  await env.DB.batch(
    [
      insertTenant(key, { limits: wideLimits, ...settings }, at),
      client('storefront', storefrontScopes),
      client('admin', adminScopes),
    ].map((statement) => env.DB.prepare(statement)),
  )
  return key
}

/** Waits until every ordered mail has been delivered or found to have no reader. */
export async function outboxEmpty(): Promise<void> {
  const deadline = Date.now() + 5000
  for (;;) {
    const left = await env.DB.prepare('SELECT count(*) AS count FROM outbox').first<number>('count')
    if (left === 0) return
    if (Date.now() > deadline) throw new Error(`${left} mail(s) are still in the outbox after 5 seconds`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
