/**
 * Events of Cloudflare's e-mail service, in the form of version 1 of their schema.
 */
const details = {
  delivered: { delivery: { status: 'delivered', smtpStatusCode: '250', smtpEnhancedStatusCode: '2.0.0' } },
  deferred: {
    terminal: false,
    delivery: { status: 'deferred', smtpStatusCode: '451', smtpEnhancedStatusCode: '4.2.0' },
    bounce: { type: 'soft', classification: 'temporary_failure', reason: '451 4.2.0 Greylisted' },
  },
  bounced: {
    delivery: {
      status: 'bounced',
      smtpStatusCode: '550',
      smtpEnhancedStatusCode: '5.1.1',
      smtpResponse: '550 5.1.1 User unknown',
    },
    bounce: { type: 'hard', classification: 'permanent_failure', reason: '550 5.1.1 User unknown' },
  },
  failed: { delivery: { status: 'failed' }, failure: { reason: 'delivery_failed' } },
  rejected: {
    delivery: { status: 'rejected' },
    rejection: { reason: 'suppressed', party: 'recipient', detail: 'Recipient is suppressed' },
  },
  complained: { delivery: { status: 'complained' }, complaint: { type: 'abuse' } },
}

export type SendingEventName = keyof typeof details

/** `more` goes over the payload. */
export function sendingEvent(
  name: SendingEventName,
  recipient: string,
  more: object = {},
  at: number = Date.now(),
) {
  return {
    type: `cf.email.sending.message.${name}`,
    source: { type: 'email.sending', zoneId: '00000000000000000000000000000000', domain: 'shop.example' },
    payload: {
      eventId: crypto.randomUUID(),
      messageId: `<${crypto.randomUUID()}@shop.example>`,
      sender: 'hello@shop.example',
      recipient,
      subject: 'A subject',
      terminal: true,
      ...details[name],
      ...more,
    },
    metadata: {
      accountId: '00000000000000000000000000000000',
      eventSubscriptionId: '00000000000000000000000000000000',
      eventSchemaVersion: 1,
      eventTimestamp: new Date(at).toISOString(),
    },
  }
}
