/**
 * Development only: the mails that the mailbox transport delivered, as JSON for tests and as a page for people.
 * Shows mails, never acts on their links; their HTML is shown in frames that run no scripts and open links in a new tab.
 */
import { Hono, type Context } from 'hono'
import { accepts } from 'hono/accepts'
import { html } from 'hono/html'
import type { Mail } from '../flows/ports/index.ts'
import { respond } from '../http/mount.ts'
import { mailFrame, mailPolicy, page } from './layout.ts'

export interface MailboxReader {
  /** Newest first; all of them without `to`. */
  list(to?: string): Promise<Mail[]>
  clear(): Promise<void>
}

/** To be mounted at `/_dev/mailbox`, in development only. */
export function mailboxPages(mailbox: MailboxReader): Hono {
  const app = new Hono()
  app.get('/', async (c) => {
    const to = c.req.query('to') || undefined
    const mails = await mailbox.list(to)
    const type = accepts(c, {
      header: 'Accept',
      supports: ['application/json', 'text/html'],
      default: 'application/json',
    })
    c.header('Vary', 'Accept')
    c.header('Cache-Control', 'no-store')
    return type === 'text/html' ? showMails(c, mails, to) : c.json(mails.map(present))
  })
  app.delete('/', async (c) => {
    await mailbox.clear()
    return c.body(null, 204)
  })
  app.all('/', (c) =>
    c.json({ status: 405, message: 'Method not allowed' }, 405, { Allow: 'GET, HEAD, DELETE' }),
  )
  return app
}

function present({ id, tenant, to, from, subject, text, html, template, token, link, createdAt }: Mail) {
  return {
    id,
    tenant,
    to,
    from: from.name === '' ? from.email : `${from.name} <${from.email}>`,
    subject,
    text,
    html,
    template,
    ...(token === undefined ? {} : { token }),
    ...(link === undefined ? {} : { link }),
    createdAt,
  }
}

function showMails(c: Context, mails: Mail[], to?: string) {
  const none = html`<p>No mail has been sent${to === undefined ? '' : ` to ${to}`} yet.</p>`
  const content = html`<p><a href="/_dev/mailbox/templates">All templates</a></p>
    ${mails.length === 0 ? none : mails.map(showMail)}`
  return respond(c, page(200, { language: 'en', title: 'Mailbox', content, policy: mailPolicy }))
}

function showMail({ id, to, from, subject, text, html: body, link, createdAt, tenant, template }: Mail) {
  return html`<article aria-labelledby="${id}">
    <h2 id="${id}">${subject}</h2>
    <p>${createdAt} · ${tenant} · ${template}<br />From ${from.name} &lt;${from.email}&gt;<br />To ${to}</p>
    ${
      link !== undefined && /^https?:/.test(link)
        ? html`<p><a href="${link}" rel="noreferrer">${link}</a></p>`
        : ''
    }
    <details>
      <summary>Text</summary>
      <pre>${text}</pre>
    </details>
    ${mailFrame(subject, body)}
  </article>`
}
