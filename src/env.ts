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
  WEBHOOK_QUEUE: Queue<OutboxQueueMessage>
  BURST_STANDARD: RateLimit
  BURST_WIDE: RateLimit
  ENVIRONMENT: string
  PUBLIC_URL: string
  SIGNING_KEYS: string
  TOKEN_SECRET: string
  OPERATOR_TOKEN?: string
  PASSWORD_HASH_COST?: string
  /** What the chosen transport needs; the others are ignored. */
  EMAIL_TRANSPORT?: string
  EMAIL?: SendEmail
  EMAIL_API_URL?: string
  SMTP_URL?: string
  RESEND_API_KEY?: string
  POSTMARK_SERVER_TOKEN?: string
  AWS_REGION?: string
  AWS_ACCESS_KEY_ID?: string
  AWS_SECRET_ACCESS_KEY?: string
}

/** All that we send through queues: which outbox entry or webhook delivery to deliver. Earlier versions sent no tenant. */
export interface OutboxQueueMessage {
  tenant?: string
  id: string
}

export interface Configuration {
  development: boolean
  publicUrl: string
  signingKeys: SigningKeys
  tokenSecret: string
  /** Shows the operator how the outbox is doing; absent: it is not shown. */
  operatorToken?: string | undefined
  /** `light` in development only: hashes that protect nothing and cost nothing. */
  passwordHashCost: 'full' | 'light'
  email: EmailConfiguration
}

export type EmailConfiguration =
  | { transport: 'mailbox' }
  | { transport: 'cloudflare'; binding: SendEmail }
  | { transport: 'smtp'; smtp: SmtpSettings }
  | { transport: 'resend'; apiKey: string; url?: string }
  | { transport: 'postmark'; serverToken: string; url?: string }
  | { transport: 'ses'; region: string; accessKeyId: string; secretAccessKey: string; url?: string }

export interface SmtpSettings {
  host: string
  port: number
  /** `none` in development only. */
  tls: 'implicit' | 'starttls' | 'none'
  credentials?: { user: string; password: string }
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

const secretBytesMin = 32

const secret = z
  .string()
  .refine(
    (text) => new TextEncoder().encode(text).byteLength >= secretBytesMin,
    `must have at least ${secretBytesMin} bytes`,
  )

/** `smtps://` is TLS from the first byte; `smtp://` is STARTTLS, or with `?tls=none` neither. */
const smtpUrl = z.string().transform((text, context): SmtpSettings => {
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  const url = URL.parse(text)
  if (!url?.hostname || !['smtp:', 'smtps:'].includes(url.protocol))
    return refuse('must be smtp://user:password@host:port or smtps://…')
  if (!['', '?tls=none'].includes(url.search) || !['', '/'].includes(url.pathname))
    return refuse('must end with the port, or with ?tls=none')
  const [user, password] = [decoded(url.username), decoded(url.password)]
  if (user === undefined || password === undefined) return refuse('must percent-encode a % sign')
  const implicit = url.protocol === 'smtps:'
  return {
    host: url.hostname,
    port: Number(url.port) || (implicit ? 465 : 587),
    tls: implicit ? 'implicit' : url.search === '' ? 'starttls' : 'none',
    ...(user === '' ? {} : { credentials: { user, password } }),
  }
})

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const needed = z.string().min(1)
const apiUrl = z
  .url({ protocol: /^https?$/ })
  .refine((url) => !url.endsWith('/'), 'must not end with a slash')
  .optional()

const emailVariables = z.discriminatedUnion(
  'EMAIL_TRANSPORT',
  [
    z.object({ EMAIL_TRANSPORT: z.literal('mailbox') }),
    z.object({
      EMAIL_TRANSPORT: z.literal('cloudflare'),
      EMAIL: z.custom<SendEmail>((value) => typeof value === 'object', 'must be a send_email binding'),
    }),
    z.object({ EMAIL_TRANSPORT: z.literal('smtp'), SMTP_URL: smtpUrl }),
    z.object({ EMAIL_TRANSPORT: z.literal('resend'), RESEND_API_KEY: needed, EMAIL_API_URL: apiUrl }),
    z.object({
      EMAIL_TRANSPORT: z.literal('postmark'),
      POSTMARK_SERVER_TOKEN: needed,
      EMAIL_API_URL: apiUrl,
    }),
    z.object({
      EMAIL_TRANSPORT: z.literal('ses'),
      AWS_REGION: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
      AWS_ACCESS_KEY_ID: needed,
      AWS_SECRET_ACCESS_KEY: needed,
      EMAIL_API_URL: apiUrl,
    }),
  ],
  'must be cloudflare, smtp, resend, postmark or ses (mailbox in development)',
)

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
    TOKEN_SECRET: secret,
    OPERATOR_TOKEN: secret.optional(),
    PASSWORD_HASH_COST: z.enum(['full', 'light']).default('full'),
  })
  .and(emailVariables)
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
    if (values.PASSWORD_HASH_COST === 'light') refuse('PASSWORD_HASH_COST', 'must be full in production')
    if (values.EMAIL_TRANSPORT === 'mailbox') refuse('EMAIL_TRANSPORT', 'must deliver in production')
    if ('SMTP_URL' in values && values.SMTP_URL.tls === 'none')
      refuse('SMTP_URL', 'must use TLS in production')
    if ('SMTP_URL' in values && values.SMTP_URL.port === 25)
      refuse('SMTP_URL', 'must not have port 25, which the platform blocks')
    if ('EMAIL_API_URL' in values && values.EMAIL_API_URL?.startsWith('http:'))
      refuse('EMAIL_API_URL', 'must be https in production')
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
  const byDefault = env.ENVIRONMENT === 'development' ? 'mailbox' : undefined
  const result = variables.safeParse({ ...env, EMAIL_TRANSPORT: env.EMAIL_TRANSPORT ?? byDefault })
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new ConfigurationError(`Bad configuration. ${problems.join('; ')}`)
  }
  const { ENVIRONMENT, PUBLIC_URL, SIGNING_KEYS, TOKEN_SECRET, OPERATOR_TOKEN, PASSWORD_HASH_COST } =
    result.data
  const configuration: Configuration = {
    development: ENVIRONMENT === 'development',
    publicUrl: PUBLIC_URL,
    signingKeys: SIGNING_KEYS,
    tokenSecret: TOKEN_SECRET,
    operatorToken: OPERATOR_TOKEN,
    passwordHashCost: PASSWORD_HASH_COST,
    email: emailConfiguration(result.data),
  }
  parsed.set(env, configuration)
  return configuration
}

function emailConfiguration(values: z.infer<typeof emailVariables>): EmailConfiguration {
  const url =
    'EMAIL_API_URL' in values && values.EMAIL_API_URL !== undefined ? { url: values.EMAIL_API_URL } : {}
  switch (values.EMAIL_TRANSPORT) {
    case 'mailbox':
      return { transport: 'mailbox' }
    case 'cloudflare':
      return { transport: 'cloudflare', binding: values.EMAIL }
    case 'smtp':
      return { transport: 'smtp', smtp: values.SMTP_URL }
    case 'resend':
      return { transport: 'resend', apiKey: values.RESEND_API_KEY, ...url }
    case 'postmark':
      return { transport: 'postmark', serverToken: values.POSTMARK_SERVER_TOKEN, ...url }
    case 'ses':
      return {
        transport: 'ses',
        region: values.AWS_REGION,
        accessKeyId: values.AWS_ACCESS_KEY_ID,
        secretAccessKey: values.AWS_SECRET_ACCESS_KEY,
        ...url,
      }
  }
}
