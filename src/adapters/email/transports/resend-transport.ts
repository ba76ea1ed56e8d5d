/**
 * Mail through Resend's HTTP API: `POST /emails`. The mail's id is the idempotency key, which Resend remembers for a day.
 * Resend chooses the Message-ID.
 */
import { asciiDomain } from '../../../domain/credentials/email-address.ts'
import type { EmailTransport, SendOutcome } from '../../../flows/ports/index.ts'
import { mailboxOf } from './mime.ts'
import { callProvider, outcomeByStatus, text, type ProviderAnswer } from './provider-call.ts'

const defaultUrl = 'https://api.resend.com'

export function resendTransport({
  apiKey,
  url = defaultUrl,
}: {
  apiKey: string
  url?: string
}): EmailTransport {
  return {
    async send(mail) {
      const answer = await callProvider(
        `${url}/emails`,
        {
          Authorization: `Bearer ${apiKey}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': mail.id,
        },
        JSON.stringify({
          from: mailboxOf(mail.from),
          to: [asciiDomain(mail.to)],
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Entity-Ref-ID': mail.id },
        }),
      )
      return outcomeOf(answer)
    },
  }
}

function outcomeOf(answer: ProviderAnswer): SendOutcome {
  const name = text(answer.body, 'name')
  const reason = `Resend ${answer.status} ${name}: ${text(answer.body, 'message')}`
  switch (name) {
    // Taken before, in words that have changed since.
    case 'invalid_idempotent_request':
      return { kind: 'sent' }
    case 'invalid_from_address':
      return { kind: 'retry', reason }
    case 'security_error':
      return { kind: 'permanent', reason }
    default:
      return outcomeByStatus(answer, reason)
  }
}
