/**
 * The HTTP application: the envelope around every answer, the dialects, the pages, and the answers of last resort.
 */
import { Hono, type Context } from 'hono'
import { timingSafeEqual } from 'hono/utils/buffer'
import { isOutage } from './domain/base/outage.ts'
import { isTenantKey, tenantKeyIn, wordsOf } from './domain/tenant/tenant-urls.ts'
import type { Flows } from './flows/index.ts'
import type { EventPresenters, Log } from './flows/ports/index.ts'
import { presentCloudEvent } from './dialects/admin/cloud-event.ts'
import { adminDialect } from './dialects/admin/index.ts'
import { commercetoolsDialect } from './dialects/commercetools/index.ts'
import { companyDialect } from './dialects/emporix/companies/companies.ts'
import { presentEvent as presentCommercetoolsEvent } from './dialects/commercetools/messages/message.ts'
import { presentEvent as presentEmporixEvent } from './dialects/emporix/events.ts'
import { emporixDialect } from './dialects/emporix/index.ts'
import { oauthDialect } from './dialects/oauth/index.ts'
import type { Dialect } from './http/endpoint.ts'
import type { HttpFailure } from './http/failure.ts'
import { correlation, correlationIdOf, crossOrigin, protection, requestLog } from './http/envelope.ts'
import { bodySizeMaxBytes } from './http/json-body.ts'
import { mount, respond } from './http/mount.ts'
import { networkOf } from './http/network.ts'
import { accountDialect } from './pages/account.ts'
import { mailPreviewPages, type MailPreviews } from './pages/mail-previews.ts'
import { mailboxPages, type MailboxReader } from './pages/mailbox.ts'

export interface AppOptions {
  /** Pages of any origin may call any tenant, and no platform in front says where a request comes from. */
  development: boolean
  /** Development only. */
  mailbox?: MailboxReader
  /** As a bearer token it shows the state of the outbox at `/health`. */
  operatorToken?: string | undefined
  log: Log
}

export const dialects: readonly Dialect[] = [
  emporixDialect,
  companyDialect,
  oauthDialect,
  adminDialect,
  accountDialect,
  commercetoolsDialect,
]

export const eventPresenters: EventPresenters = {
  emporix: presentEmporixEvent,
  commercetools: presentCommercetoolsEvent,
  cloudevents: presentCloudEvent,
}

/** Paths that belong to no tenant: open to pages of any origin, because they carry no data of a customer. */
const sharedPaths = new Set([
  '/health',
  '/.well-known/jwks.json',
  ...dialects.flatMap(({ endpoints }) =>
    endpoints.filter(({ tenantFrom }) => tenantFrom === 'none').map(({ path }) => path),
  ),
])

export function buildApp(flows: Flows, { development, mailbox, operatorToken, log }: AppOptions): Hono {
  const app = new Hono({ strict: false })
  const network = (request: Request) => networkOf(request, !development)

  app.use(correlation(), requestLog(log, Date.now), protection())
  app.use(
    crossOrigin(
      (context) => tenantOf(context, flows),
      (path) => development || sharedPaths.has(path),
    ),
  )
  app.use(async (context, next) => {
    const length = Number(context.req.header('Content-Length') ?? 0)
    if (length <= bodySizeMaxBytes) return next()
    return respond(context, present(context, { kind: 'BodyTooLarge', sizeMaxBytes: bodySizeMaxBytes }))
  })

  app.get('/health', async (context) => {
    const { ready, checks } = await flows.health.check()
    const detailed = ready && (await isOperator(context, operatorToken))
    const detail = detailed ? { outbox: await flows.health.backlog() } : {}
    return context.json({ status: ready ? 'ok' : 'failing', checks, ...detail }, ready ? 200 : 503)
  })
  app.get('/.well-known/jwks.json', async (context) => {
    context.header('Cache-Control', 'public, max-age=300')
    return context.json(await flows.accessTokens.publicKeys())
  })

  for (const dialect of dialects) mount(app, dialect, { flows, networkOf: network })
  if (mailbox) {
    app.route('/_dev/mailbox/templates', mailPreviewPages(mailPreviews(flows)))
    app.route('/_dev/mailbox', mailboxPages(mailbox))
  }

  app.notFound((context) => respond(context, present(context, { kind: 'PathUnknown' })))
  app.onError((error, context) => {
    log.failure('failure', error, { correlationId: correlationIdOf(context), route: context.req.routePath })
    const failure = isOutage(error)
      ? { kind: 'Unavailable' as const, dependency: 'platform' }
      : { kind: 'Internal' as const }
    return respond(context, present(context, failure))
  })
  return app
}

async function isOperator({ req }: Context, token: string | undefined): Promise<boolean> {
  return token !== undefined && timingSafeEqual(req.header('Authorization') ?? '', `Bearer ${token}`)
}

/** Failures outside of every endpoint, in the words of the dialect that such a path would belong to. */
function present({ req }: Context, failure: HttpFailure) {
  const [first = '', second] = wordsOf(req.path)
  const named = dialects.find(({ endpoints }) => endpoints.some(({ path }) => wordsOf(path)[0] === first))
  const dialect =
    named ?? (isTenantKey(first) && second !== undefined ? commercetoolsDialect : emporixDialect)
  return dialect.presentFailure(failure, { source: 'body', request: req.raw })
}

async function tenantOf({ req }: Context, { tenants }: Flows) {
  const key = tenantKeyIn(req.path, (name) => req.query(name))
  return key === undefined ? undefined : tenants.findTenant(key)
}

function mailPreviews({ tenants, mailTemplates }: Flows): MailPreviews {
  return async (key) => {
    const tenant = await tenants.findTenant(key)
    if (!tenant) return undefined
    const views = await mailTemplates.list(tenant)
    const previews = await Promise.all(
      views.map(async (view) => ({ view, mail: await mailTemplates.preview(tenant, view, view) })),
    )
    return previews.flatMap(({ view, mail }) =>
      mail.ok ? [{ mail: mail.value, language: view.language, own: view.modifiedAt !== undefined }] : [],
    )
  }
}
