/**
 * Bodies and queries of the management endpoints. Strict: a mistyped field is refused, not ignored.
 */
import { z } from 'zod'
import { eventFormats } from '../../domain/events/event.ts'
import { excludedFieldsMax, urlLengthMax } from '../../domain/events/webhook.ts'

const pageLimitMax = 200

const url = z.string().min(1).max(urlLengthMax)
const events = z.array(z.string().min(1).max(100)).min(1).max(100)
const fieldPath = z
  .string()
  .max(200)
  .regex(/^[\w-]+(\.[\w-]+)*$/, 'This has to be names of fields, with dots between them.')
const excludedFields = z.array(fieldPath).max(excludedFieldsMax)

export const WebhookDraft = z.strictObject({
  url,
  format: z.enum(eventFormats),
  events,
  excludedFields: excludedFields.default([]),
  includeTokens: z.boolean().default(false),
})

export const WebhookPatch = z.strictObject({
  url: url.exactOptional(),
  events: events.exactOptional(),
  excludedFields: excludedFields.exactOptional(),
  includeTokens: z.boolean().exactOptional(),
  enabled: z.boolean().exactOptional(),
})

const instant = z.iso
  .datetime({ offset: true, error: 'This has to be a time such as 2026-01-02T03:04:05Z.' })
  .max(100)
  .transform((text) => new Date(text).toISOString())

/** One event, or all of a time; the end is not part of it. */
export const Replay = z.union(
  [z.strictObject({ eventId: z.string().min(1).max(100) }), z.strictObject({ from: instant, to: instant })],
  { error: 'This has to be either eventId, or from and to.' },
)

export const DeliveryQuery = z.object({
  status: z.enum(['pending', 'delivered', 'failed', 'dropped']).optional(),
  eventId: z.string().max(100).optional(),
  after: z.string().max(200).optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, `This has to be a whole number between 1 and ${pageLimitMax}.`)
    .transform(Number)
    .pipe(z.number().min(1).max(pageLimitMax))
    .default(50),
})
