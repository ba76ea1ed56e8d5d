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
import { prepareLocalDatabase } from '../../src/cli/database/database.ts'
import { adminScopes, storefrontScopes } from '../../src/cli/scopes.ts'
import { newSecret } from '../../src/cli/secrets.ts'
import { hashClientSecret, insertClient, insertTenant } from '../../src/cli/database/sql.ts'
import { projectFolder, queryDatabase } from '../../src/cli/wrangler.ts'
import { mailTemplates, type MailTemplate } from '../../src/domain/mail/mail.ts'
import { SmtpRefusal, startSmtpServer, userInfo, type ReceivedMail } from '../support/smtp-server.ts'
import { freePort, startDevServer, type DevServer } from './dev-server.ts'
import {
  mailsOfBackOffice,
  mailsOfStorefront,
  mailToOperator,
  password,
  Requests,
  type Reader,
} from './every-mail.ts'

const operatorToken = newSecret()
const clientSecret = 'secret'
const arrivalSeconds = 90
/** Two runs of wrangler and the start of the server, on a busy machine. */
const startSeconds = 180

/** Shops that hide which addresses have an account; each speaks to its operator in its own language. */
const shops = { en: 'shopen', de: 'shopde', fr: 'shopfr' }

/** Each in a shop of another language, with a name that nobody has. */
const readers: (Reader & { greeting: string; unnamed: string })[] = [
  {
    ...{ language: 'en', shop: shops.de, firstName: 'Ada\r\nBcc' },
    ...{ greeting: 'Hello Ada Bcc,', unnamed: 'Hello,' },
  },
  {
    ...{
      language: 'de',
      shop: shops.fr,
      firstName: '<a href="https://evil.example">x</a>\r\nBcc: eve@evil.example',
    },
    ...{ greeting: 'Guten Tag,', unnamed: 'Guten Tag,' },
  },
  {
    ...{ language: 'fr', shop: shops.en, firstName: '\u202eמרים 👩🏽' },
    ...{ greeting: 'Bonjour מרים 👩🏽,', unnamed: 'Bonjour,' },
  },
]

let state: string
let server: DevServer
let requests: Requests
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
  const languages = ['en', 'en_US', 'de', 'de_DE', 'fr', 'fr_FR']
  const settings = {
    ...{ revealExistingAccounts: false, welcomeMail: true, noAccountMail: true, languages },
    sites: ['main', 'en', 'de', 'fr'],
    siteSettings: { en: { language: 'en' }, de: { language: 'de' }, fr: { language: 'fr' } },
    limits: { burst: 'wide', mailsPerHour: 1000 },
  }
  const secretHash = hashClientSecret(clientSecret)
  const rows = Object.entries(shops).flatMap(([language, tenant]) => [
    insertTenant(tenant, { ...settings, defaults: { language }, operatorEmail: operatorOf(tenant) }, at),
    insertClient({ id: `${tenant}-storefront`, tenant, secretHash, scopes: [...storefrontScopes] }, at),
    insertClient({ id: `${tenant}-admin`, tenant, secretHash, scopes: [...adminScopes] }, at),
  ])
  await queryDatabase('--local', rows, ['--persist-to', state])
  server = await startDevServer(await freePort(), state, [
    'EMAIL_TRANSPORT:smtp',
    `SMTP_URL:smtp://${userInfo}@127.0.0.1:${mailServer.port}`,
    `OPERATOR_TOKEN:${operatorToken}`,
  ])
  requests = new Requests(server.url)
}, startSeconds * 1000)

afterAll(async () => {
  await server?.kill()
  await mailServer?.stop()
  await rm(state, { recursive: true, force: true })
})

