/**
 * The mail providers' HTTP APIs from inside workerd, against a real HTTP server that keeps what it is sent and answers as
 * the providers' documents say. Signatures against the vectors that AWS publishes.
 */
import PostalMime from 'postal-mime'
import { describe, expect, inject, it } from 'vitest'
import { signedHeaders } from '../../../../src/adapters/email/transports/aws-signature.ts'
import { bindingTransport } from '../../../../src/adapters/email/transports/binding-transport.ts'
import { postmarkTransport } from '../../../../src/adapters/email/transports/postmark-transport.ts'
import { resendTransport } from '../../../../src/adapters/email/transports/resend-transport.ts'
import { sesTransport } from '../../../../src/adapters/email/transports/ses-transport.ts'
import type { EmailTransport, SendOutcome } from '../../../../src/flows/ports/index.ts'
import type { PlannedAnswer, ReceivedCall } from '../../../support/mail-servers.ts'
import { mailTo } from '../../../support/mails.ts'

const { http } = inject('mailServers')
const now = Date.parse('2026-01-02T03:04:05.678Z')

const providers = {
  resend: (url: string) => resendTransport({ apiKey: 're_key', url }),
  postmark: (url: string) => postmarkTransport({ serverToken: 'server-token', url }),
  ses: (url: string) =>
    sesTransport(
      { region: 'eu-central-1', accessKeyId: 'AKID', secretAccessKey: 'secret-key', url },
      () => now,
    ),
}

/** A transport whose provider gives the planned answer, and what it was sent. */
function provider(name: keyof typeof providers, answer: PlannedAnswer) {
  const key = crypto.randomUUID()
  const transport: EmailTransport = providers[name](
    `${http}/${key}/${encodeURIComponent(JSON.stringify(answer))}`,
  )
  const calls = async (): Promise<ReceivedCall[]> => (await fetch(`${http}/received/${key}`)).json()
  return { transport, calls }
}

async function onlyCall(calls: () => Promise<ReceivedCall[]>) {
  const [call, ...others] = await calls()
  expect(others).toEqual([])
  return {
    ...call,
    headers: call?.headers ?? {},
    body: JSON.parse(call?.body ?? '{}') as Record<string, unknown>,
  }
}

const mail = mailTo('ada@bücher.example')
const to = 'ada@xn--bcher-kva.example'
const from = '"Ümläut \\"Acme\\" \\\\ Söhne" <no-reply@acme.example>'

describe('a mail through Resend', () => {
  it('is the documented request, with the mail’s id as idempotency key', async () => {
    const { transport, calls } = provider('resend', { status: 200, body: { id: '49a3999c' } })
    expect(await transport.send(mail)).toEqual({ kind: 'sent' })
    const { method, path, headers, body } = await onlyCall(calls)
    expect([method, path]).toEqual(['POST', '/emails'])
    expect(headers).toMatchObject({
      authorization: 'Bearer re_key',
      'content-type': 'application/json',
      'idempotency-key': mail.id,
    })
    expect(body).toEqual({
      from,
      to: [to],
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Entity-Ref-ID': mail.id },
    })
  })
})

describe('a mail through Postmark', () => {
  it('is the documented request, with our Message-ID and without tracking', async () => {
    const { transport, calls } = provider('postmark', { status: 200, body: { ErrorCode: 0, Message: 'OK' } })
    expect(await transport.send(mail)).toEqual({ kind: 'sent' })
    const { method, path, headers, body } = await onlyCall(calls)
    expect([method, path]).toEqual(['POST', '/email'])
    expect(headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      'x-postmark-server-token': 'server-token',
    })
    expect(body).toEqual({
      From: from,
      To: to,
      Subject: mail.subject,
      TextBody: mail.text,
      HtmlBody: mail.html,
      MessageStream: 'outbound',
      TrackOpens: false,
      TrackLinks: 'None',
      Headers: [
        { Name: 'Message-ID', Value: `<${mail.id}@acme.example>` },
        { Name: 'X-PM-KeepID', Value: 'true' },
        { Name: 'Auto-Submitted', Value: 'auto-generated' },
      ],
    })
  })
})

