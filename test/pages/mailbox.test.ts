/** The development mailbox as JSON and as a page. */
import { describe, expect, it } from 'vitest'
import type { Mail } from '../../src/flows/ports/index.ts'
import { mailboxPages } from '../../src/pages/mailbox.ts'

const mail: Mail = {
  id: 'entry',
  tenant: 'acme',
  template: 'opt-in',
  to: 'ada@shop.example',
  from: { name: 'Acme', email: 'shop@acme.example' },
  subject: 'Confirm <b>',
  text: 'Text </pre><script>alert(1)</script>',
  html: '<p title="x">Hello</p>',
  token: 'token',
  link: 'https://shop.example/?a=1&token=token',
  createdAt: '2026-01-01T00:00:00.000Z',
}
const { token: _token, link: _link, ...plain } = mail

function pages(...mails: Mail[]) {
  const asked: (string | undefined)[] = []
  const cleared: true[] = []
  const app = mailboxPages({
    list: async (to) => (asked.push(to), mails),
    clear: async () => void cleared.push(true),
  })
  return { app, asked, cleared }
}

describe('the mailbox page', () => {
  it('answers JSON unless asked otherwise', async () => {
    for (const headers of [{}, { accept: '*/*' }, { accept: 'application/json' }]) {
      const answer = await pages(mail, plain).app.request('/', { headers })
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
      const from = 'Acme <shop@acme.example>'
      expect(await answer.json()).toEqual([
        { ...mail, from },
        { ...plain, from },
      ])
    }
  })

  it('filters by recipient', async () => {
    const { app, asked } = pages()
    await app.request('/?to=ada%2Bshop@shop.example')
    await app.request('/')
    expect(asked).toEqual(['ada+shop@shop.example', undefined])
  })

  it('shows a browser the same, escaped, without scripts, HTML parts in sandboxed frames', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
    const answer = await pages(mail).app.request('/', { headers })
    const body = await answer.text()
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    expect(answer.headers.get('content-security-policy')).not.toContain('script-src')
    expect(body).toContain('Confirm &lt;b&gt;')
    expect(body).toContain('<a href="https://shop.example/?a=1&amp;token=token"')
    expect(body).toMatch(
      /sandbox="allow-popups allow-popups-to-escape-sandbox"\s+srcdoc="&lt;p title=&quot;x&quot;/,
    )
    expect(body).not.toContain('<script')
  })

  it('says for whom there is no mail', async () => {
    const headers = { accept: 'text/html' }
    const empty = async (path: string) => (await pages().app.request(path, { headers })).text()
    expect(await empty('/')).toContain('No mail has been sent yet.')
    expect(await empty('/?to=<ada>')).toContain('No mail has been sent to &lt;ada&gt; yet.')
  })

  it('is emptied by DELETE and by nothing else', async () => {
    const { app, cleared } = pages(mail)
    for (const method of ['GET', 'HEAD', 'POST', 'PUT']) await app.request('/', { method })
    expect(cleared).toHaveLength(0)
    expect((await app.request('/', { method: 'DELETE' })).status).toBe(204)
    expect(cleared).toHaveLength(1)
  })
})
