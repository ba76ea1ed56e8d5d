/**
 * What the use cases need of the platform around them: the time, fresh identifiers, and work that nothing waits for.
 */
export interface Clock {
  now(): number
}

/** Fresh identifiers; secrets among them have at least 128 bits. */
export interface Ids {
  /** Decimal digits, more of them with every collision. */
  customerId(collisions: number): string
  addressId(): string
  /** Of a legal entity or a contact assignment. */
  companyId(): string
  accountId(): string
  tokenId(): string
  sessionId(): string
  sessionKey(): string
  operationId(): string
  /** Of a Type, store or customer group. */
  resourceId(): string
}

/** Work that the answer does not wait for and that nothing acknowledged depends on. */
export type Defer = (work: Promise<unknown>) => void
