/**
 * Mail through Cloudflare's own e-mail service, by a `send_email` binding. The platform chooses Date and Message-ID and
 * knows no idempotency key; the mail's id travels in `X-Entity-Ref-ID`. Document: Email Service, "Workers API".
 */
import { asciiDomain } from '../../../domain/credentials/email-address.ts'
import type { EmailTransport, SendOutcome } from '../../../flows/ports/index.ts'

/** Of the mail itself. All other codes are about senders, quotas, or the service. */
const refusedContent =
  /^E_(VALIDATION_ERROR|FIELD_MISSING|CONTENT_TOO_LARGE|TOO_MANY_RECIPIENTS|HEADERS?_[A-Z_]+)$/

export function bindingTransport(binding: SendEmail): EmailTransport {
  return {
    async send(mail) {
      try {
        await binding.send({
          from: { name: mail.from.name, email: asciiDomain(mail.from.email) },
          to: asciiDomain(mail.to),
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          headers: { 'X-Entity-Ref-ID': mail.id },
        })
        return { kind: 'sent' }
      } catch (error) {
        return outcomeOf(error)
      }
    },
  }
}

function outcomeOf(error: unknown): SendOutcome {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason = `Cloudflare ${code}: ${error instanceof Error ? error.message : String(error)}`
  if (code === 'E_RECIPIENT_SUPPRESSED') return { kind: 'suppressed', reason }
  return { kind: refusedContent.test(code) ? 'permanent' : 'retry', reason }
}
