/**
 * "Customer Groups".
 */
import { z } from 'zod'
import type { CustomerGroupAction } from '../../../domain/resources/customer-group.ts'
import type { Resource } from '../../../domain/resources/resource.ts'
import { presentResource, resourceEndpoints, resourceFields } from './resource-endpoints.ts'
import { action, key, text } from '../schema.ts'

const CustomerGroupDraft = z.object({ groupName: text, key: key.nullish() })

const CustomerGroupUpdateAction = z.discriminatedUnion('action', [
  action('changeName', { name: text }),
  action('setKey', { key: key.nullish() }),
])

/** Groups were customers' matter before they had scopes of their own, and those scopes still do. */
export const customerGroupEndpoints = resourceEndpoints<'customer-group'>({
  segment: 'customer-groups',
  name: 'CustomerGroup',
  view: ['view_customer_groups', 'view_customers'],
  manage: ['manage_customer_groups', 'manage_customers'],
  fields: { ...resourceFields, name: { type: 'text', path: ['body', 'name'] } },
  draft: CustomerGroupDraft.transform(({ groupName, key }) => ({
    key: key ?? undefined,
    body: { name: groupName },
  })),
  action: CustomerGroupUpdateAction.transform(toAction),
  flow: (flows) => flows.customerGroups,
  present: presentCustomerGroup,
})

export function presentCustomerGroup(group: Resource<'customer-group'>): object {
  return presentResource(group, { name: group.body.name })
}

function toAction(action: z.infer<typeof CustomerGroupUpdateAction>): CustomerGroupAction {
  return action.action === 'setKey' ? { action: 'setKey', key: action.key ?? undefined } : action
}
