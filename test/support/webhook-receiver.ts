/**
 * A receiver of webhooks outside of the Worker, as a shop would run one: it checks every event with the public library of
 * Standard Webhooks, and with Emporix's rule where that header is there. Started once per run, reached by the URL that
 * tests `inject`. Each test has a key of its own in the path.
 */
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    webhookReceiver: string
  }
}

/** What the receiver of one key knows and does. */
export interface ReceiverPlan {
  /** Without one nothing is checked. */
  secret?: string
  /** Answers to the next events, in order; 0 hangs up, -1 never answers. After them 204. */
  answers?: number[]
  headers?: Record<string, string>
  /** Answers only when this other key has received something. */
  after?: string
}

export interface ReceivedEvent {
  headers: Record<string, string>
  text: string
  body: Record<string, unknown>
  answer: number
  /** Absent: not checked. */
  standard?: 'good' | 'bad'
  emporix?: 'good' | 'bad' | 'absent'
}

export default async function setup(project: TestProject): Promise<() => void> {
  const server = createServer(receiver()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  project.provide('webhookReceiver', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return () => {
    server.closeAllConnections()
    server.close()
  }
}

/** `PUT /plan/{key}`, `GET /received/{key}`, and `POST /{key}` for the events. */
function receiver() {
  const plans = new Map<string, ReceiverPlan>()
  const received = new Map<string, ReceivedEvent[]>()

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, first = '', key = ''] = (request.url ?? '').split('/')
    const body = await text(request)
    if (first === 'plan') {
      plans.set(key, JSON.parse(body) as ReceiverPlan)
      return void response.writeHead(204).end()
    }
    if (first === 'received') {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      return void response.end(JSON.stringify(received.get(key) ?? []))
    }
    const plan = plans.get(first) ?? {}
    const answer = plan.answers?.shift() ?? 204
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    const event = { headers, text: body, body: parsed(body), answer, ...checked(plan, headers, body) }
    received.set(first, [...(received.get(first) ?? []), event])
    while (plan.after !== undefined && !received.has(plan.after)) await pause(10)
    if (answer === 0) return void request.socket.destroy()
    if (answer > 0) response.writeHead(answer, plan.headers ?? {}).end('an answer that nobody may see')
  }

  return (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  }
}

function checked(
  { secret }: ReceiverPlan,
  headers: Record<string, string>,
  body: string,
): Pick<ReceivedEvent, 'standard' | 'emporix'> {
  if (secret === undefined) return {}
  return { standard: standardSays(secret, headers, body), emporix: emporixSays(secret, headers, body) }
}

function standardSays(secret: string, headers: Record<string, string>, body: string): 'good' | 'bad' {
  try {
    new Webhook(secret).verify(body, headers)
    return 'good'
  } catch {
    return 'bad'
  }
}

/** Written from the vendor's rule: the parsed body again as JSON, with the keys in alphabetical order at every level. */
function emporixSays(
  secret: string,
  headers: Record<string, string>,
  body: string,
): 'good' | 'bad' | 'absent' {
  const signature = headers['emporix-event-signature']
  if (signature === undefined) return 'absent'
  const sorted = JSON.stringify(JSON.parse(body), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
  return createHmac('sha256', secret).update(sorted).digest('base64') === signature ? 'good' : 'bad'
}

function parsed(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>
  } catch {
    return {}
  }
}
