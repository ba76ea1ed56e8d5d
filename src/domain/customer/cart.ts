/**
 * What a log-in says about the visitor whom the customer was before: the cart service of the shop joins the carts, this
 * service only passes it on and tells it with a message.
 */
import type { JsonObject } from '../base/json.ts'

export interface AnonymousLink {
  anonymousId?: string
  /** Id or key of the cart, when it is not to be looked up by the visitor's id. */
  anonymousCart?: JsonObject
  cartSignInMode: 'MergeWithExistingCustomerCart' | 'UseAsNewActiveCustomerCart'
  updateProductData: boolean
}
