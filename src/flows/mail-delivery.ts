/**
 * The way of a mail from the outbox to the transport, for the queue's consumer and the scheduled sweep.
 * Knows a repeat by the entry that is gone. The token of a mail is made known and put into words only here.
 */
import { mailPurpose, messageLostSeconds, type AddressedMail, type OutboxEntry } from '../domain/mail.ts'
import { tokenLifetime, type OneTimeToken } from '../domain/one-time-token.ts'
import type { Tenant } from '../domain/tenant.ts'
import type { Ports } from './ports.ts'

/** How long one consumer has an entry to itself; a crash in the meantime costs this much delay. */
const leaseSeconds = 60
/** Pause before the sweep queues the same entry again. */
const sweepAgainSeconds = 120
const sweepMax = 500

export function mailDeliveryFlow(ports: DeliveryPorts) {
  const { outbox, outboxQueue, accounts, tenants, oneTimeTokens, renderer, transport, clock } = ports

  /** Undefined when there is nobody to write to, or nothing left to say. */
  const address = async (entry: OutboxEntry, tenant: Tenant): Promise<AddressedMail | undefined> => {
    const { order } = entry
    if (order.kind === 'addressed') return order
    const account = await accounts.findAccount(tenant.key, order.emailKey)
    if (!account || (order.template === 'opt-in' && !account.optInPending)) return undefined
    const purpose = mailPurpose[order.template]
    const token: OneTimeToken | undefined = purpose && {
      id: order.tokenId,
      purpose,
      tenant: tenant.key,
      customerId: account.customerId,
      accountId: account.accountId,
      credentialsRevision: account.credentialsRevision,
      expiresAt: order.requestedAt + tenant.settings.lifetimes[tokenLifetime[purpose]] * 1000,
    }
    return {
      kind: 'addressed',
      template: order.template,
      to: account.email,
      recipient: account.recipient,
      ...(token ? { token } : {}),
      ...(order.site === undefined ? {} : { site: order.site }),
    }
  }

  return {
    /** Throws when the entry has to be tried again, which the caller does in `retrySeconds`. */
    async deliver(id: string, retrySeconds: number): Promise<void> {
      const entry = await outbox.claim(id, clock.now(), leaseSeconds)
      if (!entry) return
      try {
        const tenant = await tenants.findTenant(entry.tenant)
        const mail = tenant && (await address(entry, tenant))
        const outdated = mail?.token !== undefined && mail.token.expiresAt <= clock.now()
        if (tenant && mail && !outdated) {
          const secret = mail.token && (await oneTimeTokens.publish(mail.token))
          await transport.send(renderer.render(entry, mail, tenant, secret))
        }
        await outbox.complete(id)
      } catch (error) {
        await outbox.release(id, clock.now() + (retrySeconds + messageLostSeconds) * 1000)
        throw error
      }
    },

    /** Queues what has lost its message or its consumer; returns how many entries that were. */
    async sweep(): Promise<number> {
      const now = clock.now()
      const ids = await outbox.takeDue(now, now + sweepAgainSeconds * 1000, undefined, sweepMax)
      if (ids.length > 0) await outboxQueue.send(ids)
      return ids.length
    },
  }
}

type DeliveryPorts = Pick<
  Ports,
  'outbox' | 'outboxQueue' | 'accounts' | 'tenants' | 'oneTimeTokens' | 'renderer' | 'transport' | 'clock'
>
