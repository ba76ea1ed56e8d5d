/**
 * The ports of webhooks in memory: subscriptions, and a receiver that remembers what it got and answers as it is told.
 */
import type { Webhook } from '../../src/domain/events/webhook.ts'
import type { WebhookOutcome, WebhookRequest, Webhooks, WebhookSender } from '../../src/flows/ports/index.ts'

export function webhooksInMemory(): Webhooks & { rows: Map<string, Webhook> } {
  const rows = new Map<string, Webhook>()
  const find = (tenant: string, id: string) => {
    const webhook = rows.get(id)
    return webhook?.tenant === tenant ? webhook : undefined
  }
  const save = (webhook: Webhook) => {
    rows.set(webhook.id, webhook)
    return webhook
  }
  return {
    rows,
    list: async (tenant) => [...rows.values()].filter((webhook) => webhook.tenant === tenant),
    find: async (tenant, id) => find(tenant, id),
    insert: async (webhook) => void save(webhook),
    async change(tenant, id, { enabled, ...changes }) {
      const webhook = find(tenant, id)
      if (!webhook) return undefined
      const { disabled, ...rest } = { ...webhook, ...changes }
      return save(enabled === true || disabled === undefined ? rest : { ...rest, disabled })
    },
    async rotateSecret(tenant, id, modifiedAt, previousSecretUntil) {
      const webhook = find(tenant, id)
      if (!webhook) return undefined
      return save({ ...webhook, secretNumber: webhook.secretNumber + 1, modifiedAt, previousSecretUntil })
    },
    remove: async (tenant, id) => find(tenant, id) !== undefined && rows.delete(id),
    async disable(_tenant, id, at, reason) {
      const webhook = rows.get(id)
      if (!webhook || webhook.disabled) return false
      save({ ...webhook, disabled: { at, reason } })
      return true
    },
  }
}

export function webhookSenderInMemory(): WebhookSender & { sent: WebhookRequest[]; outcome: WebhookOutcome } {
  const sender = {
    sent: [] as WebhookRequest[],
    outcome: { kind: 'delivered', status: 204 } as WebhookOutcome,
    accepts: (url: string) => url.startsWith('https://'),
    async send(request: WebhookRequest) {
      sender.sent.push(request)
      return sender.outcome
    },
  }
  return sender
}
