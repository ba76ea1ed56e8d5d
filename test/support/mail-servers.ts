/**
 * Servers outside of the Worker, for the tests of the e-mail transports inside workerd: mail servers of several kinds, and
 * an HTTP server that plays the providers. Started once per run, reached by the ports that tests `inject`.
 */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TestProject } from 'vitest/node'
import { SmtpRefusal, startBadServer, startSmtpServer } from './smtp-server.ts'

export interface MailServers {
  /** Ports of the mail servers. */
  smtp: Record<
    | 'starttls'
    | 'implicit'
    | 'login'
    | 'plain'
    | 'closing'
    | 'dying'
    | 'babbling'
    | 'silent'
    | 'injecting'
    | 'cramOnly',
    number
  >
  /** Base URL of the HTTP server. */
  http: string
}

declare module 'vitest' {
  interface ProvidedContext {
    mailServers: MailServers
  }
}

/** What a provider is to answer; stands in the path of the call, see `providerUrl` in the tests. */
export interface PlannedAnswer {
  status: number
  headers?: Record<string, string>
  body: unknown
}

export interface ReceivedCall {
  method: string
  path: string
  headers: Record<string, string>
  body: string
}

/** `refuse-550-5.1.1@…` (or `….x@…`) is answered with that at RCPT, `content-554-5.7.1@…` after the content. */
const refusal = (stage: string) => (address: string) => {
  const [, code, status = ''] =
    new RegExp(`^${stage}-(\\d{3})(?:-(\\d\\.\\d\\.\\d+))?[.@]`).exec(address) ?? []
  if (code) throw new SmtpRefusal(Number(code), `${status} No, because of ${address}`.trim())
}

/** `late.2.…@…` is refused for the moment, twice. */
function late(): (address: string) => void {
  const refused = new Map<string, number>()
  return (address) => {
    const [, times] = /^late\.(\d)\./.exec(address) ?? []
    const before = refused.get(address) ?? 0
    if (before >= Number(times ?? 0)) return
    refused.set(address, before + 1)
    throw new SmtpRefusal(451, '4.3.0 Not now')
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const pem = await readFile(process.env['PATRON_TEST_CERTIFICATE'] ?? '')
  const certificate = { key: pem, cert: pem }
  const [refuse, delay] = [refusal('refuse'), late()]
  const rules = {
    onRecipient(address: string) {
      refuse(address)
      delay(address)
    },
    onData: ({ to }: { to: string[] }) => to.forEach(refusal('content')),
  }
  const smtp = {
    starttls: await startSmtpServer({ ...certificate }, rules),
    implicit: await startSmtpServer({ ...certificate, secure: true }, rules),
    login: await startSmtpServer({ ...certificate, authMethods: ['LOGIN'] }, rules),
    cramOnly: await startSmtpServer({ ...certificate, authMethods: ['CRAM-MD5'] }, rules),
    plain: await startSmtpServer({ disabledCommands: ['STARTTLS', 'AUTH'] }, rules),
  }
  const bad = {
    closing: await startBadServer([], 'close'),
    dying: await startBadServer(['220 here\r\n', '250-here\r\n'], 'close'),
    babbling: await startBadServer(['HTTP/1.1 400 Bad Request\r\n'], 'close'),
    silent: await startBadServer(['220 here\r\n'], 'silence'),
    injecting: await startBadServer(
      ['220 here\r\n', '250-here\r\n250 STARTTLS\r\n', '220 go on\r\n250 injected\r\n'],
      'silence',
    ),
  }
  const mails = () => Object.values(smtp).flatMap((server) => server.mails)
  const http = createServer(providers(mails)).listen(0, '127.0.0.1')
  await once(http, 'listening')
  const ports = Object.entries({ ...smtp, ...bad }).map(([name, { port }]) => [name, port])
  project.provide('mailServers', {
    smtp: Object.fromEntries(ports) as MailServers['smtp'],
    http: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
  })
  return async () => {
    http.closeAllConnections()
    http.close()
    for (const { stop } of [...Object.values(smtp), ...Object.values(bad)]) await stop()
  }
}

/** `/{key}/{planned answer as JSON}/…` is a provider; `/received/{key}` tells what it got; `/mails?to=` what was mailed. */
function providers(mails: () => { to: string[] }[]) {
  const calls = new Map<string, ReceivedCall[]>()
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', 'http://server')
    const [, key = '', plan = '', ...rest] = url.pathname.split('/')
    const body = await text(request)
    const answer = ({ status, headers = {}, body }: PlannedAnswer) =>
      response
        .writeHead(status, { 'Content-Type': 'application/json', ...headers })
        .end(typeof body === 'string' ? body : JSON.stringify(body))
    if (key === 'received') return void answer({ status: 200, body: calls.get(plan) ?? [] })
    if (key === 'mails') {
      const to = url.searchParams.get('to') ?? ''
      return void answer({ status: 200, body: mails().filter((mail) => mail.to.includes(to)) })
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    const call = { method: request.method ?? '', path: `/${rest.join('/')}`, headers, body }
    calls.set(key, [...(calls.get(key) ?? []), call])
    const planned = JSON.parse(decodeURIComponent(plan)) as PlannedAnswer
    if (planned.status === 0) request.socket.destroy()
    else answer(planned)
  }
  return (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  }
}
