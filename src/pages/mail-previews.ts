/**
 * Development only: every mail in every language, with made-up data and the tenant's own words and looks, so that they
 * can be looked at without being caused. `/templates` shows all of them, `/templates/{template}/{language}` one by itself.
 */
import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import type { Mail } from '../flows/ports/index.ts'
import { respond } from '../http/mount.ts'
import { mailFrame, mailPolicy, page, type Page } from './layout.ts'

export interface PreviewedMail {
  mail: Mail
  language: string
  /** Whether the words are the tenant's own. */
  own: boolean
}

/** Of a tenant, by its key; undefined when there is no such tenant. */
export type MailPreviews = (tenant: string) => Promise<PreviewedMail[] | undefined>

/** To be mounted at `/_dev/mailbox/templates`, in development only. */
export function mailPreviewPages(previews: MailPreviews): Hono {
  const app = new Hono()
  const previewsOf = (c: Context) => previews(c.req.query('tenant') || 'acme')

  app.get('/', async (c) => {
    const mails = await previewsOf(c)
    const title = 'Mail templates'
    if (!mails) return show(c, 404, { title, content: html`<p>No such tenant.</p>` })
    const content = html`<p><a href="/_dev/mailbox">Mailbox</a></p>
      ${mails.map((previewed) => showPreview(previewed))}`
    return show(c, 200, { title, content, policy: mailPolicy })
  })

  app.get('/:template/:language', async (c) => {
    const mails = (await previewsOf(c)) ?? []
    const { template, language } = c.req.param()
    const found = mails.find((one) => one.mail.template === template && one.language === language)
    if (!found) {
      const content = html`<p>There is no such mail.</p>`
      return show(c, 404, { title: 'Mail templates', content })
    }
    c.header('Content-Security-Policy', ["default-src 'none'", ...mailPolicy].join('; '))
    c.header('Cache-Control', 'no-store')
    return c.html(found.mail.html)
  })
  return app
}

function show(c: Context, status: number, shown: Omit<Page, 'language'>) {
  return respond(c, page(status, { language: 'en', ...shown }))
}

function showPreview({ mail, language, own }: PreviewedMail) {
  const { id, tenant, template, subject, text } = mail
  const href = `/_dev/mailbox/templates/${template}/${language}?tenant=${tenant}`
  return html`<article aria-labelledby="${id}">
    <h2 id="${id}">${subject}</h2>
    <p>${template} · ${language}${own ? ' · own words' : ''} · <a href="${href}">by itself</a></p>
    <details>
      <summary>Text</summary>
      <pre>${text}</pre>
    </details>
    ${mailFrame(subject, mail.html)}
  </article>`
}
