/**
 * Mails that a stranger asks for by naming an address: reset, resent opt-in, "you already have an account".
 * Ordering one is the same insert whether or not the address has an account; delivery finds that out.
 */
import type { Ports } from '../ports/index.ts'
import type { RequestedMail } from '../../domain/mail/mail.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'

export function requestedMailsFlow({ outbox, outboxQueue, clock, ids, defer }: RequestedMailsPorts) {
  return {
    /** In the database when this returns; the queue message follows, and the sweep replaces a lost one. */
    async order(
      tenant: Tenant,
      template: RequestedMail['template'],
      emailKey: string,
      site?: string,
    ): Promise<void> {
      const now = clock.now()
      const id = ids.operationId()
      await outbox.add({
        id,
        tenant: tenant.key,
        createdAt: new Date(now).toISOString(),
        order: {
          kind: 'requested',
          template,
          emailKey,
          tokenId: ids.tokenId(),
          requestedAt: now,
          ...(site === undefined ? {} : { site }),
        },
      })
      const order = { tenant: tenant.key, id }
      defer(outboxQueue.send([order]), 'mail not queued', order)
    },
  }
}

export type RequestedMails = ReturnType<typeof requestedMailsFlow>

type RequestedMailsPorts = Pick<Ports, 'outbox' | 'outboxQueue' | 'clock' | 'ids' | 'defer'>
