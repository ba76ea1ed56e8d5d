/**
 * Pages of a list: what is asked for, and what comes back.
 */
import type { Criteria, SortKey } from '../../domain/base/criteria.ts'

export interface PageRequest {
  /** Absent: all customers of the tenant. */
  criteria?: Criteria | undefined
  /** Ties and the rest are in the order of ids. */
  sort: readonly SortKey[]
  limit: number
  offset: number
  withTotal: boolean
}

export interface Page<T> {
  items: T[]
  /** How many there are on all pages; only when it was asked for. */
  total?: number
}
