/**
 * What no implementation can do without, and nothing else: Hono, one verified EdDSA token, the same storage calls and as
 * many bytes of answer as the service needs. No rules, no limits, no log. The service is measured against it.
 */
import { DurableObject } from 'cloudflare:workers'
import { Hono, type Context } from 'hono'
import { importJWK, jwtVerify, type JWK } from 'jose'
import { argon2 } from '../../src/adapters/crypto/argon2.ts'

interface Env {
  DB: D1Database
  CUSTOMERS: DurableObjectNamespace<CustomerObject>
  ATTEMPTS: DurableObjectNamespace<AttemptCounterObject>
  SIGNING_KEYS: string
  PUBLIC_URL: string
}

/** What the answers are padded with, to be as long as the service's. */
interface Fill {
  profile: Record<string, unknown>
  signedIn: Record<string, unknown>
  headers: Record<'read' | 'update' | 'logIn', string>
}

const cost = { memoryKib: 19_456, passes: 2, lanes: 1 }
const text = new TextEncoder()

export class CustomerObject extends DurableObject<Env> {
  /** Comes back after an eviction; a version of its own each time keeps the messages apart. */
  #profile = this.ctx.storage.kv.get<Record<string, unknown>>('profile') ?? {}
  #version = Date.now()

  fill(profile: Record<string, unknown>): void {
    this.#profile = profile
    this.ctx.storage.kv.put('profile', profile)
  }

  read(): Record<string, unknown> {
    return this.#profile
  }

  async update(change: Record<string, unknown>): Promise<void> {
    await this.#write(change)
  }

  async logIn(session: string): Promise<void> {
    await this.#write({})
    this.ctx.storage.kv.put('session', session)
  }

  /** One batch with two statements: the row and, for an update, a message; for a log-in, the account. */
  async #write(change: Record<string, unknown>): Promise<void> {
    this.#version += 1
    this.#profile = { ...this.#profile, ...change }
    const name = this.ctx.id.name ?? ''
    await this.env.DB.batch([
      this.env.DB.prepare('UPDATE customers SET version = ?, profile = ? WHERE tenant = ? AND id = ?').bind(
        this.#version,
        JSON.stringify(this.#profile),
        'floor',
        name,
      ),
      this.env.DB.prepare(
        'INSERT INTO messages (tenant, resource_id, sequence, id, resource_version, type, payload, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ).bind(
        'floor',
        name,
        this.#version,
        crypto.randomUUID(),
        this.#version,
        'changed',
        JSON.stringify(change),
        new Date().toISOString(),
      ),
    ])
  }
}

export class AttemptCounterObject extends DurableObject<Env> {
  async attempt(now: number): Promise<number> {
    const failures = this.ctx.storage.kv.get<number>('failures') ?? 0
    this.ctx.storage.kv.put('failures', failures + 1)
    await this.ctx.storage.setAlarm(now + 86_400_000)
    return failures
  }

  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll()
  }
}

const app = new Hono<{ Bindings: Env }>()
let key: CryptoKey | undefined
let fill: Fill = { profile: {}, signedIn: {}, headers: { read: '', update: '', logIn: '' } }

app.post('/fill', async (context) => {
  fill = await context.req.json<Fill>()
  return context.body(null, 204)
})

app.post('/customers/:name', async (context) => {
  const name = context.req.param('name')
  const { email } = await context.req.json<{ email: string }>()
  const { DB, CUSTOMERS } = context.env
  await CUSTOMERS.getByName(name).fill(fill.profile)
  const time = new Date().toISOString()
  await DB.batch([
    DB.prepare(
      "INSERT INTO customers (tenant, id, version, operation_id, message_sequence, created_at, modified_at, profile, credentials, credentials_revision) VALUES ('floor', ?, 1, '', 0, ?, ?, ?, '{}', 1)",
    ).bind(name, time, time, JSON.stringify(fill.profile)),
    DB.prepare(
      "INSERT INTO accounts (tenant, email_key, customer_id, id, position, email, password_hash, initial_password) VALUES ('floor', ?, ?, 'account', 0, ?, '', 0)",
    ).bind(email, name, email),
  ])
  return context.body(null, 204)
})

app.get('/read/:name', async (context) => {
  await verified(context)
  const { CUSTOMERS } = context.env
  const profile = await CUSTOMERS.getByName(context.req.param('name')).read()
  return context.json(profile, 200, { 'X-Fill': fill.headers.read })
})

app.patch('/update/:name', async (context) => {
  await verified(context)
  const change = await context.req.json<Record<string, unknown>>()
  await context.env.CUSTOMERS.getByName(context.req.param('name')).update(change)
  return context.body(null, 200, { 'X-Fill': fill.headers.update })
})

app.post('/login', async (context) => {
  await verified(context)
  const { email, password } = await context.req.json<{ email: string; password: string }>()
  const { DB, CUSTOMERS, ATTEMPTS } = context.env
  const account = await DB.prepare(
    'SELECT a.*, c.credentials, c.credentials_revision, c.profile FROM accounts a JOIN customers c ON c.tenant = a.tenant AND c.id = a.customer_id WHERE a.tenant = ? AND a.email_key = ?',
  )
    .bind('floor', email)
    .first<{ customer_id: string }>()
  await ATTEMPTS.getByName(email).attempt(Date.now())
  hash(password)
  await CUSTOMERS.getByName(account?.customer_id ?? '').logIn(crypto.randomUUID())
  return context.json(fill.signedIn, 200, { 'X-Fill': fill.headers.logIn })
})

app.post('/hash', async (context) => {
  const { password } = await context.req.json<{ password: string }>()
  hash(password)
  return context.body(null, 204)
})

function hash(password: string): Uint8Array {
  return argon2(text.encode(password), new Uint8Array(16), cost, 32)
}

async function verified(context: Context<{ Bindings: Env }>): Promise<void> {
  const { SIGNING_KEYS, PUBLIC_URL } = context.env
  key ??= (await importJWK(publicPart(SIGNING_KEYS), 'EdDSA')) as CryptoKey
  const token = (context.req.header('Authorization') ?? '').replace('Bearer ', '')
  await jwtVerify(token, key, { algorithms: ['EdDSA'], issuer: PUBLIC_URL })
}

function publicPart(keys: string): JWK {
  const { kty, crv, kid, x } = (JSON.parse(keys) as { current: JWK }).current
  return { kty, crv, kid, x } as JWK
}

export default app
