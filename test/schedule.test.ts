/**
 * What the cron triggers start: every sweep of its schedule, whatever becomes of the others.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runSchedule, type ScheduleParts } from '../src/schedule.ts'
import { recordedLog } from './support/ports.ts'

const minute = ['mails', 'webhooks', 'companies', 'spellings', 'password migrations']
const inFirst = minute.map((name) => `${name} of first`)
const inSecond = minute.map((name) => `${name} of second`)
const flowNames: Record<string, string> = {
  mails: 'mailDelivery',
  webhooks: 'webhookDelivery',
  companies: 'companies',
  spellings: 'spellings',
  'password migrations': 'passwordMigration',
}

function partsWith(failing: string | undefined, failed = 0) {
  const [log, swept] = [recordedLog(), [] as string[]]
  const sweep = (name: string) => async (of?: string | { database: string }) => {
    const database = typeof of === 'object' ? of.database : of
    if (name === failing && database !== 'second') throw new Error(`${name} is broken`)
    await new Promise((resolve) => setTimeout(resolve))
    swept.push(database === undefined ? name : `${name} of ${database}`)
    return { failed }
  }
  const flows = Object.fromEntries(
    Object.entries(flowNames).map(([name, key]) => [key, { sweep: sweep(name) }]),
  )
  const retention = { sweep: sweep('retention'), sweepMarks: sweep('marks on addresses') }
  const all = { ...flows, retention, databases: ['first', 'second'] }
  return { parts: { log, flows: all } as unknown as ScheduleParts, log, swept }
}

describe('a schedule', () => {
  it.each([
    ['* * * * *', [...inFirst, ...inSecond]],
    ['17 3 * * *', ['retention of first', 'retention of second', 'marks on addresses']],
  ])('of %s runs its sweeps in each database: %o', async (cron, expected) => {
    const { parts, swept, log } = partsWith(undefined)
    await runSchedule(cron, parts)
    expect(swept).toEqual(expected)
    expect([log.told, log.failures]).toEqual([[], []])
  })

  it('is known for each cron trigger of the configuration', async () => {
    const [, crons = ''] = /^crons = \[(.*)\]$/m.exec(readFileSync('wrangler.toml', 'utf8')) ?? []
    const triggers = [...crons.matchAll(/"([^"]+)"/g)].map(([, cron = '']) => cron)
    expect(triggers).toHaveLength(2)
    for (const cron of triggers) await runSchedule(cron, partsWith(undefined).parts)
  })

  it('that is unknown is an exception', async () => {
    const { parts, swept } = partsWith(undefined)
    await expect(runSchedule('0 0 1 1 *', parts)).rejects.toThrow('0 0 1 1 *')
    expect(swept).toEqual([])
  })
})

it.each([...minute.map((name) => [name, '* * * * *']), ['retention', '17 3 * * *']])(
  'a sweep that fails is in the log with its error, and the others are done: %s',
  async (name, cron) => {
    const { parts, log, swept } = partsWith(name)
    await runSchedule(cron, parts)
    const error = expect.objectContaining({ message: `${name} is broken` }) as Error
    expect(log.failures).toEqual([{ event: `sweep of ${name}`, error, about: { cron, database: 'first' } }])
    const others = [...inFirst, ...inSecond].filter((other) => other !== `${name} of first`)
    expect(swept).toEqual(cron === '* * * * *' ? others : ['retention of second', 'marks on addresses'])
  },
)

it('a sweep of what belongs to no tenant that fails is in the log with its error', async () => {
  const { parts, log, swept } = partsWith('marks on addresses')
  await runSchedule('17 3 * * *', parts)
  expect(log.failures).toMatchObject([
    { event: 'sweep of marks on addresses', about: { cron: '17 3 * * *' } },
  ])
  expect(swept).toEqual(['retention of first', 'retention of second'])
})

it('customers whose passwords could not be migrated are counted in the log', async () => {
  const { parts, log } = partsWith(undefined, 3)
  await runSchedule('* * * * *', parts)
  expect(log.told).toEqual(
    ['first', 'second'].map((database) => ({
      ...{ level: 'warn', event: 'password migration', about: { database, failed: 3 } },
    })),
  )
})
