/**
 * The words of a tenant's mails, for its back office: which there are, with the built-in ones, and what the tenant wants
 * instead. Words are checked before they are stored, and can be looked at with made-up data before that.
 */
import type { MailedTokenPurpose } from '../../domain/base/names.ts'
import {
  isDisownable,
  isToCustomer,
  mailPurpose,
  mailTemplates,
  type AddressedMail,
  type MailTemplate,
} from '../../domain/mail/mail.ts'
import { canonicalLanguage, type MailTranslation, type MailWords } from '../../domain/mail/mail-template.ts'
import { termOf, type OneTimeToken } from '../../domain/credentials/one-time-token.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { Mail, Ports } from '../ports/index.ts'

export interface MailTemplateView extends MailTranslation {
  template: MailTemplate
  /** When the tenant's own words were stored; absent for the built-in ones. */
  modifiedAt?: string
}

/** A template in a language, as a request names them. */
export interface MailTemplateRef {
  template: MailTemplate
  language: string
}

export function mailTemplatesFlow({ mailTemplates: store, renderer, clock }: MailTemplatesPorts) {
  const list = async (tenant: Tenant): Promise<MailTemplateView[]> => {
    const own: MailTemplateView[] = await store.list(tenant.key)
    return mailTemplates.flatMap((template) => {
      const mine = own.filter((view) => view.template === template)
      const others = renderer
        .builtIn(template)
        .filter(({ language }) => !mine.some((view) => view.language === language))
        .map((translation) => ({ template, ...translation }))
      return [...mine, ...others].sort((a, b) => (a.language < b.language ? -1 : 1))
    })
  }

  const check = async (template: MailTemplate, words: MailWords): Promise<Result<void>> => {
    const violations = await renderer.check(template, words)
    return violations.length > 0 ? fail({ kind: 'InvalidInput', violations }) : ok(undefined)
  }

  const preview = (tenant: Tenant, { template, language }: MailTemplateRef, words: MailWords): Mail => {
    const purpose = mailPurpose[template]
    const now = clock.now()
    const order: AddressedMail = {
      kind: 'addressed',
      template,
      to: 'ada@shop.example',
      recipient: { ...(isToCustomer(template) && { firstName: 'Ada', lastName: 'Lovelace' }), language },
      ...(purpose && { token: sampleToken(tenant, purpose, now) }),
    }
    const entry = { id: `preview-${template}-${language}`, createdAt: new Date(now).toISOString() }
    const secret = purpose && 'A-sample-that-opens-nothing'
    const disowningSecret = isDisownable(template) ? secret : undefined
    const overrides = [{ language, ...words }]
    return renderer.render({ entry, order, tenant, secret, disowningSecret, overrides })
  }

  return {
    /** Undefined when there is no such template, or what should be a language is none. */
    refOf(template: string, language: string): MailTemplateRef | undefined {
      const known = mailTemplates.find((name) => name === template)
      const tag = canonicalLanguage(language)
      return known === undefined || tag === undefined ? undefined : { template: known, language: tag }
    },

    list,

    /** Undefined in a language that there are no words in. */
    async find(
      tenant: Tenant,
      { template, language }: MailTemplateRef,
    ): Promise<MailTemplateView | undefined> {
      const views = await list(tenant)
      return views.find((view) => view.template === template && view.language === language)
    },

    async save(tenant: Tenant, ref: MailTemplateRef, words: MailWords): Promise<Result<MailTemplateView>> {
      const checked = await check(ref.template, words)
      if (!checked.ok) return checked
      const view = { ...ref, ...words, modifiedAt: new Date(clock.now()).toISOString() }
      await store.save(tenant.key, view)
      return ok(view)
    },

    /** Back to the built-in words; false when the tenant has none of its own. */
    remove(tenant: Tenant, { template, language }: MailTemplateRef): Promise<boolean> {
      return store.remove(tenant.key, template, language)
    },

    /** With made-up data, and a link that opens nothing. */
    async preview(tenant: Tenant, ref: MailTemplateRef, words: MailWords): Promise<Result<Mail>> {
      const checked = await check(ref.template, words)
      return checked.ok ? ok(preview(tenant, ref, words)) : checked
    },
  }
}

function sampleToken(
  { key, settings }: Tenant,
  purpose: MailedTokenPurpose,
  issuedAt: number,
): OneTimeToken<MailedTokenPurpose> {
  const nobody = { tenant: key, customerId: '', accountId: '', credentialsRevision: 0 }
  return { id: 'sample', purpose, ...nobody, ...termOf(settings.lifetimes, purpose, issuedAt) }
}

export type MailTemplates = ReturnType<typeof mailTemplatesFlow>

type MailTemplatesPorts = Pick<Ports, 'mailTemplates' | 'renderer' | 'clock'>
