/**
 * Answers of the management endpoints as schemas, for their OpenAPI document alone: what is sent is made by the endpoints,
 * and tests hold it against these.
 */
import { z } from 'zod'
import { eventFormats } from '../../domain/events/event.ts'
import { mailTemplates } from '../../domain/mail/mail.ts'

const instant = z.iso.datetime()

const Webhook = z.strictObject({
  id: z.string(),
  url: z.string(),
  format: z.enum(eventFormats),
  events: z.array(z.string()),
  excludedFields: z.array(z.string()),
  includeTokens: z.boolean(),
  enabled: z.boolean(),
  disabledAt: instant.optional(),
  disabledReason: z.enum(['operator', 'gone', 'failing']).optional(),
  failingSince: instant.optional(),
  previousSecretUntil: instant.optional(),
  createdAt: instant,
  modifiedAt: instant,
})

const WebhookWithSecret = Webhook.extend({ secret: z.string() })

const Delivery = z.strictObject({
  id: z.string(),
  eventId: z.string(),
  event: z.string(),
  customerId: z.string(),
  sequence: z.int(),
  createdAt: instant,
  status: z.enum(['pending', 'delivered', 'failed', 'dropped']),
  attempts: z.int(),
  firstAttemptAt: instant.optional(),
  lastAttemptAt: instant.optional(),
  responseStatus: z.int().optional(),
  failureReason: z.string().optional(),
})

const MailTemplateEntry = z.strictObject({
  template: z.enum(mailTemplates),
  language: z.string(),
  builtIn: z.boolean(),
  subject: z.string(),
  modifiedAt: instant.optional(),
})

const MailTemplate = MailTemplateEntry.extend({ text: z.string(), html: z.string() })

export interface Answer {
  status: number
  schema?: z.ZodType
}

/** By method and path. */
export const answers: Record<string, Answer> = {
  'GET /admin/:tenant/templates': {
    status: 200,
    schema: z.strictObject({ templates: z.array(MailTemplateEntry) }),
  },
  'GET /admin/:tenant/templates/:template/:language': { status: 200, schema: MailTemplate },
  'PUT /admin/:tenant/templates/:template/:language': { status: 200, schema: MailTemplate },
  'DELETE /admin/:tenant/templates/:template/:language': { status: 204 },
  'POST /admin/:tenant/templates/:template/:language/preview': {
    status: 200,
    schema: z.strictObject({
      from: z.strictObject({ name: z.string(), email: z.string() }),
      ...{ to: z.string(), subject: z.string(), text: z.string(), html: z.string() },
    }),
  },
  'GET /admin/:tenant/webhooks': { status: 200, schema: z.strictObject({ webhooks: z.array(Webhook) }) },
  'POST /admin/:tenant/webhooks': { status: 201, schema: WebhookWithSecret },
  'GET /admin/:tenant/webhooks/:webhookId': { status: 200, schema: Webhook },
  'PATCH /admin/:tenant/webhooks/:webhookId': { status: 200, schema: Webhook },
  'DELETE /admin/:tenant/webhooks/:webhookId': { status: 204 },
  'POST /admin/:tenant/webhooks/:webhookId/secret': { status: 200, schema: WebhookWithSecret },
  'POST /admin/:tenant/webhooks/:webhookId/ping': {
    status: 200,
    schema: z.strictObject({
      delivered: z.boolean(),
      responseStatus: z.int().optional(),
      reason: z.string().optional(),
    }),
  },
  'GET /admin/:tenant/webhooks/:webhookId/deliveries': {
    status: 200,
    schema: z.strictObject({ deliveries: z.array(Delivery), next: z.string().optional() }),
  },
  'POST /admin/:tenant/webhooks/:webhookId/replay': {
    status: 202,
    schema: z.strictObject({ replayed: z.int() }),
  },
}
