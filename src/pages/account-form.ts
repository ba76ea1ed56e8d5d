/**
 * The form of each page behind a mailed link: one button, a password where the page asks for one, and a second button for a
 * reader who asked for nothing.
 */
import { html, raw } from 'hono/html'
import type { ViolationType } from '../domain/base/result.ts'
import { passwordLengthMax, passwordRules } from '../domain/passwords/password-policy.ts'
import type { Tenant } from '../domain/tenant/tenant.ts'
import type { Reply } from '../http/failure.ts'
import type { AccountPageName, Speech } from './account-texts.ts'
import { page } from './layout.ts'

export interface Visit extends Speech {
  tenant: Tenant
  name: AccountPageName
}

/** Pages that ask for the account's password, and have a button for a reader who asked for nothing. */
export const confirmations = {
  'confirm-email': 'email_confirmation',
  'confirm-account': 'account_confirmation',
} as const

interface FormNotes {
  /** Above the form, instead of the page's own. */
  lead?: string
  /** What was wrong with the password. */
  problem?: string
}

export function showForm(visit: Visit, token: string, { lead, problem }: FormNotes = {}): Reply {
  const { name, tenant, language, texts } = visit
  const { title, lead: ownLead, button } = texts.pages[name]
  const asksForOwn = name in confirmations
  const { lengthMin } = passwordRules(tenant.settings)
  const isNew = name === 'reset-password'
  const hint = isNew ? texts.passwordHint(lengthMin) : texts.ownPasswordHint
  const password = html`<label for="password">${isNew ? texts.newPassword : texts.ownPassword}</label>
    <input
      id="password"
      name="password"
      type="password"
      required
      ${isNew && raw(`minlength="${lengthMin}"`)}
      autocomplete="${isNew ? 'new-password' : 'current-password'}"
      aria-describedby="hint"
      ${problem && raw('aria-invalid="true" autofocus')}
    />
    <p id="hint" ${problem && raw('class="problem"')}>${problem ?? hint}</p>`
  const action = `/account/${tenant.key}/${name}`
  const notMe = html`<form method="post" action="${action}">
    <input type="hidden" name="token" value="${token}" />
    <button type="submit" name="answer" value="not-me" class="danger">${texts.notMe}</button>
  </form>`
  const content = html`<p>${lead ?? ownLead}</p>
    <form method="post" action="${action}">
      <input type="hidden" name="token" value="${token}" />
      ${isNew || asksForOwn ? password : ''}
      <button type="submit" ${name === 'delete' && raw('class="danger"')}>${button}</button>
    </form>
    ${asksForOwn ? notMe : ''}`
  return page(problem ? 400 : 200, { language, title, content })
}

export function passwordProblem({ tenant, texts }: Visit, type: ViolationType): string {
  const { length, guessable } = texts.passwordRefused
  return type === 'out_of_range'
    ? length(passwordRules(tenant.settings).lengthMin, passwordLengthMax)
    : guessable
}
