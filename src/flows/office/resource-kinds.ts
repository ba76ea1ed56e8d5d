/**
 * The kinds of resources beside customers, each with the rules of its own.
 */
import type { Ports } from '../ports/index.ts'
import type { Criteria } from '../../domain/base/criteria.ts'
import { changeCustomerGroup } from '../../domain/resources/customer-group.ts'
import { changeCustomType, checkAgainst, checkDefinitions } from '../../domain/resources/custom-type.ts'
import { changeStore } from '../../domain/resources/store.ts'
import { ok } from '../../domain/base/result.ts'
import { resourceFlow, type ResourceRules } from './resources.ts'

export function resourceFlows(ports: Pick<Ports, 'resources' | 'customerQuery' | 'clock' | 'ids'>) {
  return {
    stores: resourceFlow(ports, stores),
    customerGroups: resourceFlow(ports, customerGroups),
    types: resourceFlow(ports, types(ports)),
  }
}

const stores: ResourceRules<'store'> = {
  kind: 'store',
  change: changeStore,
  namedBy: ({ key = '' }) => ({ kind: 'some', path: ['stores'], of: equals(['key'], key) }),
}

const customerGroups: ResourceRules<'customer-group'> = {
  kind: 'customer-group',
  change: changeCustomerGroup,
  namedBy: ({ id }) => ({
    kind: 'or',
    of: [
      equals(['customerGroup', 'id'], id),
      { kind: 'some', path: ['customerGroupAssignments'], of: equals(['customerGroup', 'id'], id) },
    ],
  }),
}

/** Types that can have a field of one name in common; more than these are not compared. */
const typesComparedMax = 500

function types({ resources }: Pick<Ports, 'resources'>): ResourceRules<'type'> {
  return {
    kind: 'type',
    change: changeCustomType,
    namedBy: ({ id }) => ({
      kind: 'or',
      of: [
        equals(['custom', 'type', 'id'], id),
        { kind: 'some', path: ['addresses'], of: equals(['custom', 'type', 'id'], id) },
      ],
    }),
    async check(tenant, { id, body }) {
      const valid = checkDefinitions(body)
      if (!valid.ok || body.fieldDefinitions.length === 0) return valid
      const { resourceTypeIds: values, fieldDefinitions } = body
      const names = fieldDefinitions.map(({ name }) => name)
      const others = await resources.page(tenant.key, 'type', {
        criteria: {
          kind: 'and',
          of: [
            { kind: 'contains', path: ['body', 'resourceTypeIds'], quantifier: 'any', values },
            {
              kind: 'some',
              path: ['body', 'fieldDefinitions'],
              of: { kind: 'oneOf', path: ['name'], values: names },
            },
          ],
        },
        sort: [],
        limit: typesComparedMax,
        offset: 0,
        withTotal: false,
      })
      if (!others.ok) return others
      const checks = others.value.items
        .filter((other) => other.id !== id)
        .map((other) => checkAgainst(body, other.body))
      return checks.find((check) => !check.ok) ?? ok(undefined)
    },
  }
}

function equals(path: string[], value: string): Criteria {
  return { kind: 'compare', path, operator: '=', value }
}
