/**
 * The whole way of a mail: from the request over the real dev server, its queue and its consumer inside workerd, by SMTP
 * over TLS into a real mail server, and there through another program's MIME parser. And what the operator sees of a mail
 * that did not make it.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import PostalMime, { type Email } from 'postal-mime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtInTranslations } from '../../src/adapters/email/built-in.ts'
import { prepareLocalDatabase } from '../../src/cli/database.ts'
import { storefrontScopes } from '../../src/cli/scopes.ts'
import { newSecret } from '../../src/cli/secrets.ts'
import { hashClientSecret, insertClient, insertTenant } from '../../src/cli/sql.ts'
import { projectFolder, queryDatabase } from '../../src/cli/wrangler.ts'
import { mailTemplates, type MailTemplate } from '../../src/domain/mail.ts'
import { SmtpRefusal, startSmtpServer, userInfo, type ReceivedMail } from '../support/smtp-server.ts'
import { freePort, startDevServer, type DevServer } from './dev-server.ts'

const password = 'correct horse battery'
const operatorToken = newSecret()
const arrivalSeconds = 90
/** Two runs of wrangler and the start of the server, on a busy machine. */
const startSeconds = 180
/** Hides which addresses have an account, and wants an opt-in, so that every mail there is can be caused in it. */
const shy = 'shyshop'

/** Caused by the back office alone. */
const ofBackOffice: MailTemplate[] = ['account-prepared', 'initial-password', 'migration-reminder']

let state: string
let server: DevServer
let mailServer: Awaited<ReturnType<typeof startSmtpServer>>
/** What the mail server answers at a recipient, instead of taking the mail. */
const refusals = new Map<string, SmtpRefusal[]>()

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'patron-mail-'))
  const pem = await readFile(process.env['PATRON_TEST_CERTIFICATE'] ?? '')
  mailServer = await startSmtpServer(
    { key: pem, cert: pem },
    {
      onRecipient(address) {
        const refusal = refusals.get(address)?.shift()
        if (refusal) throw refusal
      },
    },
  )
  await prepareLocalDatabase(state)
  const at = '2026-01-01T00:00:00.000Z'
  const secretHash = hashClientSecret('secret')
  const client = { id: `${shy}-storefront`, tenant: shy, secretHash, scopes: [...storefrontScopes] }
  const languages = ['en', 'en_US', 'de', 'de_DE', 'fr', 'fr_FR']
  const limits = { burst: 'wide', mailsPerHour: 1000 }
  const sites = ['main', 'en', 'de', 'fr']
  const siteSettings = { de: { language: 'de' }, fr: { language: 'fr' } }
  const settings = {
    ...{ revealExistingAccounts: false, welcomeMail: true, noAccountMail: true },
    ...{ languages, sites, siteSettings, limits },
  }
  await queryDatabase(
    '--local',
    [insertTenant(shy, settings, at), insertClient(client, at)],
    ['--persist-to', state],
  )
  server = await startDevServer(await freePort(), state, [
    'EMAIL_TRANSPORT:smtp',
    `SMTP_URL:smtp://${userInfo}@127.0.0.1:${mailServer.port}`,
    `OPERATOR_TOKEN:${operatorToken}`,
  ])
}, startSeconds * 1000)

afterAll(async () => {
  await server?.kill()
  await mailServer?.stop()
  await rm(state, { recursive: true, force: true })
})

