/**
 * The pages that mailed links open when a tenant has none of its own. `GET` and `HEAD` change nothing and do not even
 * look at the token, so a mail scanner that follows every link does no harm; a person presses the button, and that
 * `POST` acts. The token travels in the form, not in the URL of the `POST`.
 */
import { html } from 'hono/html'
import { z } from 'zod'
import type { TokenPurpose } from '../domain/base/names.ts'
import { ok, type DomainError, type Result } from '../domain/base/result.ts'
import type { Tenant } from '../domain/tenant/tenant.ts'
import type { VisitorContext } from '../flows/context.ts'
import type { Flows } from '../flows/index.ts'
import { endpoint, type Dialect, type Endpoint } from '../http/endpoint.ts'
import type { Reply } from '../http/failure.ts'
import { presentFailure } from './account-failure.ts'
import { confirmations, passwordProblem, showForm, type Visit } from './account-form.ts'
import { accountPageNames, languageOf, type AccountPageName } from './account-texts.ts'
import { page } from './layout.ts'

const tokenLengthMax = 512
const token = z.string().min(1).max(tokenLengthMax)
const Link = z.object({ token })
/** `answer`: the second button of a page that asks whether something was the reader. */
const Form = z.object({ token, password: z.string().default(''), answer: z.literal('not-me').optional() })
type Form = z.infer<typeof Form>

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
        if (result.ok) return showDone(visit, body, result.value)
        const { error } = result
        const problem = problemOf(visit, error)
        return problem === undefined
          ? presentFailure(error, { source: 'domain', request, language: tenant.settings.defaults.language })
          : showForm(visit, body.token, { problem })
      },
    }),
  ]
})

export const accountDialect: Dialect = { name: 'account pages', endpoints, presentFailure }

/** The value is the token of a new password, where a confirmation has ended the one of the sign-up. */
async function act(
  { optIn, passwords, emailChange, deletion, mailboxLinks }: Flows,
  name: AccountPageName,
  visitor: VisitorContext,
  { token: secret, password, answer }: Form,
): Promise<Result<string | undefined>> {
  const once = async (purpose: TokenPurpose, work: () => Promise<Result<unknown>>) => {
    const done = await mailboxLinks.once(visitor, purpose, secret, work)
    return done.ok ? ok(undefined) : done
  }
  switch (name) {
    case 'opt-in':
      return optIn.confirm(visitor, secret)
    case 'reset-password':
      return once('password_reset', () => passwords.reset(visitor, secret, password))
    case 'change-email':
      return once('email_change', () => emailChange.confirm(visitor, undefined, secret))
    case 'confirm-email':
    case 'confirm-account': {
      const purpose = confirmations[name]
      const said =
        answer === 'not-me'
          ? await mailboxLinks.disown(visitor, purpose, secret)
          : await mailboxLinks.confirm(visitor, purpose, secret, password)
      return said.ok ? ok(undefined) : said
    }
    case 'not-me': {
      const said = await mailboxLinks.disown(visitor, 'disowning', secret)
      return said.ok ? ok(undefined) : said
    }
    case 'undo-email-change':
      return once('email_undo', () => emailChange.undo(visitor, secret))
    case 'delete':
      return once('deletion', () => deletion.confirm(visitor, secret))
  }
}

/** What the reader can mend in the form; undefined when the link itself is no good. */
function problemOf(visit: Visit, error: DomainError): string | undefined {
  const { name, texts } = visit
  if (name in confirmations)
    return error.kind === 'CredentialsRejected' || error.kind === 'InvalidInput'
      ? texts.wrongPassword
      : undefined
  return name === 'reset-password' && error.kind === 'InvalidInput'
    ? passwordProblem(visit, error.violations[0]?.type ?? 'invalid')
    : undefined
}

function showDone(visit: Visit, { answer }: Form, chooseWith: string | undefined): Reply {
  const { name, language, texts } = visit
  if (chooseWith !== undefined)
    return showForm({ ...visit, name: 'reset-password' }, chooseWith, { lead: texts.confirmedChoose })
  const done = answer === 'not-me' ? texts.notMeDone : texts.pages[name].done
  return page(200, { language, title: texts.done, content: html`<p role="status">${done}</p>` })
}
