/**
 * Looking at messages from the back office. The caller has been found to be allowed to see all of the tenant's.
 */
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { Page, PageRequest, Ports } from '../ports/index.ts'
import type { PublishedMessage } from '../../domain/events/message.ts'

export function messagesFlow({ messages }: Pick<Ports, 'messages'>) {
  return {
    async find(tenant: Tenant, messageId: string): Promise<Result<PublishedMessage>> {
      const message = await messages.find(tenant.key, messageId)
      return message ? ok(message) : fail({ kind: 'MessageNotFound', messageId })
    },

    page(tenant: Tenant, request: PageRequest): Promise<Result<Page<PublishedMessage>>> {
      return messages.page(tenant.key, request)
    },
  }
}
