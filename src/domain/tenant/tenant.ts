/**
 * A tenant: its settings with their defaults, and its OAuth clients. Validation of stored settings is the store's work.
 * What a key can be is the business of `tenant-urls.ts`.
 */
import { invalid, type Result } from '../base/result.ts'

export interface TenantSettings {
  /** For people; absent: the key. */
  name?: string
  /** `double`: an account works only after the link in the sign-up mail has been followed. */
  optIn: 'none' | 'double'
  activeOnCreation: boolean
  onHoldOnCreation: boolean
  /** The id of a customer who was deleted may be given to another, whom nothing of the first one reaches. */
  reuseDeletedIds: boolean
  /** What the `restriction` of a customer or a legal entity may be. */
  restrictions: string[]
  /** False: a sign-up or e-mail change to a taken address answers like a free one, and the owner gets a mail. */
  revealExistingAccounts: boolean
  /** What new passwords have to satisfy: `password-policy.ts`. */
  passwordPolicy: 'compat' | 'standard' | 'nist'
  /** Makes the policy's minimum stricter; counted in code points after NFKC. */
  passwordLengthMin?: number
  breachedPasswordCheck: {
    /** Of a service that speaks the range protocol; five characters of a hash are appended. */
    url: string
    /** What happens to a new password while that service does not answer. */
    onFailure: 'accept' | 'refuse'
  }
  lifetimes: Lifetimes
  /** Of sessions that OAuth clients open (commercetools); the refresh token lives on with each use. */
  clientLifetimes: { accessSeconds: number; refreshSeconds: number }
  /** Pages that mailed links open, the token is appended to them; absent: the pages of this service. */
  links: Links
  sender: { name: string; email: string }
  /** Who is told when something of the tenant's stops working; absent: no mail is sent. */
  operatorEmail?: string
  /** How mails look. The name is the sender's unless it is given. */
  brand: Brand
  /** Whether a new account is welcomed by mail once it works. */
  welcomeMail: boolean
  /** Whether an address without an account is told so by mail when a password reset is asked for it. */
  noAccountMail: boolean
  languages: string[]
  currencies: string[]
  /** Where the tenant does business, as ISO 3166-1 alpha-2. */
  countries: string[]
  sites: string[]
  /** What single sites have instead of the tenant's, by their names; `language` is that of mails. */
  siteSettings: Record<string, { language?: string; links?: Links }>
  defaults: { language: string; currency: string; site: string }
  /** Origins whose pages may call this tenant from a browser; `*` for any. */
  allowedOrigins: string[]
  /** Hosts that mixin schemas may be loaded from; `*` for any public one. A schema is as trusted as code. */
  mixinSchemaHosts: string[]
  /** Told about each log-in to the commercetools API; its answer is the cart that the log-in's answer carries. */
  cartService?: { url: string }
  limits: AttemptLimits
  /** How long it can be read what has happened. */
  messageRetentionDays: number
}

export interface Links {
  optIn?: string
  passwordReset?: string
  emailChange?: string
  deletion?: string
}

export interface Brand {
  name?: string
  /** `#rrggbb`; the letters on it are black or white, whichever can be read better. */
  color?: string
  /** A picture on a white ground, shown 48 pixels high. */
  logoUrl?: string
}

export interface Lifetimes {
  customerAccessSeconds: number
  customerRefreshSeconds: number
  anonymousAccessSeconds: number
  anonymousRefreshSeconds: number
  serviceAccessSeconds: number
  optInSeconds: number
  passwordResetSeconds: number
  emailChangeSeconds: number
  /** For how long the old address can take a change back. */
  emailUndoSeconds: number
  /** Of a link by which the owner of an account that others have made chooses the first password. */
  invitationSeconds: number
  deletionSeconds: number
}

export interface AttemptLimits {
  /** Which of the deployment's two burst limits per network and account applies. */
  burst: 'standard' | 'wide'
  /** Failures in a row that cost nothing but themselves. */
  freeFailures: number
  /** Pause after the first failure that is not free; doubles with each further one. */
  delaySeconds: number
  delaySecondsMax: number
  /** Failures in a row after which the account is locked, at most 100 (NIST SP 800-63B-4 §3.2.2). */
  failuresMax: number
  lockSeconds: number
  /** Mails that strangers can cause to one recipient within an hour. */
  mailsPerHour: number
}

export interface Tenant {
  key: string
  createdAt: string
  settings: TenantSettings
}

export interface Client {
  id: string
  tenant: string
  /** SHA-256 of the secret, hexadecimal; generated secrets have 256 bits, so no slow hash is needed. */
  secretHash: string
  scopes: string[]
  /** Service tokens that were issued until then, milliseconds since the epoch, are good for nothing. */
  revokedAt?: number
}

const day = 86_400

/** A tenant may let no token live longer. */
export const lifetimeSecondsMax = 365 * day
/**
 * How long a visitor's id is kept from all others: its refresh token lives as long from its issue as the tenant said then, and
 * an access token got with it at the last moment as long again.
 */
export const anonymousIdKeptSeconds = 2 * lifetimeSecondsMax

export const defaultTenantSettings: TenantSettings = {
  optIn: 'none',
  activeOnCreation: true,
  onHoldOnCreation: false,
  reuseDeletedIds: false,
  restrictions: [],
  revealExistingAccounts: true,
  passwordPolicy: 'compat',
  breachedPasswordCheck: { url: 'https://api.pwnedpasswords.com/range/', onFailure: 'refuse' },
  lifetimes: {
    customerAccessSeconds: 30 * day,
    customerRefreshSeconds: day,
    anonymousAccessSeconds: 3600,
    anonymousRefreshSeconds: day,
    serviceAccessSeconds: 14_400,
    optInSeconds: day,
    passwordResetSeconds: 3600,
    emailChangeSeconds: day,
    emailUndoSeconds: 3 * day,
    invitationSeconds: 7 * day,
    deletionSeconds: day,
  },
  clientLifetimes: { accessSeconds: 2 * day, refreshSeconds: 200 * day },
  links: {},
  sender: { name: 'Customer service', email: 'no-reply@patron.example' },
  brand: {},
  welcomeMail: false,
  noAccountMail: false,
  languages: ['en', 'en_US'],
  currencies: ['USD', 'EUR'],
  countries: [],
  sites: ['main'],
  siteSettings: {},
  defaults: { language: 'en_US', currency: 'USD', site: 'main' },
  allowedOrigins: [],
  mixinSchemaHosts: [],
  limits: {
    burst: 'standard',
    freeFailures: 5,
    delaySeconds: 1,
    delaySecondsMax: 60,
    failuresMax: 20,
    lockSeconds: 900,
    mailsPerHour: 5,
  },
  messageRetentionDays: 15,
}

/** What a customer or a legal entity is restricted to has to be configured. */
export function refusedRestriction(
  { settings }: Tenant,
  field: string,
  restriction: string | undefined,
): Result<never> | undefined {
  if (restriction === undefined || settings.restrictions.includes(restriction)) return undefined
  return invalid(field, 'This is none of the restrictions that are configured.')
}

/**
 * Settings that are valid each but do not keep what they promise together, in words for the operator. They are refused when they
 * are made; a tenant that has them from earlier goes on.
 */
export function contradictions({ optIn, revealExistingAccounts }: TenantSettings): string[] {
  return revealExistingAccounts || optIn === 'double'
    ? []
    : [
        "revealExistingAccounts: false needs optIn 'double', because an account that works at once tells by working that its address was free",
      ]
}
