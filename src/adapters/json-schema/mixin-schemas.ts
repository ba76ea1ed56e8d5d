/**
 * Checks mixins against the JSON Schemas that customers' records name by URL (draft 4 unless the schema says otherwise).
 * Interprets, never compiles, and fetches nothing but the schema itself: a `$ref` to another document is a violation.
 * Schemas are remembered per isolate for five minutes, failures for ten seconds.
 */
import type { Clock, MixinSchemaValidator } from '../../flows/ports/index.ts'
import { Validator, type Schema, type SchemaDraft } from '@cfworker/json-schema'
import { fail, invalid, ok } from '../../domain/base/result.ts'
import type { Fetch } from '../fetch/fetch-text.ts'
import { parseOutboundUrl } from '../fetch/outbound-url.ts'
import { defaultLoadLimits, loadSchema, type LoadLimits } from './load-schema.ts'
import { toViolations } from './violations.ts'

const memoryEntriesMax = 200
const memorySeconds = 300
const failureMemorySeconds = 10

export interface MixinSchemaOptions {
  fetch: Fetch
  clock: Clock
  development: boolean
  limits?: LoadLimits
}

/** Create once per isolate: the schemas are remembered in here. */
export function mixinSchemaValidator(options: MixinSchemaOptions): MixinSchemaValidator {
  const recall = memory(options)
  return {
    async validate(tenant, url, value, field) {
      const hosts = tenant.settings.mixinSchemaHosts
      const address = parseOutboundUrl(url, { hosts, development: options.development })
      if (!address) return invalid(field, 'The schema of this mixin may not be loaded from its URL.')
      const validator = await recall(address)
      if (!validator) return invalid(field, 'The schema of this mixin could not be loaded.')
      try {
        const { valid, errors } = validator.validate(value)
        return valid ? ok(undefined) : fail({ kind: 'InvalidInput', violations: toViolations(errors, field) })
      } catch {
        return invalid(field, 'The schema of this mixin cannot be used.')
      }
    },
  }
}

/** Keeps answers, not promises: a promise belongs to the request that started it and may never settle for others. */
function memory({ fetch, clock, limits = defaultLoadLimits }: MixinSchemaOptions) {
  const known = new Map<string, { until: number; validator: Validator | undefined }>()
  return async (url: URL): Promise<Validator | undefined> => {
    const hit = known.get(url.href)
    if (hit && hit.until > clock.now()) return hit.validator
    const validator = makeValidator(await loadSchema(url, fetch, limits))
    const seconds = validator ? memorySeconds : failureMemorySeconds
    known.delete(url.href)
    known.set(url.href, { until: clock.now() + seconds * 1000, validator })
    const oldest = known.keys().next().value
    if (known.size > memoryEntriesMax && oldest !== undefined) known.delete(oldest)
    return validator
  }
}

function makeValidator(schema: Schema | undefined): Validator | undefined {
  try {
    return schema && new Validator(schema, draftOf(schema), false)
  } catch {
    return undefined
  }
}

function draftOf({ $schema }: Schema): SchemaDraft {
  const text = typeof $schema === 'string' ? $schema : ''
  if (text.includes('2020-12')) return '2020-12'
  if (text.includes('2019-09')) return '2019-09'
  return /draft-0[67]/.test(text) ? '7' : '4'
}
