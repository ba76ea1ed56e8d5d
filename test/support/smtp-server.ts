/**
 * A real mail server in Node, on a free port of this machine: it keeps what it takes, and refuses what it is told to.
 */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface ReceivedMail {
  from: string
  to: string[]
  /** Who logged in. */
  user: string | undefined
  /** Whether it came over TLS. */
  secure: boolean
  raw: string
}

/** Throw an `SmtpRefusal` to refuse a command. */
export interface Rules {
  onRecipient?(address: string): void
  onData?(mail: ReceivedMail): void
}

export class SmtpRefusal extends Error {
  readonly responseCode: number
  constructor(responseCode: number, message: string) {
    super(message)
    this.responseCode = responseCode
  }
}

export const login = { user: 'patron@shop.example', password: 'pa/ss wörd%@:' }

/** The log-in as it stands in a URL. */
export const userInfo = `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}`

export async function startSmtpServer(
  options: SMTPServerOptions,
  rules: Rules = {},
): Promise<{ port: number; mails: ReceivedMail[]; stop(): Promise<void> }> {
  const mails: ReceivedMail[] = []
  const refuse = (check: () => void, done: (error?: Error | null) => void) => {
    try {
      check()
      done()
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  }
  const server = new SMTPServer({
    disableReverseLookup: true,
    ...options,
    onAuth({ username, password }, _session, done) {
      const known = username === login.user && password === login.password
      if (known) done(null, { user: username })
      else done(new SmtpRefusal(535, '5.7.8 Wrong name or password'))
    },
    onRcptTo({ address }, _session, done) {
      refuse(() => rules.onRecipient?.(address), done)
    },
    onData(stream, { envelope, user, secure }, done) {
      text(stream).then((raw) => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        const to = envelope.rcptTo.map(({ address }) => address)
        const mail: ReceivedMail = { from, to, user, secure, raw }
        refuse(() => {
          rules.onData?.(mail)
          mails.push(mail)
        }, done)
      }, done)
    },
  })
  // A client that goes away in the middle is none of the server's business.
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    port: portOf(server.server),
    mails,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** A server that says one line after the other, each when something has come in, and then closes or falls silent. */
export async function startBadServer(
  lines: string[],
  end: 'close' | 'silence',
): Promise<{ port: number; stop(): void }> {
  const server = createServer((socket) => {
    const rest = [...lines]
    const next = () => {
      const line = rest.shift()
      if (line !== undefined) socket.write(line)
      if (rest.length === 0 && end === 'close') socket.end()
    }
    socket.on('error', () => undefined).on('data', next)
    next()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: portOf(server), stop: () => void server.close() }
}

function portOf(server: Pick<Server, 'address'>): number {
  return (server.address() as AddressInfo).port
}