describe.skipIf(process.platform !== 'linux')('by SMTP', () => {
  test.each(readers)(
    'every mail arrives once, in the language of its reader, with a hostile name: $language',
    { timeout: 180_000 },
    async (reader) => {
      const { language } = reader
      const shop = shops[language as keyof typeof shops]
      const mails = [
        ...(await mailsOfStorefront(requests, reader, secretFor(language))),
        ...(await mailsOfBackOffice(requests, reader, clientSecret, runCron)),
        await mailToOperator(requests, shop, clientSecret, operatorOf(shop)),
      ]
      expect(new Set(mails.map(({ template }) => template))).toEqual(new Set(mailTemplates))
      for (const { template, tenant, to, named } of mails) {
        const [received, ...others] = await arrived(to, subjectOf(template, language))
        expect(others, template).toEqual([])
        expect(received, template).toMatchObject({ to: [to], secure: true, from: 'no-reply@patron.example' })
        const { mail, kind } = await parsed(received)
        expect(kind).toMatch(/^multipart\/alternative/)
        expect(headersOf(mail), template).toEqual(headers)
        expect(mail.from).toEqual({ name: 'Customer service', address: 'no-reply@patron.example' })
        expect(mail.to).toEqual([{ name: '', address: to }])
        expect(mail.html).toContain(`<html lang="${language}">`)
        expect(mail.text?.split('\n')[0], template).toBe(named ? reader.greeting : reader.unnamed)
        await expectLink(mail, tenant, pages[template])
      }
      expect(mailsToEve()).toEqual([])
    },
  )

  test.each([
    ['NUL', 'Ada\0Bcc'],
    ['10 kB', 'ä'.repeat(5000)],
  ])('a name that no mail could show is refused, and nothing is sent: %s', async (what, firstName) => {
    const email = `hostile.${what.replace(/\W/g, '')}@shop.example`
    const body = { email, password, customerDetails: { firstName } }
    const token = await requests.anonymous('globex')
    expect((await requests.send('POST', '/customer/globex/signup', token, body)).status).toBe(400)
    expect(mailServer.mails.filter(({ to }) => to.includes(email))).toEqual([])
  })
})

describe.skipIf(process.platform !== 'linux')('what does not arrive', () => {
  test(
    'the operator sees it with its reason, retries it, and it is delivered',
    { timeout: 180_000 },
    async () => {
      const email = 'operated@shop.example'
      refusals.set(email, [new SmtpRefusal(550, '5.7.1 Not from you')])
      const token = await requests.anonymous('globex')
      await requests.expect(201, 'POST', '/customer/globex/signup', token, { email, password })
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
      await runCron()
      expect(await arrived(email, subjectOf('opt-in', 'en'))).toHaveLength(1)
      await eventually(async () =>
        expect(await outbox(operatorToken)).toEqual({ waiting: 0, delayed: 0, failed: 0 }),
      )
      expect(await cli('list')).toBe('No mail has failed, none is late.\n')
    },
  )

  test(
    'of a mailbox that was missing for a while, the operator allows the address and it arrives',
    { timeout: 180_000 },
    async () => {
      const email = 'Missing@shop.example'
      refusals.set(email, [new SmtpRefusal(550, '5.1.1 Unknown')])
      const token = await requests.anonymous('globex')
      await requests.expect(201, 'POST', '/customer/globex/signup', token, { email, password })
      await eventually(async () => expect((await outbox(operatorToken))?.failed).toBe(1))
      expect(JSON.parse(await cli('addresses', '--json'))).toMatchObject([
        { address: 'missing@shop.example', reason: 'refused' },
      ])
      expect(await cli('addresses')).toMatch(
        /^missing@shop\.example\n {2}refused since 2.+\n {2}The mail server/,
      )
      expect(await cli('allow', 'MISSING@shop.example')).toBe('Allowed: 1\n')
      expect(await cli('addresses')).toBe('No address is known to take no mail.\n')
      await expect(cli('allow', email), 'a second time').rejects.toMatchObject({
        ...{ code: 1, stdout: 'Allowed: 0\n', stderr: `No mark on: ${email}\n` },
      })
      for (const words of [['allow'], ['allow', '--all'], ['allow', 'nobody'], ['addresses', email]])
        await expect(cli(...words), words.join(' ')).rejects.toMatchObject({ code: 2, stdout: '' })
      expect(await cli('retry', '--all')).toBe('To be tried again: 1\n')
      await runCron()
      expect(await arrived(email, subjectOf('opt-in', 'en'))).toHaveLength(1)
    },
  )

  test('the operator drops it, and it never arrives', { timeout: 180_000 }, async () => {
    const email = 'dropped@shop.example'
    refusals.set(email, [new SmtpRefusal(554, '5.7.1 No')])
    const token = await requests.anonymous('globex')
    await requests.expect(201, 'POST', '/customer/globex/signup', token, { email, password })
    await eventually(async () => expect((await outbox(operatorToken))?.failed).toBe(1))
    const [row] = JSON.parse(await cli('list', '--json')) as Record<string, unknown>[]
    expect(row).toMatchObject({ recipient: email, failure: 'permanent' })
    expect(await cli('drop', '--all')).toBe('Dropped: 1\n')
    expect(await outbox(operatorToken)).toEqual({ waiting: 0, delayed: 0, failed: 0 })
    await runCron()
    expect(mailServer.mails.filter(({ to }) => to.includes(email))).toEqual([])
  })
})

