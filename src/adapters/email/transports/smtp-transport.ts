/**
 * Mail by SMTP submission: implicit TLS, or STARTTLS that the server must offer; a password never travels in clear.
 * One connection per mail. What the server refuses before it knows the mail is the operator's to repair, so it is tried
 * again; what it refuses of the recipient or the content is final. RFC 5321, 3207 (STARTTLS), 4954 (AUTH), 6531 (UTF-8).
 */
import { connect } from 'cloudflare:sockets'
import { encodeBase64, encodeUtf8 } from '../../../domain/base/binary-text.ts'
import { asciiDomain, isEmailAddress } from '../../../domain/credentials/email-address.ts'
import type { SmtpSettings } from '../../../env.ts'
import type { EmailTransport, Mail, SendOutcome } from '../../../flows/ports/index.ts'
import { mimeMessage } from './mime.ts'
import { SmtpConnection, type SmtpReply } from './smtp-connection.ts'

/** For the whole conversation; shorter than a consumer's lease. */
export const smtpTimeoutSeconds = 30

/** Enhanced status codes that say that the mailbox or its domain does not exist, has moved, or is closed. */
const noSuchMailbox = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1'])

/** `clientName`: the host that we present ourselves as. */
export function smtpTransport(
  settings: SmtpSettings,
  clientName: string,
  timeoutSeconds = smtpTimeoutSeconds,
): EmailTransport {
  return {
    async send(mail) {
      if (![mail.to, mail.from.email].every(isEmailAddress))
        return { kind: 'permanent', reason: 'The recipient or the sender is no plain e-mail address.' }
      const secureTransport = { implicit: 'on', starttls: 'starttls', none: 'off' } as const
      const connection = new SmtpConnection(
        connect(
          { hostname: settings.host, port: settings.port },
          { secureTransport: secureTransport[settings.tls], allowHalfOpen: false },
        ),
      )
      try {
        const work = converse(connection, settings, clientName, mail)
        return await withinSeconds(timeoutSeconds, work)
      } finally {
        connection.close()
      }
    },
  }
}

async function converse(
  connection: SmtpConnection,
  settings: SmtpSettings,
  clientName: string,
  mail: Mail,
): Promise<SendOutcome> {
  const extensions = await greet(connection, settings, clientName)
  const sender = asciiDomain(mail.from.email)
  const recipient = asciiDomain(mail.to)
  const international = /[^\x00-\x7f]/.test(sender + recipient)
  if (international && !extensions.has('SMTPUTF8'))
    return { kind: 'permanent', reason: 'The mail server takes no address beyond ASCII (SMTPUTF8).' }
  await expectCode(
    connection.command(`MAIL FROM:<${sender}>${international ? ' SMTPUTF8' : ''}`),
    'the sender',
    250,
  )
  const to = await connection.command(`RCPT TO:<${recipient}>`)
  if (to.code !== 250 && to.code !== 251) return refusal('the recipient', to)
  const data = await connection.command('DATA')
  if (data.code !== 354) return refusal('the mail', data)
  const accepted = await connection.command(`${mimeMessage(mail).replace(/^\./gm, '..')}.`)
  if (accepted.code !== 250) return refusal('the mail', accepted)
  await connection.write('QUIT').catch(() => undefined)
  return { kind: 'sent' }
}

/** Up to the point where mail can be handed over; the extensions that the server offers there. */
async function greet(
  connection: SmtpConnection,
  { tls, credentials }: SmtpSettings,
  clientName: string,
): Promise<Map<string, string>> {
  await expectCode(connection.reply(), 'the connection', 220)
  const hello = async () =>
    extensionsOf(await expectCode(connection.command(`EHLO ${clientName}`), 'EHLO', 250))
  let extensions = await hello()
  if (tls === 'starttls') {
    if (!extensions.has('STARTTLS')) throw new Error('The mail server does not offer STARTTLS.')
    await expectCode(connection.command('STARTTLS'), 'STARTTLS', 220)
    connection.startTls()
    extensions = await hello()
  }
  if (credentials) await authenticate(connection, credentials, extensions.get('AUTH') ?? '')
  return extensions
}

async function authenticate(
  connection: SmtpConnection,
  { user, password }: NonNullable<SmtpSettings['credentials']>,
  offered: string,
): Promise<void> {
  const encode = (text: string) => encodeBase64(encodeUtf8(text))
  const mechanisms = offered.toUpperCase().split(' ')
  if (mechanisms.includes('PLAIN')) {
    await expectCode(connection.command(`AUTH PLAIN ${encode(`\0${user}\0${password}`)}`), 'the log-in', 235)
  } else if (mechanisms.includes('LOGIN')) {
    await expectCode(connection.command('AUTH LOGIN'), 'the log-in', 334)
    await expectCode(connection.command(encode(user)), 'the log-in', 334)
    await expectCode(connection.command(encode(password)), 'the log-in', 235)
  } else throw new Error('The mail server offers neither PLAIN nor LOGIN for the log-in.')
}

function extensionsOf({ lines }: SmtpReply): Map<string, string> {
  return new Map(
    lines.slice(1).map((line) => {
      const [keyword = '', ...parameters] = line.split(' ')
      return [keyword.toUpperCase(), parameters.join(' ')]
    }),
  )
}

async function expectCode(answer: Promise<SmtpReply>, what: string, code: number): Promise<SmtpReply> {
  const reply = await answer
  if (reply.code !== code) throw new Error(refused(what, reply))
  return reply
}

/** A full mailbox (552, x.2.2) may be emptied; 4xx and a server that says goodbye (421) are for another time. */
function refusal(what: string, reply: SmtpReply): SendOutcome {
  const reason = refused(what, reply)
  if (reply.code < 500 || reply.code === 552) return { kind: 'retry', reason }
  if (reply.status !== undefined && noSuchMailbox.has(reply.status)) return { kind: 'suppressed', reason }
  return { kind: 'permanent', reason }
}

function refused(what: string, { code, lines }: SmtpReply): string {
  return `The mail server refused ${what}: ${code} ${lines.join(' ')}`
}

async function withinSeconds<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const message = `The mail server has not taken the mail within ${seconds} seconds.`
    timer = setTimeout(() => reject(new Error(message)), seconds * 1000)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    // When it was too late, the connection is closed now, and no caller hears that the work fails.
    work.catch(() => undefined)
  }
}
