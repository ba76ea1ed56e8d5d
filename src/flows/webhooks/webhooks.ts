/**
 * Managing a tenant's subscriptions to events. The secret of one is shown when it is made, and never again. Whoever asks
 * has been found to be allowed to.
 */
import { fail, invalid, ok, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import { checkEvents, secretOverlapSeconds, webhooksMax, type Webhook } from '../../domain/events/webhook.ts'
import type {
  DeliveryPageRequest,
  Ports,
  ReplayRequest,
  WebhookChanges,
  WebhookDelivery,
  WebhookOutcome,
} from '../ports/index.ts'
import type { WebhookDeliveryFlow } from './webhook-delivery.ts'

export type WebhookDraft = Pick<Webhook, 'url' | 'format' | 'events' | 'excludedFields' | 'includeTokens'>
export type WebhookPatch = Partial<Omit<WebhookChanges, 'modifiedAt'>>
export interface WebhookWithSecret {
  webhook: Webhook
  secret: string
}

export function webhooksFlow(ports: WebhooksPorts, delivery: WebhookDeliveryFlow) {
  const { webhooks, webhookDeliveries, webhookSender, webhookSecrets, ids, clock } = ports
  const time = () => new Date(clock.now()).toISOString()

  const find = async ({ key }: Tenant, webhookId: string): Promise<Result<Webhook>> => {
    const webhook = await webhooks.find(key, webhookId)
    return webhook ? ok(webhook) : unknown(webhookId)
  }

  const within = async <T>(
    tenant: Tenant,
    webhookId: string,
    act: (webhook: Webhook) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const found = await find(tenant, webhookId)
    return found.ok ? act(found.value) : found
  }

  const checkUrl = (url: string): Result<void> =>
    webhookSender.accepts(url)
      ? ok(undefined)
      : invalid('url', 'This has to be a public https address, without credentials.')

  return {
    find,
    list: ({ key }: Tenant): Promise<Webhook[]> => webhooks.list(key),

    async create({ key }: Tenant, draft: WebhookDraft): Promise<Result<WebhookWithSecret>> {
      const checked = checkUrl(draft.url)
      if (!checked.ok) return checked
      const named = checkEvents(draft.format, draft.events)
      if (!named.ok) return named
      if ((await webhooks.list(key)).length >= webhooksMax)
        return fail({ kind: 'InvalidOperation', reason: `A tenant has at most ${webhooksMax} webhooks.` })
      const at = time()
      const own = { id: ids.operationId(), tenant: key, secretNumber: 1, createdAt: at, modifiedAt: at }
      const webhook: Webhook = { ...own, ...draft }
      await webhooks.insert(webhook)
      return ok({ webhook, secret: await webhookSecrets.secretOf(webhook, 1) })
    },

    change(tenant: Tenant, webhookId: string, patch: WebhookPatch): Promise<Result<Webhook>> {
      return within(tenant, webhookId, async ({ format }) => {
        const checked = patch.url === undefined ? ok(undefined) : checkUrl(patch.url)
        if (!checked.ok) return checked
        const named = checkEvents(format, patch.events ?? [])
        if (!named.ok) return named
        if (patch.enabled === false) await webhooks.disable(tenant.key, webhookId, time(), 'operator')
        const changed = await webhooks.change(tenant.key, webhookId, { ...patch, modifiedAt: time() })
        return changed ? ok(changed) : unknown(webhookId)
      })
    },

    async remove({ key }: Tenant, webhookId: string): Promise<Result<void>> {
      return (await webhooks.remove(key, webhookId)) ? ok(undefined) : unknown(webhookId)
    },

    /** The secret before stays good for a day. */
    async rotateSecret({ key }: Tenant, webhookId: string): Promise<Result<WebhookWithSecret>> {
      const until = clock.now() + secretOverlapSeconds * 1000
      const webhook = await webhooks.rotateSecret(key, webhookId, time(), until)
      if (!webhook) return unknown(webhookId)
      return ok({ webhook, secret: await webhookSecrets.secretOf(webhook, webhook.secretNumber) })
    },

    deliveries(
      tenant: Tenant,
      webhookId: string,
      request: DeliveryPageRequest,
    ): Promise<Result<WebhookDelivery[]>> {
      return within(tenant, webhookId, async () =>
        ok(await webhookDeliveries.page(tenant.key, webhookId, request)),
      )
    },

    /** What has been delivered, has failed or was dropped is to be delivered again, under the same ids. */
    replay(tenant: Tenant, webhookId: string, which: ReplayRequest): Promise<Result<number>> {
      return within(tenant, webhookId, async ({ disabled }) => {
        if (disabled) return fail({ kind: 'InvalidOperation', reason: 'The webhook is disabled.' })
        const count = await webhookDeliveries.replay(tenant.key, webhookId, which, clock.now())
        await delivery.sweep({ tenant: tenant.key })
        return ok(count)
      })
    },

    ping(tenant: Tenant, webhookId: string): Promise<Result<WebhookOutcome>> {
      return within(tenant, webhookId, async (webhook) => ok(await delivery.ping(webhook)))
    },
  }
}

function unknown(webhookId: string): Result<never> {
  return fail({ kind: 'WebhookNotFound', webhookId })
}

type WebhooksPorts = Pick<
  Ports,
  'webhooks' | 'webhookDeliveries' | 'webhookSender' | 'webhookSecrets' | 'ids' | 'clock'
>
