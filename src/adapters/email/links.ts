/**
 * Links of mails: the page that the site or the tenant has set, else ours, and the token. Pages are taken byte for byte
 * from the settings, never from a request.
 */
import type { MailedTokenPurpose } from '../../domain/base/names.ts'
import { ofSite } from '../../domain/mail/mail-template.ts'
import type { Links, Tenant } from '../../domain/tenant/tenant.ts'

/** Setting with the tenant's page, and our own page, for each purpose. */
const pages: Record<MailedTokenPurpose, { setting?: keyof Links; page: string }> = {
  opt_in: { setting: 'optIn', page: 'opt-in' },
  password_reset: { setting: 'passwordReset', page: 'reset-password' },
  email_change: { setting: 'emailChange', page: 'change-email' },
  email_confirmation: { page: 'confirm-email' },
  account_confirmation: { page: 'confirm-account' },
  disowning: { page: 'not-me' },
  // Neither vendor has an endpoint that a page of the tenant's could call.
  email_undo: { page: 'undo-email-change' },
  deletion: { setting: 'deletion', page: 'delete' },
}

/** `publicUrl` without a slash at its end. */
export function linkTo(
  publicUrl: string,
  { key, settings }: Tenant,
  site: string | undefined,
  purpose: MailedTokenPurpose,
  secret: string,
): string {
  const { setting, page } = pages[purpose]
  const own = setting && (ofSite(settings.siteSettings, site)?.links?.[setting] ?? settings.links[setting])
  return withToken(own ?? `${publicUrl}/account/${key}/${page}?token=`, encodeURIComponent(secret))
}

/** A prefix that ends with `=` is finished but for the token; to any other the token is added as a query parameter. */
function withToken(prefix: string, token: string): string {
  if (prefix.endsWith('=')) return prefix + token
  const hash = prefix.indexOf('#')
  const [base, fragment] = hash < 0 ? [prefix, ''] : [prefix.slice(0, hash), prefix.slice(hash)]
  const separator = /[?&]$/.test(base) ? '' : base.includes('?') ? '&' : '?'
  return `${base}${separator}token=${token}${fragment}`
}
