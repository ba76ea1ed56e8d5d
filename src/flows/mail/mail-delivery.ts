/**
 * The way of a mail from the outbox to the transport, for the queue's consumers and the scheduled sweep.
 * Knows a repeat by the entry that is gone. The token of a mail is made known and put into words only here. What will
 * never be delivered stays in the outbox with its reason, for the operator.
 */
import type { MailedTokenPurpose } from '../../domain/base/names.ts'
import {
  isDisownable,
  mailPurpose,
  messageLostSeconds,
  retryDelaySeconds,
  shortReason,
  type AddressedMail,
  type FailureKind,
  type OutboxEntry,
  type RequestedMail,
} from '../../domain/mail/mail.ts'
import type { RequestedMailMessage } from '../../domain/events/message.ts'
import { disowningTokenOf, termOf, type OneTimeToken } from '../../domain/credentials/one-time-token.ts'
import { recoveryUndo } from '../../domain/credentials/credentials.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { Customers, DatabaseName, Mail, Ports, QueuedOrder, SendOutcome } from '../ports/index.ts'

/** How long one consumer has an entry to itself; a crash in the meantime costs this much delay. */
const leaseSeconds = 60
/** Pause before the sweep queues the same entry again. */
const sweepAgainSeconds = 120
const sweepMax = 500

/** What is left to do with the queue message of an entry. */
export type Delivery =
  | { kind: 'settled' }
  /** Given up; the entry stays. */
  | { kind: 'failed'; failure: FailureKind }
  | { kind: 'again'; delaySeconds: number }

export function mailDeliveryFlow(ports: DeliveryPorts) {
  const { outbox, outboxQueue, accounts, customers, tenants, oneTimeTokens, clock } = ports
  const { mailTemplates, renderer, transport, undeliverableAddresses, log } = ports

  /** Undefined when there is no reader, or nothing left to say. */
  const address = async (entry: OutboxEntry, tenant: Tenant): Promise<Addressee | undefined> => {
    const { order, customerId } = entry
    if (order.kind === 'addressed') return { order, customerId }
    const purpose = mailPurpose[order.template]
    const account = await accounts.findAccount(tenant.key, order.emailKey)
    const former =
      account || purpose !== 'password_reset'
        ? undefined
        : await accounts.findFormerOwner(tenant.key, order.emailKey)
    const owner = account ?? former
    const undo = owner && recoveryUndo({ ...owner, id: owner.accountId }, owner, clock.now())
    // The address before helps as long as the one after is not proved, and is no one's otherwise.
    if (!owner || (former && undo?.emailKey !== order.emailKey)) return strangerOf(order, tenant)
    if (purpose === 'opt_in' && !owner.optInPending) return undefined
    const recovers = purpose === 'password_reset' ? undo : undefined
    const token: OneTimeToken<MailedTokenPurpose> | undefined = purpose && {
      id: order.tokenId,
      purpose,
      tenant: tenant.key,
      customerId: owner.customerId,
      accountId: owner.accountId,
      credentialsRevision: owner.credentialsRevision,
      ...termOf(tenant.settings.lifetimes, purpose, order.requestedAt),
      ...(recovers && { recovery: true }),
      ...(purpose === 'opt_in' && { resent: true }),
    }
    return {
      customerId: owner.customerId,
      order: {
        kind: 'addressed',
        template: order.template,
        to: recovers?.email ?? owner.email,
        recipient: owner.recipient,
        ...(token ? { token } : {}),
        ...(order.site === undefined ? {} : { site: order.site }),
      },
    }
  }

  /** Tried again: whether it is a fault of ours or of the other side, the log shows where it comes from. */
  const unclear = ({ tenant, id }: OutboxEntry, error: unknown): Extract<SendOutcome, { kind: 'retry' }> => {
    log.failure('mail attempt', error, { tenant, mail: id })
    return { kind: 'retry', reason: error instanceof Error ? error.message : String(error) }
  }

  const send = async (entry: OutboxEntry): Promise<Outcome> => {
    const tenant = await tenants.findTenant(entry.tenant)
    const addressee = tenant && (await address(entry, tenant))
    const token = addressee?.order.token
    if (!tenant || !addressee || (token && token.expiresAt <= clock.now())) return { kind: 'sent' }
    const { customerId } = addressee
    const email = addressee.order.to
    const [known] = await undeliverableAddresses.find([email])
    if (known)
      return { kind: 'suppressed', reason: `The address takes no mail since ${known.since}.`, customerId }
    const told = entry.order.kind === 'requested' && requestOf(entry.order, addressee)
    // Before the mail, because a failure after it would not be seen. A repetition is recognised by the entry's id.
    if (told && customerId !== undefined)
      await customers.addMessage({ tenant: tenant.key, customerId }, told, clock.now(), entry.id)
    const secret = token && (await oneTimeTokens.publish(token))
    const { order } = addressee
    const disowningSecret =
      token && isDisownable(order.template)
        ? await oneTimeTokens.publish(disowningTokenOf(token, tenant.settings.lifetimes))
        : undefined
    const overrides = await mailTemplates.overridesOf(tenant.key, order.template)
    const mail = renderer.render({ entry, order, tenant, secret, disowningSecret, overrides })
    const outcome = await transport.send(mail).catch((error: unknown) => unclear(entry, error))
    if (outcome.kind === 'sent') return outcome
    const reason = presentableReason(outcome.reason, mail)
    if (outcome.kind === 'suppressed')
      await undeliverableAddresses.mark([{ email, at: clock.now(), reason: 'refused', detail: reason }])
    return { ...outcome, reason, customerId }
  }

  /** Rejects when the database does not answer: then any consumer may take the entry after its lease. */
  const conclude = async (entry: OutboxEntry, outcome: Outcome, attempts: number): Promise<Delivery> => {
    switch (outcome.kind) {
      case 'sent':
        await outbox.complete(entry)
        return { kind: 'settled' }
      case 'retry': {
        const delaySeconds = retryDelaySeconds(attempts, outcome.afterSeconds)
        await outbox.release(entry, clock.now() + (delaySeconds + messageLostSeconds) * 1000, outcome.reason)
        return { kind: 'again', delaySeconds }
      }
      case 'permanent':
      case 'suppressed': {
        const { kind, reason, customerId } = outcome
        const failedAt = new Date(clock.now()).toISOString()
        await outbox.fail(entry, {
          ...{ kind, failedAt, reason },
          ...(customerId !== undefined && { customerId }),
        })
        return { kind: 'failed', failure: kind }
      }
    }
  }

  return {
    /** `attempts` of this message, the present one included. */
    async deliver(order: QueuedOrder, attempts: number): Promise<Delivery> {
      const entry = await outbox.claim(order, clock.now(), leaseSeconds)
      if (!entry) return { kind: 'settled' }
      try {
        return await conclude(entry, await send(entry), attempts)
      } catch (error) {
        return conclude(entry, unclear(entry, error), attempts)
      }
    },

    /** The queue has given up on an entry. */
    async giveUp(order: QueuedOrder): Promise<Delivery> {
      await outbox.fail(order, { kind: 'exhausted', failedAt: new Date(clock.now()).toISOString() })
      return { kind: 'failed', failure: 'exhausted' }
    },

    /** Queues what has lost its message or its consumer; returns how many entries that were. */
    async sweep(database: DatabaseName): Promise<number> {
      const now = clock.now()
      const due = await outbox.takeDue(database, now, now + sweepAgainSeconds * 1000, sweepMax)
      if (due.length > 0) await outboxQueue.send(due)
      return due.length
    },
  }
}

