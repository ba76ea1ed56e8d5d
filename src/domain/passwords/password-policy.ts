/**
 * Which passwords are accepted, before anything is hashed (NIST SP 800-63B-4 §3.1.1.2).
 * Any character is allowed and the whole password counts; its form is NFKC, and its length is in code points. The
 * tenant's policy judges new passwords only; one that a customer logs in with is merely bounded.
 */
import { predictability, type Predictability } from './predictable-password.ts'
import { invalid, ok, type Result } from '../base/result.ts'
import type { Tenant, TenantSettings } from '../tenant/tenant.ts'

export const passwordLengthMax = 256
export const passwordSizeMaxBytes = 1024

export interface PasswordRules {
  lengthMin: number
  /** Compared with the block list and with passwords known from breaches. */
  screened: boolean
}

/** NIST asks for 15 characters where the password is the only factor, and here it is. */
const policies: Record<TenantSettings['passwordPolicy'], PasswordRules> = {
  compat: { lengthMin: 6, screened: false },
  standard: { lengthMin: 8, screened: true },
  nist: { lengthMin: 15, screened: true },
}

/** What a tenant asks of new passwords: its own minimum counts where it is stricter than its policy's. */
export function passwordRules({
  passwordPolicy,
  passwordLengthMin = 0,
}: Pick<TenantSettings, 'passwordPolicy' | 'passwordLengthMin'>): PasswordRules {
  const { lengthMin, screened } = policies[passwordPolicy]
  return { lengthMin: Math.max(lengthMin, passwordLengthMin), screened }
}

/** The form that is counted, hashed and compared. Twice applied it is the same. */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC')
}

/** Of a password that exists already. Fails with `InvalidInput` on `field`; the value is the password as it was typed. */
export function checkPassword(password: string, field = 'password'): Result<string> {
  return checkLength(password, 1, field)
}

/** Of a password that is to be set: as `checkPassword`, and long enough for the tenant. */
export function checkNewPassword({ settings }: Tenant, password: string, field = 'password'): Result<string> {
  return checkLength(password, passwordRules(settings).lengthMin, field)
}

/** Compares the normal form of a password of a customer with these e-mail addresses with the block list. */
export function checkBlockList(
  { key, settings }: Tenant,
  password: string,
  emails: readonly string[],
  field = 'password',
): Result<string> {
  const localParts = emails.map((email) => email.slice(0, email.lastIndexOf('@')))
  const reason = predictability(normalizePassword(password), [key, settings.sender.name, ...localParts])
  return reason ? invalid(field, `The password is too easy to guess: ${explanations[reason]}`) : ok(password)
}

const explanations: Record<Predictability, string> = {
  pattern: 'it is made of repetitions or sequences.',
  common: 'it is made of words that are common in passwords.',
  context: 'it is made of the e-mail address or the name of the shop.',
}

function checkLength(password: string, lengthMin: number, field: string): Result<string> {
  if (password.length > passwordSizeMaxBytes || !password.isWellFormed()) return tooLong(field)
  const normalized = normalizePassword(password)
  const length = [...normalized].length
  if (length < lengthMin) {
    return invalid(field, `The password must have at least ${lengthMin} characters.`, 'out_of_range')
  }
  const bytes = new TextEncoder().encode(normalized).byteLength
  return length > passwordLengthMax || bytes > passwordSizeMaxBytes ? tooLong(field) : ok(password)
}

function tooLong(field: string) {
  return invalid(
    field,
    `The password must be well-formed text of at most ${passwordLengthMax} characters and ${passwordSizeMaxBytes} bytes.`,
    'out_of_range',
  )
}
