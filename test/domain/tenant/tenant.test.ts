/** The settings of a tenant that says nothing. */
import { expect, it } from 'vitest'
import { defaultTenantSettings } from '../../../src/domain/tenant/tenant.ts'

it('a tenant that says nothing locks an account after at most a hundred failures in a row', () => {
  expect(defaultTenantSettings.limits.failuresMax).toBeLessThanOrEqual(100)
})