/** Where the link of a mail leads. */
const pages: Partial<Record<MailTemplate, string>> = {
  'opt-in': 'opt-in',
  'opt-in-resent': 'opt-in',
  'initial-password': 'reset-password',
  'migration-reminder': 'reset-password',
  'password-reset': 'reset-password',
  'choose-password': 'reset-password',
  'email-change': 'change-email',
  'email-confirmation': 'confirm-email',
  'account-confirmation': 'confirm-account',
  'email-changed': 'undo-email-change',
  deletion: 'delete',
}

const headers = [
  ...['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to'],
]

function headersOf(mail: Email): string[] {
  return mail.headers.map(({ key }) => key).sort()
}

/** One link in HTML, the same in the text, to a page that is there; or none at all. */
async function expectLink({ html = '', text = '' }: Email, tenant: string, page: string | undefined) {
  const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, link = '']) => link)
  if (page === undefined) return expect([links, text.includes('http')]).toEqual([[], false])
  const notMe = `${server.url}/account/${tenant}/not-me?token=`
  const [link = '', ...others] = links
  // The second link of a mail that confirms something.
  expect(
    others.filter((other) => !other.startsWith(notMe)),
    page,
  ).toEqual([])
  const prefix = `${server.url}/account/${tenant}/${page}?token=`
  expect(link.slice(0, prefix.length)).toBe(prefix)
  expect(link.slice(prefix.length)).toMatch(/^[\w-]{43}$/)
  expect(text.split('\n')).toContain(link)
  expect((await fetch(link)).status, 'the page behind the link').toBe(200)
}

function mailsToEve(): ReceivedMail[] {
  return mailServer.mails.filter(({ to }) => to.some((address) => address.includes('evil')))
}

function operatorOf(tenant: string): string {
  return `operator@${tenant}.example`
}

/** As the tenants show it, which have no names of their own. */
function subjectOf(template: MailTemplate, language: string): string {
  const words = builtInTranslations(template).find((translation) => translation.language === language)
  return words?.subject.replace('{{shop}}', 'Customer service') ?? `no ${template} in ${language}`
}

/** The token in the link of a mail. */
function secretFor(language: string) {
  return async (to: string, template: MailTemplate): Promise<string> => {
    const [received] = await arrived(to, subjectOf(template, language))
    return /token=([\w-]{43})"/.exec((await parsed(received)).mail.html ?? '')?.[1] ?? ''
  }
}

async function runCron(): Promise<void> {
  const answer = await fetch(`${server.url}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`)
  expect(answer.status).toBe(200)
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
