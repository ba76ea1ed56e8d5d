/**
 * Mail through Amazon SES: `SendEmail` of the API version 2, with the whole message as we would send it by SMTP.
 * SES knows no idempotency key and puts a Message-ID of its own in the place of ours; ours stays in `X-Entity-Ref-ID`.
 */
import { encodeBase64, encodeUtf8 } from '../../../domain/base/binary-text.ts'
import { asciiDomain } from '../../../domain/credentials/email-address.ts'
import type { EmailTransport, SendOutcome } from '../../../flows/ports/index.ts'
import { signedHeaders, type AwsCredentials } from './aws-signature.ts'
import { mimeMessage } from './mime.ts'
import { callProvider, outcomeByStatus, text, type ProviderAnswer } from './provider-call.ts'

export interface SesSettings extends AwsCredentials {
  region: string
  url?: string
}

/** Of the account, its identities or its limits: the operator repairs them, or time does. */
const repairable = new Set([
  'AccountSuspendedException',
  'LimitExceededException',
  'MailFromDomainNotVerifiedException',
  'NotFoundException',
  'SendingPausedException',
  'TooManyRequestsException',
])

export function sesTransport(
  { region, url = `https://email.${region}.amazonaws.com`, ...credentials }: SesSettings,
  now: () => number,
): EmailTransport {
  const endpoint = `${url}/v2/email/outbound-emails`
  return {
    async send(mail) {
      const message = `X-Entity-Ref-ID: ${mail.id}\r\n${mimeMessage(mail)}`
      const body = JSON.stringify({
        FromEmailAddress: asciiDomain(mail.from.email),
        Destination: { ToAddresses: [asciiDomain(mail.to)] },
        Content: { Raw: { Data: encodeBase64(encodeUtf8(message)) } },
      })
      const headers = { 'Content-Type': 'application/json' }
      const request = { url: endpoint, service: 'ses', region, headers, body, now: now() }
      return outcomeOf(await callProvider(endpoint, await signedHeaders(request, credentials), body))
    },
  }
}

/** SES also says `MessageRejected` of a sender, or of a sandbox's recipient, that is not verified. */
function outcomeOf(answer: ProviderAnswer): SendOutcome {
  const [type = ''] = (answer.headers.get('X-Amzn-ErrorType') ?? text(answer.body, '__type')).split(':')
  const message = text(answer.body, 'message')
  const reason = `Amazon SES ${answer.status} ${type}: ${message}`
  if (repairable.has(type) || /not verified/i.test(message)) return { kind: 'retry', reason }
  return outcomeByStatus(answer, reason)
}