describe('a mail through Amazon SES', () => {
  it('is the documented request, signed, with the whole message in it', async () => {
    const { transport, calls } = provider('ses', { status: 200, body: { MessageId: '0100' } })
    expect(await transport.send(mail)).toEqual({ kind: 'sent' })
    const { method, path, headers, body } = await onlyCall(calls)
    expect([method, path]).toEqual(['POST', '/v2/email/outbound-emails'])
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-amz-date': '20260102T030405Z' })
    expect(headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/20260102\/eu-central-1\/ses\/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
    )
    const { Content, ...rest } = body as { Content: { Raw: { Data: string } } }
    expect(rest).toEqual({ FromEmailAddress: 'no-reply@acme.example', Destination: { ToAddresses: [to] } })
    const message = await PostalMime.parse(atob(Content.Raw.Data))
    expect(message).toMatchObject({ subject: mail.subject, to: [{ address: to }], text: `${mail.text}\n` })
    expect(message.headers).toContainEqual(
      expect.objectContaining({ key: 'x-entity-ref-id', value: mail.id }),
    )
  })

  it.each([
    [
      'without a body',
      {},
      '',
      'SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    ],
    [
      'with headers and a body',
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      'Param1=value1',
      'SignedHeaders=content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
  ])('is signed as AWS does it: a POST %s', async (_what, headers, body, expected) => {
    const request = {
      url: 'https://example.amazonaws.com/',
      service: 'service',
      region: 'us-east-1',
      headers,
      body,
    }
    const credentials = {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    }
    const signed = await signedHeaders({ ...request, now: Date.parse('2015-08-30T12:36:00Z') }, credentials)
    expect(signed['authorization']).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ${expected}`,
    )
  })
})

describe('a provider that refuses', () => {
  const resend = (status: number, name: string): PlannedAnswer => ({
    status,
    body: { statusCode: status, name, message: 'Not like this.' },
  })
  const postmark = (ErrorCode: number, status = 422): PlannedAnswer => ({
    status,
    body: { ErrorCode, Message: 'Not like this.' },
  })
  const ses = (status: number, type: string, message = 'Not like this.'): PlannedAnswer => ({
    status,
    headers: { 'x-amzn-ErrorType': `${type}:http://internal.amazon.com/coral/` },
    body: { message },
  })
  it.each<[keyof typeof providers, string, PlannedAnswer, SendOutcome['kind']]>([
    ['resend', 'invalid fields', resend(422, 'validation_error'), 'permanent'],
    ['resend', 'invalid fields', resend(400, 'validation_error'), 'permanent'],
    ['resend', 'a security problem', resend(451, 'security_error'), 'permanent'],
    ['resend', 'a sender that is not verified', resend(403, 'validation_error'), 'retry'],
    ['resend', 'a bad sender', resend(422, 'invalid_from_address'), 'retry'],
    ['resend', 'the key', resend(401, 'missing_api_key'), 'retry'],
    ['resend', 'the key', resend(403, 'invalid_api_key'), 'retry'],
    ['resend', 'the pace', resend(429, 'rate_limit_exceeded'), 'retry'],
    ['resend', 'the quota', resend(429, 'daily_quota_exceeded'), 'retry'],
    ['resend', 'a call beside another', resend(409, 'concurrent_idempotent_requests'), 'retry'],
    ['resend', 'a mail that it has in other words', resend(409, 'invalid_idempotent_request'), 'sent'],
    ['resend', 'everything', resend(500, 'application_error'), 'retry'],
    ['postmark', 'an inactive recipient', postmark(406), 'suppressed'],
    ['postmark', 'an invalid mail', postmark(300), 'permanent'],
    ['postmark', 'an unknown sender', postmark(400), 'retry'],
    ['postmark', 'an unconfirmed sender', postmark(401), 'retry'],
    ['postmark', 'an account without credit', postmark(405), 'retry'],
    ['postmark', 'an account under review', postmark(412), 'retry'],
    ['postmark', 'the token', postmark(10, 401), 'retry'],
    ['postmark', 'the pace', postmark(429, 429), 'retry'],
    ['postmark', 'its maintenance', postmark(100, 503), 'retry'],
    ['ses', 'the content', ses(400, 'MessageRejected'), 'permanent'],
    ['ses', 'the request', ses(400, 'BadRequestException'), 'permanent'],
    [
      'ses',
      'a sender',
      ses(400, 'MessageRejected', 'Email address is not verified. The following …'),
      'retry',
    ],
    ['ses', 'a domain', ses(400, 'MailFromDomainNotVerifiedException'), 'retry'],
    ['ses', 'a paused account', ses(400, 'SendingPausedException'), 'retry'],
    ['ses', 'a suspended account', ses(403, 'AccountSuspendedException'), 'retry'],
    ['ses', 'the quota', ses(400, 'LimitExceededException'), 'retry'],
    ['ses', 'the pace', ses(429, 'TooManyRequestsException'), 'retry'],
    ['ses', 'the signature', ses(403, 'SignatureDoesNotMatch'), 'retry'],
    ['ses', 'everything', { status: 503, body: '<html>Not now</html>' }, 'retry'],
  ])('%s, %s', async (name, _what, answer, kind) => {
    const { transport } = provider(name, answer)
    const outcome = await transport.send(mail)
    expect(outcome.kind).toBe(kind)
    if (outcome.kind !== 'sent') expect(outcome.reason).toContain(String(answer.status))
  })

  it('may say when it wants to be asked again', async () => {
    const { transport } = provider('resend', {
      ...resend(429, 'rate_limit_exceeded'),
      headers: { 'Retry-After': '90' },
    })
    expect(await transport.send(mail)).toMatchObject({ kind: 'retry', afterSeconds: 90 })
  })

  it.each(['resend', 'postmark', 'ses'] as const)(
    'to speak at all is an exception, so that the mail is tried again: %s',
    async (name) => {
      await expect(provider(name, { status: 0, body: '' }).transport.send(mail)).rejects.toThrow()
    },
  )

  it.each(['resend', 'postmark', 'ses'] as const)('and sends elsewhere is not followed: %s', async (name) => {
    const elsewhere = provider(name, { status: 200, body: {} })
    const Location = `${http}/elsewhere/${encodeURIComponent('{"status":200,"body":{}}')}/`
    const { transport } = provider(name, { status: 307, headers: { Location }, body: {} })
    expect(await transport.send(mail)).toMatchObject({ kind: 'retry' })
    expect(await elsewhere.calls()).toEqual([])
    expect(await (await fetch(`${http}/received/elsewhere`)).json()).toEqual([])
  })
})

describe('a mail through the binding', () => {
  /** The platform's simulator always takes a mail, so its refusals are played. */
  function binding(code?: string) {
    const sent: unknown[] = []
    const send = async (message: unknown) => {
      if (code) throw Object.assign(new Error('Not like this.'), { code })
      sent.push(message)
      return { messageId: 'id' }
    }
    return { transport: bindingTransport({ send } as SendEmail), sent }
  }

  it('is the documented message', async () => {
    const { transport, sent } = binding()
    expect(await transport.send(mail)).toEqual({ kind: 'sent' })
    expect(sent).toEqual([
      {
        from: mail.from,
        to,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        headers: { 'X-Entity-Ref-ID': mail.id },
      },
    ])
  })

  it.each([
    ['E_RECIPIENT_SUPPRESSED', 'suppressed'],
    ['E_VALIDATION_ERROR', 'permanent'],
    ['E_CONTENT_TOO_LARGE', 'permanent'],
    ['E_HEADER_VALUE_INVALID', 'permanent'],
    ['E_HEADERS_TOO_MANY', 'permanent'],
    ['E_SENDER_NOT_VERIFIED', 'retry'],
    ['E_SENDER_DOMAIN_NOT_AVAILABLE', 'retry'],
    ['E_RECIPIENT_NOT_ALLOWED', 'retry'],
    ['E_RATE_LIMIT_EXCEEDED', 'retry'],
    ['E_DAILY_LIMIT_EXCEEDED', 'retry'],
    ['E_DELIVERY_FAILED', 'retry'],
    ['E_INTERNAL_SERVER_ERROR', 'retry'],
    ['', 'retry'],
  ])('that is refused with %j is for another time, or never: %s', async (code, kind) => {
    const { transport } = binding(code || 'unknown')
    expect(await transport.send(mail)).toMatchObject({
      kind,
      reason: expect.stringContaining('Not like this.'),
    })
  })
})
