/**
 * What the use cases need of the platform around them: the time, fresh identifiers, work that nothing waits for, and a log
 * for what no answer tells.
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

/** Work that the answer does not wait for and that nothing acknowledged depends on. Its failure is logged as `event`. */
export type Defer = (work: Promise<unknown>, event: string, about: LogFields) => void

/** For the operator. Never of a person: ids, keys of tenants, counts. */
export interface Log {
  tell(level: LogLevel, event: string, about: LogFields): void
  /** Work has failed and goes on elsewhere or later. Of the error, what it quotes is left out. */
  failure(event: string, error: unknown, about: LogFields): void
}

export type LogLevel = 'info' | 'warn' | 'error'

export type LogFields = Readonly<Record<string, string | number | readonly string[] | undefined>>
