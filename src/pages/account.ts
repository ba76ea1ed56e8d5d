/**
 * The pages that mailed links open when a tenant has none of its own. `GET` and `HEAD` change nothing and do not even
 * look at the token, so a mail scanner that follows every link does no harm; a person presses the button, and that
 * `POST` acts. The token travels in the form, not in the URL of the `POST`.
 */
import { Hono, type Context } from 'hono'
import { accepts } from 'hono/accepts'
import { html, raw } from 'hono/html'
import { passwordLengthMax, passwordRules } from '../domain/passwords/password-policy.ts'
import type { DomainError, Result, ViolationType } from '../domain/base/result.ts'
import type { Tenant } from '../domain/tenant/tenant.ts'
import { accountPageNames, accountTexts, type AccountPageName, type AccountTexts } from './account-texts.ts'
import { showPage } from './layout.ts'

export interface AccountActions {
  findTenant(key: string): Promise<Tenant | undefined>
  confirmOptIn(tenant: string, token: string, network: string): Promise<Result<unknown>>
  resetPassword(tenant: string, token: string, password: string, network: string): Promise<Result<unknown>>
  confirmEmailChange(tenant: string, token: string, network: string): Promise<Result<unknown>>
  undoEmailChange(tenant: string, token: string, network: string): Promise<Result<unknown>>
  confirmDeletion(tenant: string, token: string, network: string): Promise<Result<unknown>>
}

interface Visit {
  tenant: Tenant
  name: AccountPageName
  language: string
  texts: AccountTexts
}

const tokenLengthMax = 512

/** To be mounted at `/account`. `networkOf` names the network that a request comes from. */
export function accountPages(actions: AccountActions, networkOf: (request: Request) => string): Hono {
  const app = new Hono()

  app.get('/:tenant/:page', async (c) => {
    const visit = await visitOf(c, actions)
    if (!visit) return notFound(c)
    const token = c.req.query('token') ?? ''
    return isPlausible(token) ? showForm(c, visit, token) : showInvalidLink(c, visit)
  })

  app.post('/:tenant/:page', async (c) => {
    const visit = await visitOf(c, actions)
    if (!visit) return notFound(c)
    const form = await readForm(c)
    if (!form || !isPlausible(form.token)) return showInvalidLink(c, visit)
    const result = await act(actions, visit, form, networkOf(c.req.raw))
    if (!result.ok) return showFailure(c, visit, form.token, result.error)
    const content = html`<p role="status">${visit.texts.pages[visit.name].done}</p>`
    return showPage(c, 200, { language: visit.language, title: visit.texts.done, content })
  })

  app.all('/:tenant/:page', (c) => {
    const { language, texts } = languageOf(c)
    c.header('Allow', 'GET, HEAD, POST')
    return showPage(c, 405, {
      language,
      title: texts.failed.title,
      content: html`<p>${texts.failed.lead}</p>`,
    })
  })

  app.all('*', notFound)
  return app
}

interface Form {
  token: string
  password: string
}

function act(actions: AccountActions, { name, tenant }: Visit, { token, password }: Form, network: string) {
  switch (name) {
    case 'opt-in':
      return actions.confirmOptIn(tenant.key, token, network)
    case 'reset-password':
      return actions.resetPassword(tenant.key, token, password, network)
    case 'change-email':
      return actions.confirmEmailChange(tenant.key, token, network)
    case 'undo-email-change':
      return actions.undoEmailChange(tenant.key, token, network)
    case 'delete':
      return actions.confirmDeletion(tenant.key, token, network)
  }
}

async function visitOf(c: Context, actions: AccountActions): Promise<Visit | undefined> {
  const name = accountPageNames.find((known) => known === c.req.param('page'))
  const tenant = name && (await actions.findTenant(c.req.param('tenant') ?? ''))
  return name && tenant && { tenant, name, ...languageOf(c, tenant.settings.defaults.language) }
}