/** What the transport says, and whose the address is. */
type Outcome = SendOutcome & { customerId?: string | undefined }

interface Addressee {
  order: AddressedMail
  customerId: string | undefined
}

/** What there is to tell about a mail that a stranger asked for by naming the address. */
function requestOf(
  { template, site }: RequestedMail,
  { order: { to: email, token } }: Addressee,
): RequestedMailMessage | undefined {
  switch (template) {
    case 'opt-in-resent':
      return { type: 'CustomerOptInResent', payload: { email } }
    case 'password-reset': {
      const where = site === undefined ? {} : { site }
      return token && { type: 'CustomerPasswordResetRequested', payload: { email, token, ...where } }
    }
    case 'already-registered':
      return undefined
  }
}

/** The address has no account: only a tenant that wants so tells its reader. */
function strangerOf(
  { template, emailKey, site }: RequestedMail,
  { settings }: Tenant,
): Addressee | undefined {
  if (template !== 'password-reset' || !settings.noAccountMail) return undefined
  return {
    customerId: undefined,
    order: {
      kind: 'addressed',
      template: 'no-account',
      to: emailKey,
      recipient: {},
      ...(site === undefined ? {} : { site }),
    },
  }
}

/** One short line, without the secret of the mail: a server may quote what it refuses. */
function presentableReason(reason: string, { token }: Mail): string {
  return shortReason(token === undefined ? reason : reason.replaceAll(token, '[token]'))
}

type DeliveryPorts = Pick<
  Ports,
  | 'outbox'
  | 'outboxQueue'
  | 'accounts'
  | 'tenants'
  | 'oneTimeTokens'
  | 'mailTemplates'
  | 'renderer'
  | 'transport'
  | 'undeliverableAddresses'
  | 'clock'
  | 'log'
> & { customers: Pick<Customers, 'addMessage'> }
