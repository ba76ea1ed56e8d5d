/**
 * Customer groups: names that a merchant gives to kinds of customers.
 */
import type { ChangeOf } from './content.ts'
import { ok } from '../base/result.ts'

export interface CustomerGroup {
  name: string
}

export type CustomerGroupAction =
  { action: 'changeName'; name: string } | { action: 'setKey'; key: string | undefined }

export const changeCustomerGroup: ChangeOf<CustomerGroup, CustomerGroupAction> = (content, action) => {
  switch (action.action) {
    case 'changeName':
      return ok({ ...content, body: { name: action.name } })
    case 'setKey':
      return ok({ ...content, key: action.key })
  }
}
