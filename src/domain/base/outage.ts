/**
 * The exception that says "not now": another part of the platform does not answer, and a repetition may succeed. What is
 * thrown otherwise is a fault of ours. An outage is known by its property, in the way of the platform's own errors, because
 * the class is lost on the way out of an object.
 */

export class Outage extends Error {
  override readonly name = 'Outage'
  readonly retryable = true
}

/** Ours, or the platform's word that the other side is away or has too much to do. */
export function isOutage(error: unknown): boolean {
  const told = error as { retryable?: unknown; overloaded?: unknown } | null
  return typeof told === 'object' && (told?.retryable === true || told?.overloaded === true)
}
