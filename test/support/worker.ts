/**
 * Entry of the bundle that the tests run: the Worker, and the parts that tests build services of their own from.
 */
export { default, AttemptCounterObject, CustomerObject } from '../../src/worker.ts'
export { composePorts } from '../../src/adapters/index.ts'
export { buildApp, dialects, eventPresenters } from '../../src/app.ts'
export { buildFlows } from '../../src/flows/index.ts'
