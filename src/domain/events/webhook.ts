/**
 * Webhooks: a tenant's subscriptions to events, and the rules of their delivery (when to try again, when to give up on
 * an event or on the whole subscription). Secrets are derived from the number of the present one and stored nowhere.
 */
import { eventNames, type EventFormat } from './event.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { invalid, ok, type Result } from '../base/result.ts'

export interface Webhook {
  id: string
  tenant: string
  url: string
  format: EventFormat
  /** Names of the format, or `*` for all, also those that are yet to come. */
  events: string[]
  /** Paths of fields that are left out; a path goes through lists. */
  excludedFields: string[]
  /** Whether one-time tokens are in the events that are about them. */
  includeTokens: boolean
  secretNumber: number
  /** Until then, in milliseconds since the epoch, the secret before is good too. */
  previousSecretUntil?: number
  createdAt: string
  modifiedAt: string
  /** Since when, in milliseconds since the epoch, nothing has arrived although it was tried. */
  failingSince?: number
  disabled?: { at: string; reason: DisabledReason }
}

/** `gone`: the receiver said that it wants no more (410); `failing`: nothing has arrived for too long. */
export type DisabledReason = 'operator' | 'gone' | 'failing'

export const everyEvent = '*'
export const webhooksMax = 20
export const excludedFieldsMax = 50
export const urlLengthMax = 2048

/** How long both secrets are good after a rotation. */
export const secretOverlapSeconds = 86_400
/** How long an event is tried, and how long nothing may arrive before a subscription is disabled. */
export const retrySeconds = 48 * 3600
export const deliveryLeaseSeconds = 60

const retryDelaySecondsMax = 8 * 3600

/** Refuses names that the format does not have. */
export function checkEvents(format: EventFormat, events: readonly string[]): Result<void> {
  const unknown = events.findIndex((name) => name !== everyEvent && !eventNames[format].includes(name))
  return unknown < 0
    ? ok(undefined)
    : invalid(`events.${unknown}`, `The format ${format} has no event of this name.`)
}

/**
 * Seconds until the next attempt: 5, 15, 45 … up to eight hours, with a fifth of jitter, or what the receiver asks for.
 * The last one is at the end of the time; undefined when that is over. `random` is in 0 … 1.
 */
export function nextAttemptSeconds(
  { attempts, firstAttemptAt }: { attempts: number; firstAttemptAt: number },
  now: number,
  random: number,
  askedSeconds = 0,
): number | undefined {
  const left = Math.ceil(firstAttemptAt / 1000 + retrySeconds - now / 1000)
  if (left <= 0) return undefined
  const pause = Math.min(retryDelaySecondsMax, 5 * 3 ** Math.min(attempts - 1, 10)) * (1 + random / 5)
  return Math.min(left, Math.max(Math.ceil(pause), Math.min(askedSeconds, retryDelaySecondsMax)))
}

/** Nothing has arrived for so long that there is no point in sending more. */
export function isPersistent(failingSince: number, now: number): boolean {
  return now - failingSince >= retrySeconds * 1000
}

/** A copy without the fields at the paths. */
export function withoutFields(body: JsonObject, paths: readonly string[]): JsonObject {
  return paths.reduce((rest, path) => without(rest, path.split('.')) as JsonObject, body)
}

function without(value: Json, [name = '', ...deeper]: string[]): Json {
  if (Array.isArray(value)) return value.map((element) => without(element, [name, ...deeper]))
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return value
  const { [name]: found, ...rest } = value
  return deeper.length === 0 || found === undefined ? rest : { ...value, [name]: without(found, deeper) }
}
