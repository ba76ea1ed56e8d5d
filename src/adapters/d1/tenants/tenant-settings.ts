/**
 * Stored tenant settings: only what differs from the defaults is kept, and it is checked on the way in and out.
 * Strict, so that a mistyped key is an error and not a setting that silently has no effect.
 * Knows no database; the tenant directory and the command line share it.
 */
import { z } from 'zod'
import { isEmailAddress, tidyEmail } from '../../../domain/credentials/email-address.ts'
import { isRecord } from '../../../domain/base/json.ts'
import {
  defaultTenantSettings,
  lifetimeSecondsMax,
  type TenantSettings,
} from '../../../domain/tenant/tenant.ts'

export type ParsedTenantSettings = { ok: true; settings: TenantSettings } | { ok: false; problems: string[] }

/** KV refuses to keep anything for less than a minute, and one-time tokens live there. */
const lifetimeSeconds = z.int().min(60).max(lifetimeSecondsMax)

const controlCharacter = /\p{Cc}/u
const singleLine = (lengthMax: number) =>
  z
    .string()
    .min(1)
    .max(lengthMax)
    .refine((text) => !controlCharacter.test(text), 'must not contain control characters')

const language = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*$/, 'must be a language tag such as en or en_US')
const currency = z.string().regex(/^[A-Z]{3}$/, 'must be three capital letters such as EUR')
const country = z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters such as DE')
const site = singleLine(64)

const link = z.string().max(2048).refine(isPageUrl, 'must be an https URL (http only on a loopback host)')
const links = z.strictObject({
  optIn: link.exactOptional(),
  passwordReset: link.exactOptional(),
  emailChange: link.exactOptional(),
  deletion: link.exactOptional(),
})
const brand = z.strictObject({
  name: singleLine(100).exactOptional(),
  color: z
    .string()
    .regex(/^#[0-9A-Fa-f]{6}$/, 'must be a colour such as #1f4fbf')
    .exactOptional(),
  logoUrl: link.refine((text) => text.startsWith('https:'), 'must be an https URL').exactOptional(),
})
const origin = z
  .string()
  .refine((text) => text === '*' || isOrigin(text), "must be '*' or an origin such as https://shop.example")
const schemaHost = z
  .string()
  .refine((text) => text === '*' || isHostname(text), "must be '*' or a host name without scheme and port")

const seconds = z.int().min(0).max(lifetimeSecondsMax)

const schema = z
  .strictObject({
    name: singleLine(100).exactOptional(),
    optIn: z.enum(['none', 'double']),
    activeOnCreation: z.boolean(),
    onHoldOnCreation: z.boolean(),
    reuseDeletedIds: z.boolean(),
    restrictions: z.array(singleLine(100)),
    revealExistingAccounts: z.boolean(),
    passwordPolicy: z.enum(['compat', 'standard', 'nist']),
    passwordLengthMin: z.int().min(6).max(64).exactOptional(),
    breachedPasswordCheck: z.strictObject({ url: link, onFailure: z.enum(['accept', 'refuse']) }),
    lifetimes: z.strictObject({
      customerAccessSeconds: lifetimeSeconds,
      customerRefreshSeconds: lifetimeSeconds,
      anonymousAccessSeconds: lifetimeSeconds,
      anonymousRefreshSeconds: lifetimeSeconds,
      serviceAccessSeconds: lifetimeSeconds,
      optInSeconds: lifetimeSeconds,
      passwordResetSeconds: lifetimeSeconds,
      emailChangeSeconds: lifetimeSeconds,
      emailUndoSeconds: lifetimeSeconds,
      invitationSeconds: lifetimeSeconds,
      deletionSeconds: lifetimeSeconds,
    }),
    clientLifetimes: z.strictObject({ accessSeconds: lifetimeSeconds, refreshSeconds: lifetimeSeconds }),
    links,
    sender: z.strictObject({
      name: singleLine(100),
      email: z.string().overwrite(tidyEmail).refine(isEmailAddress, 'must be an e-mail address'),
    }),
    operatorEmail: z
      .string()
      .overwrite(tidyEmail)
      .refine(isEmailAddress, 'must be an e-mail address')
      .exactOptional(),
    brand,
    welcomeMail: z.boolean(),
    noAccountMail: z.boolean(),
    languages: z.array(language).min(1),
    currencies: z.array(currency).min(1),
    countries: z.array(country),
    sites: z.array(site).min(1),
    siteSettings: z.record(
      site,
      z.strictObject({ language: language.exactOptional(), links: links.exactOptional() }),
    ),
    defaults: z.strictObject({ language, currency, site }),
    allowedOrigins: z.array(origin),
    mixinSchemaHosts: z.array(schemaHost),
    cartService: z.strictObject({ url: link }).exactOptional(),
    limits: z.strictObject({
      burst: z.enum(['standard', 'wide']),
      freeFailures: z.int().min(0).max(100),
      delaySeconds: seconds,
      delaySecondsMax: seconds,
      failuresMax: z.int().min(1).max(100),
      lockSeconds: z.int().min(1).max(lifetimeSecondsMax),
      mailsPerHour: z.int().min(1).max(1_000_000),
    }),
    messageRetentionDays: z.int().min(1).max(90),
  })
  .superRefine(({ limits, defaults, languages, currencies, sites, siteSettings }, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (limits.freeFailures > limits.failuresMax)
      refuse(['limits', 'freeFailures'], 'must not be above limits.failuresMax')
    if (limits.delaySecondsMax < limits.delaySeconds)
      refuse(['limits', 'delaySecondsMax'], 'must not be below limits.delaySeconds')
    if (!languages.includes(defaults.language)) refuse(['defaults', 'language'], 'must be one of languages')
    if (!currencies.includes(defaults.currency)) refuse(['defaults', 'currency'], 'must be one of currencies')
    if (!sites.includes(defaults.site)) refuse(['defaults', 'site'], 'must be one of sites')
    for (const name of Object.keys(siteSettings))
      if (!sites.includes(name)) refuse(['siteSettings', name], 'must be one of sites')
  }) satisfies z.ZodType<TenantSettings>

/** Lays the stored part over the defaults and checks the whole; problems read `path: what is wrong`. */
export function parseTenantSettings(stored: unknown): ParsedTenantSettings {
  if (!isRecord(stored)) return { ok: false, problems: ['settings: must be an object'] }
  const result = schema.safeParse(overlay(defaultTenantSettings, stored))
  if (result.success) return { ok: true, settings: result.data }
  const problems = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  )
  return { ok: false, problems }
}

/** Objects are merged, everything else, lists included, is replaced. */
function overlay(base: unknown, top: unknown): unknown {
  if (!isRecord(base) || !isRecord(top)) return top
  const merged = new Map(Object.entries(base))
  for (const [key, value] of Object.entries(top)) merged.set(key, overlay(merged.get(key), value))
  return Object.fromEntries(merged)
}

function isPageUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

function isOrigin(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false
  const { origin: normal, hostname } = new URL(text)
  return normal === text && isHostname(hostname)
}

function isHostname(text: string): boolean {
  if (!/^([a-z0-9_.-]+|\[[0-9a-f:]+\])$/.test(text)) return false
  return URL.canParse(`https://${text}/`) && new URL(`https://${text}/`).hostname === text
}