/** The reader's language as the browser says it, else the tenant's, else English. */
function languageOf(c: Context, fallback = 'en') {
  const supported = Object.keys(accountTexts)
  const own = supported.find((language) => fallback.startsWith(language)) ?? 'en'
  const spelled = (tag: string) => tag.slice(0, 2).toLowerCase()
  const language = accepts(c, {
    header: 'Accept-Language',
    supports: supported,
    default: own,
    match: (wishes) =>
      [...wishes].sort((a, b) => b.q - a.q).find(({ type }) => supported.includes(spelled(type)))?.type ??
      own,
  })
  const key = spelled(language)
  return key === 'de' || key === 'fr'
    ? { language: key, texts: accountTexts[key] }
    : { language: 'en', texts: accountTexts.en }
}

/** Undefined when the body is no form. */
async function readForm(c: Context): Promise<Form | undefined> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(c.req.header('Content-Type') ?? '')) return undefined
  const { token, password } = await c.req.parseBody()
  return {
    token: typeof token === 'string' ? token : '',
    password: typeof password === 'string' ? password : '',
  }
}

function isPlausible(token: string): boolean {
  return token !== '' && token.length <= tokenLengthMax
}

function showForm(
  c: Context,
  { name, tenant, language, texts }: Visit,
  token: string,
  refused?: ViolationType,
) {
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
      <input type="hidden" name="token" value="${token}" />
      ${name === 'reset-password' ? password : ''}
      <button type="submit" ${name === 'delete' && raw('class="danger"')}>${button}</button>
    </form>`
  return showPage(c, refused ? 400 : 200, { language, title, content })
}

function showFailure(c: Context, visit: Visit, token: string, error: DomainError) {
  const { language, texts } = visit
  switch (error.kind) {
    case 'InvalidInput':
      return visit.name === 'reset-password'
        ? showForm(c, visit, token, error.violations[0]?.type ?? 'invalid')
        : showInvalidLink(c, visit)
    case 'TooManyAttempts':
      c.header('Retry-After', String(error.retryAfterSeconds))
      return showPage(c, 429, {
        language,
        title: texts.tooMany.title,
        content: html`<p>${texts.tooMany.lead}</p>`,
      })
    case 'Unavailable':
      return showPage(c, 503, {
        language,
        title: texts.failed.title,
        content: html`<p>${texts.failed.lead}</p>`,
      })
    case 'EmailTaken':
    case 'AccountBlocked':
    case 'VersionConflict':
      return showPage(c, 409, {
        language,
        title: texts.failed.title,
        content: html`<p>${texts.failed.lead}</p>`,
      })
    case 'CustomerNotFound':
    case 'CustomerKeyUnknown':
    case 'CustomerEmailUnknown':
    case 'CriteriaTooComplex':
    case 'PageTooLarge':
    case 'FieldUnknown':
    case 'LanguageUnknown':
    case 'MessageNotFound':
    case 'WebhookNotFound':
    case 'AddressNotFound':
    case 'MigrationUnset':
    case 'MigrationUnfinished':
    case 'CustomerIdTaken':
    case 'ResourceNotFound':
    case 'ResourceConflict':
    case 'ResourceInUse':
    case 'ReferenceUnresolved':
    case 'CredentialsRejected':
    case 'RecentLoginRequired':
    case 'OneTimeTokenRejected':
    case 'OneTimeTokenExpired':
    case 'ValueTaken':
    case 'InvalidOperation':
    case 'SessionEnded':
    case 'LegalEntityNotAssigned':
    case 'ClientRejected':
    case 'ClientUnfit':
    case 'TokenOfAnotherClient':
    case 'ScopeRejected':
    case 'AnonymousIdTaken':
      return showInvalidLink(c, visit)
  }
}

function showInvalidLink(c: Context, { language, texts }: Visit) {
  const { title, lead } = texts.invalidLink
  return showPage(c, 400, { language, title, content: html`<p role="alert">${lead}</p>` })
}

function notFound(c: Context) {
  const { language, texts } = languageOf(c)
  return showPage(c, 404, { language, title: texts.notFound, content: html`` })
}
