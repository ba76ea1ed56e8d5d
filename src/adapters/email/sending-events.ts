/**
 * What Cloudflare's e-mail service reports about a mail after it has taken it, as messages of an event subscription.
 * Document: Email Service, "Event subscriptions" (source `email.sending`, version 1). Fields and types that are not known are
 * let pass; only three types can say that an address takes no mail.
 */
import { z } from 'zod'
import { isEmailAddress, tidyEmail } from '../../domain/credentials/email-address.ts'
import type { UndeliverableReport } from '../../domain/mail/mail.ts'

export type SendingEvent =
  | { kind: 'undeliverable'; report: UndeliverableReport }
  /** Of another type, or about this one mail only. */
  | { kind: 'irrelevant' }
  /** No event, or not of the form that its type is documented with. */
  | { kind: 'unreadable' }

const prefix = 'cf.email.sending.message.'

/** Enhanced status codes about the mail system, the protocol, the message or its sender; a mailbox may be emptied. */
const notOfAddress = /^5\.([3567]\.|2\.[23]$)/

const recipient = z.string().overwrite(tidyEmail).refine(isEmailAddress)
const text = z.string().optional().catch(undefined)
const delivery = z.object({ smtpEnhancedStatusCode: text, smtpResponse: text }).optional().catch(undefined)

const anyEvent = z.object({
  type: z.string(),
  payload: z.unknown(),
  metadata: z.object({ eventTimestamp: text }).optional().catch(undefined),
})

type Finding = Omit<UndeliverableReport, 'at'> | undefined

/** What a payload says about its address, by the type of the event. */
const findings = new Map<string, z.ZodType<Finding>>([
  [
    `${prefix}bounced`,
    z
      .object({ recipient, delivery, bounce: z.object({ type: z.string(), reason: text }) })
      .transform(({ recipient: email, delivery, bounce }): Finding => {
        // Soft ones have been tried for long enough, and are for another time.
        if (bounce.type !== 'hard' || notOfAddress.test(delivery?.smtpEnhancedStatusCode ?? ''))
          return undefined
        return { email, reason: 'bounced', detail: delivery?.smtpResponse ?? bounce.reason }
      }),
  ],
  [
    `${prefix}complained`,
    z
      .object({ recipient, complaint: z.object({ type: text }).optional().catch(undefined) })
      .transform(({ recipient: email, complaint }): Finding => ({
        email,
        reason: 'complained',
        detail: complaint?.type,
      })),
  ],
  [
    `${prefix}rejected`,
    z
      .object({ recipient, rejection: z.object({ reason: z.string(), party: text, detail: text }) })
      .transform(({ recipient: email, rejection: { reason, party, detail } }): Finding => {
        if (party !== 'recipient' || !reason.includes('suppressed')) return undefined
        return { email, reason: 'refused', detail }
      }),
  ],
])

/** `receivedAt` stands in for the time of an event that has none. */
export function readSendingEvent(body: unknown, receivedAt: number): SendingEvent {
  const event = anyEvent.safeParse(body)
  if (!event.success) return { kind: 'unreadable' }
  const { type, payload, metadata } = event.data
  const finding = findings.get(type)
  if (!finding) return { kind: 'irrelevant' }
  const found = finding.safeParse(payload)
  if (!found.success) return { kind: 'unreadable' }
  if (!found.data) return { kind: 'irrelevant' }
  const time = Date.parse(metadata?.eventTimestamp ?? '')
  return { kind: 'undeliverable', report: { ...found.data, at: Number.isNaN(time) ? receivedAt : time } }
}
