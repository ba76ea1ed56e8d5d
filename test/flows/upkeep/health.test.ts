/** The health of the service: what it says of a database that does not answer, and what the log has of it. */
import { expect, it } from 'vitest'
import { healthFlow } from '../../../src/flows/upkeep/health.ts'
import { outboxInMemory, recordedLog, settableClock } from '../../support/ports.ts'

it('a database that does not answer is failing, told with its reason, and asked again after a few seconds', async () => {
  const [log, clock] = [recordedLog(), settableClock()]
  let away = true
  const databaseProbe = async () => {
    if (away) throw new Error('planted in the probe')
  }
  const { check } = healthFlow({ databaseProbe, outbox: outboxInMemory(), clock, log })
  expect(await check()).toEqual({ ready: false, checks: { database: 'failing' } })
  expect(log.failures).toMatchObject([
    { event: 'health of the database', error: { message: 'planted in the probe' } },
  ])
  away = false
  expect((await check()).ready, 'remembered').toBe(false)
  clock.time += 5001
  expect(await check()).toEqual({ ready: true, checks: { database: 'ok' } })
  expect(log.failures).toHaveLength(1)
})
