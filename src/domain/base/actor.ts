/**
 * Who caused a change, as far as an access token proves it: kept with the record and told with its messages.
 */
export interface Actor {
  /** OAuth client whose token was used. */
  clientId?: string
  /** Set when a customer acted; nearly always the customer itself. */
  customerId?: string
  /** Set when a visitor acted, as in a sign-up. */
  anonymousId?: string
  /** Whom the client says that it acts for. */
  externalUserId?: string
}
