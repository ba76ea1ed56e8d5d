/**
 * Turns what the JSON Schema validator found into violations of domain fields, one per place in the value.
 * Keywords that only say "something below is wrong" are left out when that something is listed itself.
 */
import type { OutputUnit } from '@cfworker/json-schema'
import type { Violation } from '../../domain/base/result.ts'

const violationsMax = 20
const messageLengthMax = 300

const containers = new Set([
  '$ref',
  '$recursiveRef',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
  'dependentSchemas',
  'dependencies',
  'items',
  'prefixItems',
  'additionalItems',
  'unevaluatedItems',
  'contains',
])

export function toViolations(errors: readonly OutputUnit[], field: string): Violation[] {
  const explains = (error: OutputUnit, container: OutputUnit) =>
    error.instanceLocation.startsWith(`${container.instanceLocation}/`) ||
    (error.instanceLocation === container.instanceLocation && !containers.has(error.keyword))
  const places = new Map<string, Violation>()
  for (const error of errors) {
    if (containers.has(error.keyword) && errors.some((other) => explains(other, error))) continue
    const violation = toViolation(error, field)
    if (!places.has(violation.field)) places.set(violation.field, violation)
    if (places.size >= violationsMax) break
  }
  return [...places.values()]
}

function toViolation({ instanceLocation, keyword, error }: OutputUnit, field: string): Violation {
  const path = [field, ...instanceLocation.split('/').slice(1).map(decodeSegment)]
  const message = error.slice(0, messageLengthMax)
  const missing = keyword === 'required' ? /required property "(.*)"\.$/s.exec(error)?.[1] : undefined
  return missing === undefined
    ? { field: path.join('.'), type: 'invalid', message }
    : { field: [...path, missing].join('.'), type: 'missing', message }
}

/** The validator writes JSON pointers, percent-encoded as in a URI fragment. */
function decodeSegment(segment: string): string {
  return decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~')
}