describe.skipIf(process.platform !== 'linux')('by SMTP', () => {
  const pages: Partial<Record<MailTemplate, string>> = {
    'opt-in': 'opt-in',
    'opt-in-resent': 'opt-in',
    'password-reset': 'reset-password',
    'email-change': 'change-email',
    'email-changed': 'undo-email-change',
    deletion: 'delete',
  }

  test.each(['en', 'de', 'fr'])(
    'every mail arrives once, in the language of its reader: %s',
    { timeout: 180_000 },
    async (language) => {
      const mails = await everyMail(language)
      const caused = mailTemplates.filter((template) => !ofBackOffice.includes(template))
      expect(mails.map(({ template }) => template).sort()).toEqual([...caused].sort())
      for (const { template, tenant, to } of mails) {
        const [received, ...others] = await arrived(to, subjectOf(template, language))
        expect(others, template).toEqual([])
        expect(received, template).toMatchObject({ to: [to], secure: true, from: 'no-reply@patron.example' })
        const { mail, kind } = await parsed(received)
        expect(kind).toMatch(/^multipart\/alternative/)
        expect(mail.from).toEqual({ name: 'Customer service', address: 'no-reply@patron.example' })
        expect(mail.to).toEqual([{ name: '', address: to }])
        expect(mail.html).toContain(`<html lang="${language}">`)
        const page = pages[template]
        const links = [...(mail.html ?? '').matchAll(/href="([^"]*)"/g)].map(([, link = '']) => link)
        if (page === undefined) {
          expect([links, mail.text?.includes('http')], template).toEqual([[], false])
          continue
        }
        expect(links, template).toHaveLength(1)
        const prefix = `${server.url}/account/${tenant}/${page}?token=`
        expect(links[0]).toMatch(new RegExp(`^${prefix.replace('?', '\\?')}[\\w-]{43}$`))
        expect(mail.text?.split('\n')).toContain(links[0])
        expect((await fetch(links[0] ?? '')).status, 'the page behind the link').toBe(200)
      }
    },
  )

  test.each([
    ['CR LF and a header', 'Ada\r\nBcc: eve@evil.example\r\n\r\nBuy', 'Hello,'],
    ['LF', 'Ada\nBcc', 'Hello Ada Bcc,'],
    ['NUL', 'Ada\0Bcc', 'refused'],
    ['an anchor', '<a href="https://evil.example">x</a>', 'Hello,'],
    ['right to left', '\u202eמרים مريم', 'Hello מרים مريم,'],
    ['emoji', 'Ada 👩🏽', 'Hello Ada 👩🏽,'],
    ['10 kB', 'ä'.repeat(5000), 'refused'],
  ])(
    'a hostile name changes nothing about the mail: %s',
    { timeout: 120_000 },
    async (what, firstName, greeting) => {
      const to = `hostile.${what.replace(/\W/g, '')}@shop.example`
      const token = await anonymous('globex')
      const customerDetails = { firstName, preferredLanguage: 'en' }
      const answer = await send('POST', '/customer/globex/signup', token, {
        email: to,
        password,
        customerDetails,
      })
      expect(answer.status).toBe(greeting === 'refused' ? 400 : 201)
      if (greeting === 'refused') return
      const [received, ...others] = await arrived(to, subjectOf('opt-in', 'en'))
      expect(others).toEqual([])
      expect(received?.to).toEqual([to])
      const { mail } = await parsed(received)
      expect(mail.headers.map(({ key }) => key).sort()).toEqual([
        'auto-submitted',
        'content-type',
        'date',
        'from',
        'message-id',
        'mime-version',
        'subject',
        'to',
      ])
      expect(mail.text?.split('\n')[0]).toBe(greeting)
      expect((mail.html ?? '').match(/<a /g)).toHaveLength(1)
      expect(mailServer.mails.filter(({ to }) => to.some((address) => address.includes('evil')))).toEqual([])
    },
  )
})

describe.skipIf(process.platform !== 'linux')('what does not arrive', () => {
  test(
    'the operator sees it with its reason, retries it, and it is delivered',
    { timeout: 180_000 },
    async () => {
      const email = 'operated@shop.example'
      refusals.set(email, [new SmtpRefusal(550, '5.7.1 Not from you')])
      const token = await anonymous('globex')
      expect((await send('POST', '/customer/globex/signup', token, { email, password })).status).toBe(201)
      await eventually(async () => expect((await outbox(operatorToken))?.failed).toBe(1))
      expect(await outbox(undefined), 'not for everybody').toBeUndefined()
      expect(await outbox('guess')).toBeUndefined()
      const [row, ...others] = JSON.parse(await cli('list', '--json')) as Record<string, unknown>[]
      expect(others).toEqual([])
      expect(row).toMatchObject({
        tenant: 'globex',
        template: 'opt-in',
        recipient: email,
        failure: 'permanent',
        attempts: 1,
      })
      expect(await cli('list')).toContain('The mail server refused the recipient: 550 5.7.1 Not from you')
      expect(await cli('retry', String(row?.['id']))).toContain('1')
      await fetch(`${server.url}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`)
      expect(await arrived(email, subjectOf('opt-in', 'en'))).toHaveLength(1)
      await eventually(async () =>
        expect(await outbox(operatorToken)).toEqual({ waiting: 0, delayed: 0, failed: 0 }),
      )
      expect(await cli('list')).toBe('No mail has failed, none is late.\n')
    },
  )
})

interface Caused {
  tenant: string
  template: MailTemplate
  to: string
}

/** As the two tenants show it, which have no names of their own. */
function subjectOf(template: MailTemplate, language: string): string {
  const words = builtInTranslations(template).find((translation) => translation.language === language)
  return words?.subject.replace('{{shop}}', 'Customer service') ?? `no ${template} in ${language}`
}

