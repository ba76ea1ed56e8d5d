/**
 * SMTP from inside workerd, against real mail servers in Node: good ones over TLS, and such as refuse, lie or fall silent.
 */
import PostalMime from 'postal-mime'
import { describe, expect, inject, it } from 'vitest'
import { smtpTransport } from '../../../../src/adapters/email/transports/smtp-transport.ts'
import type { SmtpSettings } from '../../../../src/env.ts'
import { mailTo } from '../../../support/mails.ts'
import type { ReceivedMail } from '../../../support/smtp-server.ts'

const { smtp, http } = inject('mailServers')
type Server = keyof typeof smtp
const credentials = { user: 'patron@shop.example', password: 'pa/ss wörd%@:' }

function transport(server: Server, more: Partial<SmtpSettings> = {}) {
  const tls = server === 'implicit' ? 'implicit' : server === 'plain' ? 'none' : 'starttls'
  const own = tls === 'none' ? {} : { credentials }
  return smtpTransport({ host: '127.0.0.1', port: smtp[server], tls, ...own, ...more }, 'patron.test', 2)
}

async function arrived(to: string): Promise<ReceivedMail[]> {
  return (await fetch(`${http}/mails?to=${encodeURIComponent(to)}`)).json()
}

describe('a mail by SMTP', () => {
  it.each(['starttls', 'implicit', 'login'] as const)(
    'arrives over TLS, after a log-in, as it was written: %s',
    async (server) => {
      const mail = mailTo(`${server}@shop.example`)
      expect(await transport(server).send(mail)).toEqual({ kind: 'sent' })
      const [received, ...others] = await arrived(mail.to)
      expect(others).toEqual([])
      expect(received).toMatchObject({
        from: mail.from.email,
        to: [mail.to],
        user: credentials.user,
        secure: true,
      })
      expect(await PostalMime.parse(received?.raw ?? '')).toMatchObject({
        subject: mail.subject,
        from: { name: mail.from.name, address: mail.from.email },
        messageId: `<${mail.id}@acme.example>`,
        // The parser ends each part with a line of its own.
        text: `${mail.text}\n`,
        html: `${mail.html}\n`,
      })
    },
  )

  it('arrives without TLS and log-in where the settings say so', async () => {
    const mail = mailTo('plain@shop.example')
    expect(await transport('plain').send(mail)).toEqual({ kind: 'sent' })
    expect(await arrived(mail.to)).toMatchObject([{ secure: false }])
  })

  it('goes to an international address, whose domain is written in ASCII', async () => {
    expect(await transport('implicit').send(mailTo('ädä@bücher.example'))).toEqual({ kind: 'sent' })
    const [received] = await arrived('ädä@bücher.example')
    expect(received?.raw).toContain('To: ädä@xn--bcher-kva.example\r\n')
  })

  it.each(['"a b"@shop.example', 'a@shop.example> SIZE=1', 'a@x.example,b@y.example', 'a@b.example\r\nDATA'])(
    'T58 is refused before any connection when the recipient is no plain address: %j',
    async (to) => {
      expect(await transport('closing').send(mailTo(to))).toMatchObject({ kind: 'permanent' })
    },
  )
})

describe('a mail server that refuses', () => {
  it.each([
    ['refuse-450-4.2.1', 'retry'],
    ['refuse-451', 'retry'],
    ['refuse-421-4.7.0', 'retry'],
    ['refuse-552-5.2.2', 'retry'],
    ['refuse-550-5.1.1', 'suppressed'],
    ['refuse-550-5.1.10', 'suppressed'],
    ['refuse-550-5.2.1', 'suppressed'],
    ['refuse-550-5.7.1', 'permanent'],
    ['refuse-550', 'permanent'],
    ['content-451-4.7.1', 'retry'],
    ['content-554-5.7.1', 'permanent'],
  ])('the recipient or the mail (%s) says so for this mail: %s', async (name, kind) => {
    const to = `${name}@shop.example`
    const [, code = ''] = name.split('-')
    expect(await transport('plain').send(mailTo(to))).toEqual({ kind, reason: expect.stringContaining(code) })
    expect(await arrived(to)).toEqual([])
  })

  it('the log-in is an exception, without the password', async () => {
    const sent = transport('starttls', { credentials: { user: 'patron', password: 'wrong-word' } })
      .send(mailTo('login@shop.example'))
      .catch(String)
    expect(await sent).toMatch(/refused the log-in: 535/)
    expect(await sent).not.toContain('wrong-word')
  })
})

describe('a mail server that cannot be trusted', () => {
  it.each<[string, Server, Partial<SmtpSettings>, RegExp]>([
    ['offers no STARTTLS', 'plain', { tls: 'starttls', credentials }, /does not offer STARTTLS/],
    ['offers no way to log in that we know', 'cramOnly', {}, /neither PLAIN nor LOGIN/],
    ['closes the connection at once', 'closing', {}, /closed the connection/],
    ['closes the connection in the middle of an answer', 'dying', {}, /closed the connection/],
    ['speaks something else', 'babbling', {}, /does not speak SMTP/],
    ['falls silent', 'silent', {}, /not taken the mail within 2 seconds/],
    ['puts words behind its consent to TLS', 'injecting', {}, /more than its consent/],
    ['has a certificate of another name', 'implicit', { host: '127.0.0.2' }, /./],
    ['is not there', 'plain', { port: 1 }, /./],
  ])('is an exception, so that the mail is tried again: %s', async (_what, server, settings, message) => {
    await expect(transport(server, settings).send(mailTo('nobody@shop.example'))).rejects.toThrow(message)
    expect(await arrived('nobody@shop.example')).toEqual([])
  })
})
