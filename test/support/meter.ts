/**
 * Counts what the Worker and its objects ask of the platform: they share the isolate with the tests, so the bindings'
 * own methods can be watched. One D1 call is one round trip, a batch included. The queue takes nothing while it is
 * metered: a consumer at work in between would be counted too. Delivery is started with `deliverMails`.
 */
import { env } from 'cloudflare:workers'
import { onTestFinished, vi } from 'vitest'
import type { OrderRef } from '../../src/flows/ports/index.ts'
import { batchOf, consume } from './triggers.ts'

export interface Usage {
  d1: number
  kvReads: number
  kvWrites: number
  customerObject: number
  attemptObject: number
  queueSends: number
}

const nothing: Usage = {
  d1: 0,
  kvReads: 0,
  kvWrites: 0,
  customerObject: 0,
  attemptObject: 0,
  queueSends: 0,
}

type Method = (this: unknown, ...given: unknown[]) => unknown
type Prototype = Record<string, Method>

/** Watches until the test has finished. `use` measures what a piece of work costs, deferred work included. */
export function meter(): { use(work: () => Promise<unknown>): Promise<Usage> } {
  let usage = { ...nothing }
  const watch = (binding: object, methods: string[], count: keyof Usage) => {
    const prototype = Object.getPrototypeOf(binding) as Prototype
    for (const name of methods) {
      replace(
        prototype,
        name,
        (original) =>
          function (...given) {
            usage[count] += 1
            return original.apply(this, given)
          },
      )
    }
  }
  watch(env.DB, ['batch', 'exec'], 'd1')
  watch(env.DB.prepare('SELECT 1'), ['first', 'all', 'run', 'raw'], 'd1')
  watch(env.TOKENS, ['get', 'getWithMetadata', 'list'], 'kvReads')
  watch(env.TOKENS, ['put', 'delete'], 'kvWrites')
  for (const name of ['send', 'sendBatch']) {
    replace(Object.getPrototypeOf(env.OUTBOX_QUEUE) as Prototype, name, () => async () => {
      usage.queueSends += 1
    })
  }
  const countCall = (name: string) => {
    usage[name.includes(':') ? 'customerObject' : 'attemptObject'] += 1
  }
  replace(
    Object.getPrototypeOf(env.CUSTOMERS) as Prototype,
    'getByName',
    (original) =>
      function (...given) {
        const [name] = given
        return countedStub(original.apply(this, given) as object, () => countCall(String(name)))
      },
  )
  return {
    async use(work) {
      usage = { ...nothing }
      await work()
      await settled()
      return { ...usage }
    },
  }
}

/** Runs the queue's consumer over everything that is in the outbox. */
export async function deliverMails(): Promise<void> {
  const { results } = await env.DB.prepare('SELECT tenant, id FROM outbox').all<OrderRef>()
  await consume(batchOf('patron-outbox', results))
}

function countedStub(stub: object, count: () => void): object {
  return new Proxy(stub, {
    get:
      (target, name) =>
      (...given: unknown[]) => {
        count()
        return Reflect.apply(Reflect.get(target, name) as Method, target, given)
      },
  })
}

function replace(prototype: Prototype, name: string, by: (original: Method) => Method): void {
  const original = prototype[name]
  if (!original) throw new Error(`The platform has no method ${name} to watch.`)
  const spy = vi.spyOn(prototype, name).mockImplementation(by(original))
  onTestFinished(() => spy.mockRestore())
}

/** Deferred work starts before the answer, so two turns of the event loop see its calls. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setTimeout(resolve))
}
