/** The settings of a tenant that says nothing. */
import { describe, expect, it } from 'vitest'
import { contradictions, defaultTenantSettings } from '../../../src/domain/tenant/tenant.ts'

it('a tenant that says nothing locks an account after at most a hundred failures in a row', () => {
  expect(defaultTenantSettings.limits.failuresMax).toBeLessThanOrEqual(100)
})

describe('settings that contradict each other', () => {
  it.each([
    [false, 'none', 1],
    [false, 'double', 0],
    [true, 'none', 0],
    [true, 'double', 0],
  ] as const)(
    'hidden accounts need a double opt-in: reveal %s, opt-in %s',
    (revealExistingAccounts, optIn, count) => {
      const settings = { ...defaultTenantSettings, revealExistingAccounts, optIn }
      expect(contradictions(settings)).toHaveLength(count)
    },
  )
})
