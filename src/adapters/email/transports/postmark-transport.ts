/**
 * Mail through Postmark's HTTP API: `POST /email`, on the transactional stream, with every kind of tracking off, because
 * tracked links would no longer be the tenant's. Postmark knows no idempotency key, but keeps our Message-ID.
 */
import { asciiDomain } from '../../../domain/credentials/email-address.ts'
import type { EmailTransport, SendOutcome } from '../../../flows/ports/index.ts'
import { mailboxOf, messageId } from './mime.ts'
import { callProvider, outcomeByStatus, text, type ProviderAnswer } from './provider-call.ts'

const defaultUrl = 'https://api.postmarkapp.com'
/** The address has bounced, complained or was suppressed by hand. */
const inactiveRecipient = 406
/** Of the request itself: invalid mail, invalid or incompatible JSON, JSON required, forbidden attachment. */
const refusedContent = new Set([300, 402, 403, 409, 411])

export function postmarkTransport({
  serverToken,
  url = defaultUrl,
}: {
  serverToken: string
  url?: string
}): EmailTransport {
  return {
    async send(mail) {
      const answer = await callProvider(
        `${url}/email`,
        {
          Accept: 'application/json',
          'Content-Type': 'application/json',
          'X-Postmark-Server-Token': serverToken,
        },
        JSON.stringify({
          From: mailboxOf(mail.from),
          To: asciiDomain(mail.to),
          Subject: mail.subject,
          TextBody: mail.text,
          HtmlBody: mail.html,
          MessageStream: 'outbound',
          TrackOpens: false,
          TrackLinks: 'None',
          Headers: [
            { Name: 'Message-ID', Value: messageId(mail) },
            { Name: 'X-PM-KeepID', Value: 'true' },
            { Name: 'Auto-Submitted', Value: 'auto-generated' },
          ],
        }),
      )
      return outcomeOf(answer)
    },
  }
}

/** Almost every refusal has the status 422; the code in the body tells them apart. */
function outcomeOf(answer: ProviderAnswer): SendOutcome {
  const code = Number(answer.body['ErrorCode'] ?? 0)
  const reason = `Postmark ${answer.status}, code ${code}: ${text(answer.body, 'Message')}`
  if (code === inactiveRecipient) return { kind: 'suppressed', reason }
  if (answer.status === 422 && !refusedContent.has(code)) return { kind: 'retry', reason }
  return outcomeByStatus(answer, reason)
}