/** Causes each mail that there is, to a reader of the language. */
async function everyMail(language: string): Promise<Caused[]> {
  const [email, other, next, waiting, nobody] = ['first', 'second', 'next', 'waiting', 'nobody'].map(
    (name) => `${name}.${language}@shop.example`,
  ) as [string, string, string, string, string]
  const customerDetails = { firstName: 'Ada', lastName: 'Lovelace', preferredLanguage: language }
  const visitor = await anonymous(shy)
  const home = `/customer/${shy}`
  const expectStatus = async (status: number, ...[method, path, token, body]: Parameters<typeof send>) => {
    const answer = await send(method, path, token, body)
    const text = await answer.text()
    expect(answer.status, `${method} ${path}: ${text}`).toBe(status)
    return (text === '' ? {} : JSON.parse(text)) as { access_token: string }
  }
  const logIn = async (as: string, word: string) =>
    (await expectStatus(200, 'POST', `${home}/login`, visitor, { email: as, password: word })).access_token
  const globex = await anonymous('globex')
  await expectStatus(201, 'POST', '/customer/globex/signup', globex, {
    email: waiting,
    password,
    customerDetails,
  })
  await expectStatus(202, 'POST', '/customer/globex/signup/optin/refresh_token', globex, { email: waiting })
  await expectStatus(204, 'POST', `${home}/password/reset`, visitor, { email: nobody, site: language })
  await expectStatus(201, 'POST', `${home}/signup`, visitor, { email, password, customerDetails })
  await expectStatus(201, 'POST', `${home}/signup`, visitor, { email, password, customerDetails })
  await expectStatus(204, 'POST', `${home}/password/reset`, visitor, { email })
  const newPassword = 'battery staple'
  const change = { currentPassword: password, newPassword }
  await expectStatus(204, 'POST', `${home}/password/change`, await logIn(email, password), change)
  const token = await logIn(email, newPassword)
  await expectStatus(201, 'POST', `${home}/me/accounts/internal`, token, { email: other, password })
  await expectStatus(204, 'DELETE', `${home}/me`, token)
  const toNext = { email, password: newPassword, newEmail: next }
  await expectStatus(204, 'POST', `${home}/me/accounts/internal/email/change`, token, toNext)
  const [mail] = await arrived(next, subjectOf('email-change', language))
  const [, secret] = /token=([\w-]{43})"/.exec((await parsed(mail)).mail.html ?? '') ?? []
  await expectStatus(204, 'POST', `${home}/me/accounts/internal/email/change/confirm`, visitor, {
    token: secret,
  })
  const to = (template: MailTemplate, address = email) => ({ tenant: shy, template, to: address })
  return [
    { tenant: 'globex', template: 'opt-in', to: waiting },
    { tenant: 'globex', template: 'opt-in-resent', to: waiting },
    to('welcome'),
    to('no-account', nobody),
    to('already-registered'),
    to('password-reset'),
    to('password-changed'),
    to('account-added'),
    to('deletion'),
    to('email-change', next),
    to('email-changed'),
  ]
}

/** Waits for a mail of that subject; looks once more after it came, so that a second one is seen. */
async function arrived(to: string, subject: string): Promise<ReceivedMail[]> {
  const find = async () => {
    const mine = mailServer.mails.filter((mail) => mail.to.includes(to))
    const subjects = await Promise.all(mine.map(async (mail) => (await parsed(mail)).mail.subject))
    return mine.filter((_mail, index) => subjects[index] === subject)
  }
  await eventually(async () => expect(await find(), `${subject} to ${to}`).not.toEqual([]))
  return find()
}

async function parsed(received: ReceivedMail | undefined): Promise<{ mail: Email; kind: string }> {
  const mail = await PostalMime.parse(received?.raw ?? '')
  return { mail, kind: mail.headers.find(({ key }) => key === 'content-type')?.value ?? '' }
}

async function anonymous(tenant: string): Promise<string> {
  const path = `/customerlogin/auth/anonymous/login?tenant=${tenant}&client_id=${tenant}-storefront`
  const answer = await fetch(`${server.url}${path}`)
  return ((await answer.json()) as { access_token: string }).access_token
}

function send(method: string, path: string, token: string, body?: object): Promise<Response> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  return fetch(`${server.url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
}

async function outbox(token: string | undefined): Promise<Record<string, number> | undefined> {
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  const answer = await fetch(`${server.url}/health`, { headers })
  return ((await answer.json()) as { outbox?: Record<string, number> }).outbox
}

async function cli(...words: string[]): Promise<string> {
  const script = join(projectFolder, 'src', 'cli', 'outbox.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...words, '--state', state])
  return stdout
}

async function eventually(check: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + arrivalSeconds * 1000
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}
