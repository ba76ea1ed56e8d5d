/// <reference types="@cloudflare/vitest-plugin/types" />
/**
 * Types of what tests inside workerd import from `cloudflare:workers`: the Worker's bindings and those of the tests.
 */
declare namespace Cloudflare {
  interface Env extends Omit<import('../../src/env.ts').Bindings, never> {
    /** Not empty: the service's log lines are shown. */
    TEST_LOG: string
    TEST_TRIALS: string
    TEST_FUZZ_REQUESTS: string
    /** Empty: another seed at each run. */
    TEST_FUZZ_SEED: string
    /** Without tables until a test makes them. */
    OTHER_DB: D1Database
    EMAIL_EVENT_QUEUE: Queue<unknown>
    TEST_MIGRATIONS: import('cloudflare:test').D1Migration[]
  }
  interface GlobalProps {
    mainModule: typeof import('../../src/worker.ts')
  }
}

declare module '*?raw' {
  const text: string
  export default text
}

declare module '*.toml?raw' {
  const text: string
  export default text
}
