/**
 * Every endpoint of every dialect under requests that fast-check makes of the endpoint's own schemas, from callers of all kinds.
 * 2,000 requests, 50,000 with `npm run fuzz`. The seed is printed; `FUZZ_SEED` replays it.
 */
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { accountDialect } from '../../src/pages/account.ts'
import { anonymous, call, logIn, newCustomer, request, serviceToken, signUp } from '../support/client.ts'
import { requestsOf, type FuzzRequest, type Ids } from './requests.ts'
import { routes, type Route } from './routes.ts'
import { newTenant, outboxEmpty, serviceWith } from './service.ts'

const total = Number(env.TEST_FUZZ_REQUESTS)
const seed = env.TEST_FUZZ_SEED === '' ? (Math.random() * 2 ** 31) | 0 : Number(env.TEST_FUZZ_SEED)
/** Requests end sessions and erase accounts, so callers are made anew now and then. */
const batchSize = 100

/** What an error of the dialect looks like, by the dialect's name. */
const errorShapes: Record<string, (status: number) => unknown> = {
  emporix: (status) => ({ status, message: expect.any(String) }),
  'emporix companies': (status) => ({ code: status }),
  oauth: (statusCode) => ({ statusCode, error: expect.any(String) }),
  admin: (status) => ({ status, title: expect.any(String), detail: expect.any(String) }),
  commercetools: (statusCode) => ({ statusCode, message: expect.any(String) }),
}
const gatewayFault = { fault: { faultstring: expect.any(String), detail: { errorcode: expect.any(String) } } }

interface Caller {
  kind: string
  token: string
  foreign: boolean
}

async function callersOf(tenant: string, foreign: boolean): Promise<{ callers: Caller[]; ids: Ids }> {
  const customer = await newCustomer(tenant)
  const tokens = {
    visitor: (await anonymous(tenant)).access_token,
    customer: customer.tokens.access_token,
    service: await serviceToken(tenant),
  }
  const prefix = foreign ? 'foreign ' : ''
  const callers = Object.entries(tokens).map(([kind, token]) => ({ kind: prefix + kind, token, foreign }))
  const { id } = customer
  return { callers, ids: { tenant, parameters: { id, customerNumber: id } } }
}

/** Those who get as far as the handler. */
function callersFit({ endpoint: { access } }: Route, callers: Caller[]): Caller[] {
  const fit = callers.filter(
    ({ kind, foreign }) =>
      !foreign &&
      (access?.kinds ?? []).some((wanted) => wanted === (kind === 'visitor' ? 'anonymous' : kind)),
  )
  return fit.length > 0 ? fit : callers
}

function isOwnError({ dialect }: Route, status: number, type: string, text: string): boolean {
  if (dialect.name === accountDialect.name) return type.startsWith('text/html')
  const body = parsed(text)
  const shapes = [errorShapes[dialect.name]?.(status), gatewayFault]
  return shapes.some((shape) => shape !== undefined && fits(body, shape))
}

/** An endpoint of the vendor's that the service says it does not have yet. */
function isUnbuilt({ dialect }: Route, status: number, text: string): boolean {
  const refusal = dialect.presentFailure({ kind: 'NotImplemented' }, { source: 'query' })
  return status === refusal.status && text === JSON.stringify(refusal.body)
}

function fits(body: unknown, shape: unknown): boolean {
  try {
    expect(body).toMatchObject(shape as object)
    return true
  } catch {
    return false
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

it(
  `no request makes a server error, opens another tenant's door or shows in the log: ${total} requests`,
  { timeout: 60_000 + total * 60 },
  async () => {
    console.info(`fuzz: FUZZ_SEED=${seed} FUZZ_REQUESTS=${total}`)
    const fetched = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async () => Response.json({ type: 'object' }))
    const service = serviceWith(() => ({}))
    const home = await newTenant()
    const elsewhere = await newTenant()
    const counts: Record<string, Record<number, number>> = {}
    const failures: string[] = []

    for (let sent = 0; sent < total && failures.length < 20; sent += batchSize) {
      const own = await callersOf(home, false)
      const others = await callersOf(elsewhere, true)
      const callers = [{ kind: 'nobody', token: '', foreign: false }, ...own.callers, ...others.callers]
      const size = Math.min(batchSize, total - sent)
      const wanted = fc
        .constantFrom(...routes)
        .chain((route) =>
          fc
            .oneof(fc.constantFrom(...callers), fc.constantFrom(...callersFit(route, callers)))
            .chain((caller) =>
              requestsOf(route, own.ids, caller.token).map((made) => ({ route, caller, made })),
            ),
        )
      for (const { route, caller, made } of fc.sample(wanted, { seed: seed + sent, numRuns: size })) {
        const { status, type, text } = await send(made)
        const ofDialect = (counts[route.dialect.name] ??= {})
        ofDialect[status] = (ofDialect[status] ?? 0) + 1
        const complain = (what: string) =>
          failures.push(
            `${what}: ${route.name} by ${caller.kind}: ${JSON.stringify(made).slice(0, 1500)} → ${status} ${text.slice(0, 300)}`,
          )
        if (status >= 500 && !isUnbuilt(route, status, text)) complain('server error')
        if (made.straight && status >= 400 && !isOwnError(route, status, type, text))
          complain('foreign words')
        const guarded = route.endpoint.access !== undefined && route.endpoint.tenantFrom === 'path'
        if (caller.foreign && guarded && made.straight && status < 300) complain('open door')
        const leaked = service.lines.find(
          (line) => /canary/i.test(line) || (caller.token && line.includes(caller.token)),
        )
        if (leaked !== undefined) complain(`in the log, ${leaked.slice(0, 500)}`)
        service.lines.length = 0
      }
    }
    console.info(`fuzz: ${JSON.stringify(counts)}`)
    fetched.mockRestore()

    expect(failures).toEqual([])
    expect(Object.keys(counts).sort()).toEqual([...new Set(routes.map(({ dialect }) => dialect.name))].sort())
    expect(await call('GET', '/health')).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect(await logIn(home, await signUp(home))).toMatchObject({ access_token: expect.any(String) })
    await outboxEmpty()

    async function send({ method, path, options: { token, ...options } }: FuzzRequest) {
      const bearer = token === '' || token === undefined ? {} : { token }
      const response = await service.fetch(request(method, path, { ...options, ...bearer }))
      const type = response.headers.get('Content-Type') ?? ''
      return { status: response.status, type, text: await response.text() }
    }
  },
)
