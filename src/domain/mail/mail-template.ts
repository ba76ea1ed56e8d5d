/**
 * The words of a mail as a tenant may write them: which variables there are, which have to be there, and how long the
 * parts may be. The syntax is mustache's and known to the renderer alone; which words a reader gets is decided here.
 */
import { mailPurpose, type MailTemplate } from './mail.ts'
import type { Tenant } from '../tenant/tenant.ts'

/** Three mustache templates; `html` is what stands inside the frame that all mails share. */
export interface MailWords {
  subject: string
  text: string
  html: string
}

/** Words in one language; `language` is a tag in lower case with hyphens, as in `de` or `de-at`. */
export interface MailTranslation extends MailWords {
  language: string
}

/** A translation of the tenant's own, in place of the built-in one. */
export interface MailTemplateOverride extends MailTranslation {
  template: MailTemplate
  modifiedAt: string
}

export type MailPart = keyof MailWords

/** In UTF-16 units. */
export const mailPartLengthMax: Record<MailPart, number> = { subject: 200, text: 10_000, html: 40_000 }

/** About the reader: absent when it is not known, or could be taken for a link. */
const readerVariables = ['name', 'firstName', 'lastName'] as const
/** Always there. */
const commonVariables = ['shop', 'email'] as const
/** In mails with a link: where it leads, and for how long, as in "24 hours". */
const linkVariables = ['link', 'validFor'] as const

export type MailVariable =
  (typeof readerVariables)[number] | (typeof commonVariables)[number] | (typeof linkVariables)[number]

/** A link in a subject would lie open in every list of mails. */
export function mailVariables(template: MailTemplate, part: MailPart): MailVariable[] {
  const linked = mailPurpose[template] !== undefined && part !== 'subject'
  return [...readerVariables, ...commonVariables, ...(linked ? linkVariables : [])]
}

/** `de_AT` → `de-at`; undefined for what is no language tag. */
export function canonicalLanguage(tag: string): string | undefined {
  const canonical = tag.toLowerCase().replaceAll('_', '-')
  return /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/.test(canonical) ? canonical : undefined
}

/**
 * The first of the wished languages that is known decides: the exact tag goes before the bare language, and of equals the
 * first in `known`.
 */
export function chooseTranslation<T extends { language: string }>(
  wished: readonly (string | undefined)[],
  known: readonly T[],
): T | undefined {
  for (const tag of wished) {
    const exact = canonicalLanguage(tag ?? '')
    const bare = exact?.split('-')[0]
    const found =
      known.find(({ language }) => language === exact) ?? known.find(({ language }) => language === bare)
    if (found) return found
  }
  return undefined
}

/** Of the reader, then of the site, then of the tenant. */
export function wishedLanguages(
  { settings }: Tenant,
  language: string | undefined,
  site: string | undefined,
): (string | undefined)[] {
  return [language, ofSite(settings.siteSettings, site)?.language, settings.defaults.language]
}

/** The first of the given sites that the tenant has. */
export function siteOf({ settings }: Tenant, ...sites: (string | undefined)[]): string | undefined {
  return sites.find((site) => site !== undefined && settings.sites.includes(site))
}

/** What a site has of its own; names like `constructor` are no sites. */
export function ofSite<T>(settings: Record<string, T>, site: string | undefined): T | undefined {
  return site !== undefined && Object.hasOwn(settings, site) ? settings[site] : undefined
}
