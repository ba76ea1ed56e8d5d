/**
 * "Mail templates": the words of a tenant's mails, in place of the built-in ones, and how they look.
 */
import { z } from 'zod'
import type { Mail } from '../../flows/ports/index.ts'
import type { MailTemplateRef, MailTemplateView } from '../../flows/mail/mail-templates.ts'
import { endpoint, type Access, type Endpoint, type EndpointRequest } from '../../http/endpoint.ts'
import type { Reply } from '../../http/failure.ts'
import { presentFailure } from './error.ts'

const viewer: Access<'service'> = {
  kinds: ['service'],
  scopes: ['admin.template_read', 'admin.template_manage'],
}
const manager: Access<'service'> = { kinds: ['service'], scopes: ['admin.template_manage'] }
const all = '/admin/:tenant/templates'
const one = `${all}/:template/:language`

/** Strict: a mistyped part is refused, not ignored. How long the parts may be is decided with the rest of the words. */
/** How long each may be is the words' own rule; this bound is wider. */
const part = z.string().max(100_000)
const Words = z.strictObject({ subject: part, text: part, html: part })

export const mailTemplateEndpoints: Endpoint[] = [
  endpoint({
    method: 'get',
    path: all,
    heading: 'List mail templates',
    access: viewer,
    async handle({ tenant, flows }) {
      const views = await flows.mailTemplates.list(tenant)
      return { status: 200, body: { templates: views.map(presentEntry) } }
    },
  }),

  endpoint({
    method: 'get',
    path: one,
    heading: 'Get a mail template',
    access: viewer,
    handle: (request) =>
      withRef(request, async (ref) => {
        const view = await request.flows.mailTemplates.find(request.tenant, ref)
        return view ? { status: 200, body: presentView(view) } : unknown()
      }),
  }),

  endpoint({
    method: 'put',
    path: one,
    heading: 'Replace a mail template',
    access: manager,
    body: Words,
    handle: (request) =>
      withRef(request, async (ref) => {
        const saved = await request.flows.mailTemplates.save(request.tenant, ref, request.body)
        return saved.ok ? { status: 200, body: presentView(saved.value) } : presentFailure(saved.error)
      }),
  }),

  endpoint({
    method: 'delete',
    path: one,
    heading: 'Go back to the built-in mail template',
    access: manager,
    handle: (request) =>
      withRef(request, async (ref) =>
        (await request.flows.mailTemplates.remove(request.tenant, ref)) ? { status: 204 } : unknown(),
      ),
  }),

  endpoint({
    method: 'post',
    path: `${one}/preview`,
    heading: 'Preview a mail template',
    access: viewer,
    body: Words,
    handle: (request) =>
      withRef(request, async (ref) => {
        const mail = await request.flows.mailTemplates.preview(request.tenant, ref, request.body)
        return mail.ok ? { status: 200, body: presentPreview(mail.value) } : presentFailure(mail.error)
      }),
  }),
]

type Named = Pick<EndpointRequest<undefined, undefined, unknown>, 'parameters' | 'flows'>

async function withRef(
  { parameters, flows }: Named,
  answer: (ref: MailTemplateRef) => Promise<Reply>,
): Promise<Reply> {
  const { template = '', language = '' } = parameters
  const ref = flows.mailTemplates.refOf(template, language)
  return ref ? answer(ref) : unknown()
}

function unknown(): Reply {
  return presentFailure({ kind: 'PathUnknown' })
}

function presentEntry({ template, language, subject, modifiedAt }: MailTemplateView) {
  return {
    template,
    language,
    builtIn: modifiedAt === undefined,
    subject,
    ...(modifiedAt !== undefined && { modifiedAt }),
  }
}

function presentView(view: MailTemplateView) {
  return { ...presentEntry(view), text: view.text, html: view.html }
}

function presentPreview({ from, to, subject, text, html }: Mail) {
  return { from, to, subject, text, html }
}
