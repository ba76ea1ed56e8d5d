/**
 * The bindings, secrets and variables of the Worker, checked at the door.
 * A missing, sample or weak value stops the service with its name and what is wrong with it, never with its content.
 */
import type { JWK } from 'jose'
import { z } from 'zod'

export interface Bindings {
  DB: D1Database
  TOKENS: KVNamespace
  CUSTOMERS: DurableObjectNamespace
  ATTEMPTS: DurableObjectNamespace
  OUTBOX_QUEUE: Queue<OutboxQueueMessage>
  BURST_STANDARD: RateLimit
  BURST_WIDE: RateLimit
  ENVIRONMENT: string
  PUBLIC_URL: string
  SIGNING_KEYS: string
  TOKEN_SECRET: string
}

/** All that travels through the queue: which outbox entry to deliver. */
export interface OutboxQueueMessage {
  id: string
}

export interface Configuration {
  development: boolean
  publicUrl: string
  signingKeys: SigningKeys
  tokenSecret: string
}

/** Private Ed25519 keys as JWK with `kid`: `current` signs, all of them verify and are published. */
export interface SigningKeys {
  current: JWK
  next?: JWK | undefined
  previous?: JWK | undefined
}

const privateKey = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  kid: z.string().min(1),
  x: z.string().length(43),
  d: z.string().length(43),
})

const variables = z
  .object({
    ENVIRONMENT: z.enum(['production', 'development']),
    PUBLIC_URL: z
      .url({ protocol: /^https?$/ })
      .refine((url) => !url.endsWith('/'), 'must not end with a slash'),
    SIGNING_KEYS: z
      .string()
      .transform((text, context) => {
        try {
          return JSON.parse(text) as unknown
        } catch {
          context.addIssue({ code: 'custom', message: 'must be JSON' })
          return z.NEVER
        }
      })
      .pipe(z.object({ current: privateKey, next: privateKey.optional(), previous: privateKey.optional() })),
    TOKEN_SECRET: z
      .string()
      .refine((text) => new TextEncoder().encode(text).byteLength >= 32, 'must have at least 32 bytes'),
  })
  .superRefine((values, context) => {
    if (values.ENVIRONMENT !== 'production') return
    const refuse = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message })
    if (!values.PUBLIC_URL.startsWith('https://')) refuse('PUBLIC_URL', 'must be https in production')
    if (URL.parse(values.PUBLIC_URL)?.hostname.endsWith('example.com'))
      refuse('PUBLIC_URL', 'is still the sample')
    if (/sample|example|change-?me|development/i.test(values.TOKEN_SECRET))
      refuse('TOKEN_SECRET', 'is a sample')
    if (/development|sample/i.test(values.SIGNING_KEYS.current.kid))
      refuse('SIGNING_KEYS', 'is a development key')
  })

/** Names what is wrong with the configuration; the values themselves are not repeated. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

const parsed = new WeakMap<object, Configuration>()

/** Reads the configuration once per environment object. Throws `ConfigurationError`. */
export function readConfiguration(env: Bindings): Configuration {
  const known = parsed.get(env)
  if (known) return known
  const result = variables.safeParse(env)
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new ConfigurationError(`Bad configuration. ${problems.join('; ')}`)
  }
  const { ENVIRONMENT, PUBLIC_URL, SIGNING_KEYS, TOKEN_SECRET } = result.data
  const configuration: Configuration = {
    development: ENVIRONMENT === 'development',
    publicUrl: PUBLIC_URL,
    signingKeys: SIGNING_KEYS,
    tokenSecret: TOKEN_SECRET,
  }
  parsed.set(env, configuration)
  return configuration
}
