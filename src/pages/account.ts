/**
 * The pages that mailed links open when a tenant has none of its own. `GET` and `HEAD` change nothing and do not even
 * look at the token, so a mail scanner that follows every link does no harm; a person presses the button, and that
 * `POST` acts. The token travels in the form, not in the URL of the `POST`.
 */
import { html, raw } from 'hono/html'
import { z } from 'zod'
import { passwordLengthMax, passwordRules } from '../domain/passwords/password-policy.ts'
import type { Result, ViolationType } from '../domain/base/result.ts'
import type { Tenant } from '../domain/tenant/tenant.ts'
import type { VisitorContext } from '../flows/context.ts'
import type { Flows } from '../flows/index.ts'
import { endpoint, type Dialect, type Endpoint } from '../http/endpoint.ts'
import type { Reply } from '../http/failure.ts'
import { presentFailure } from './account-failure.ts'
import { accountPageNames, languageOf, type AccountPageName, type Speech } from './account-texts.ts'
import { page } from './layout.ts'

const tokenLengthMax = 512
const token = z.string().min(1).max(tokenLengthMax)
const Link = z.object({ token })
const Form = z.object({ token, password: z.string().default('') })
type Form = z.infer<typeof Form>

interface Visit extends Speech {
  tenant: Tenant
  name: AccountPageName
}

const endpoints = accountPageNames.flatMap((name): Endpoint[] => {
  const path = `/account/:tenant/${name}`
  const visitOf = (tenant: Tenant, request: Request): Visit => ({
    ...{ name, tenant },
    ...languageOf(request, tenant.settings.defaults.language),
  })
  return [
    endpoint({
      method: 'get',
      path,
      heading: `Open the page ${name}`,
      query: Link,
      handle: async ({ tenant, request, query }) => showForm(visitOf(tenant, request), query.token),
    }),

    endpoint({
      method: 'post',
      path,
      heading: `Press the button of the page ${name}`,
      form: Form,
      async handle({ tenant, request, visitor, body, flows }) {
        const visit = visitOf(tenant, request)
        const result = await act(flows, name, visitor, body)
        if (result.ok) return showDone(visit)
        const { error } = result
        return name === 'reset-password' && error.kind === 'InvalidInput'
          ? showForm(visit, body.token, error.violations[0]?.type ?? 'invalid')
          : presentFailure(error, { source: 'domain', request, language: tenant.settings.defaults.language })
      },
    }),
  ]
})

export const accountDialect: Dialect = { name: 'account pages', endpoints, presentFailure }

function act(
  { optIn, passwords, emailChange, deletion }: Flows,
  name: AccountPageName,
  visitor: VisitorContext,
  { token: secret, password }: Form,
): Promise<Result<unknown>> {
  switch (name) {
    case 'opt-in':
      return optIn.accept(visitor, secret)
    case 'reset-password':
      return passwords.reset(visitor, secret, password)
    case 'change-email':
      return emailChange.confirm(visitor, undefined, secret)
    case 'undo-email-change':
      return emailChange.undo(visitor, secret)
    case 'delete':
      return deletion.confirm(visitor, secret)
  }
}

function showForm({ name, tenant, language, texts }: Visit, secret: string, refused?: ViolationType): Reply {
  const { title, lead, button } = texts.pages[name]
  const { lengthMin } = passwordRules(tenant.settings)
  const { length, guessable } = texts.passwordRefused
  const problem = refused === 'out_of_range' ? length(lengthMin, passwordLengthMax) : guessable
  const password = html`<label for="password">${texts.newPassword}</label>
    <input
      id="password"
      name="password"
      type="password"
      required
      minlength="${lengthMin}"
      autocomplete="new-password"
      aria-describedby="hint"
      ${refused && raw('aria-invalid="true" autofocus')}
    />
    <p id="hint" ${refused && raw('class="problem"')}>
      ${refused ? problem : texts.passwordHint(lengthMin)}
    </p>`
  const content = html`<p>${lead}</p>
    <form method="post" action="/account/${tenant.key}/${name}">
      <input type="hidden" name="token" value="${secret}" />
      ${name === 'reset-password' ? password : ''}
      <button type="submit" ${name === 'delete' && raw('class="danger"')}>${button}</button>
    </form>`
  return page(refused ? 400 : 200, { language, title, content })
}

function showDone({ name, language, texts }: Visit): Reply {
  const content = html`<p role="status">${texts.pages[name].done}</p>`
  return page(200, { language, title: texts.done, content })
}
