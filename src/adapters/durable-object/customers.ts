/**
 * The way from the Worker to the customers' objects: `Customers` over remote calls.
 * A stub that has thrown may be broken, so each call takes a new one. Calls are not repeated here: a write may have
 * happened.
 */
import type { CustomerRef, Customers } from '../../flows/ports/index.ts'
import { customerObjectName } from './customer-object.ts'

/** The remote methods, as the namespace's stubs offer them. */
type CustomerStub = {
  [M in keyof Customers]: Customers[M] extends (ref: infer R, ...rest: infer A) => infer P
    ? R extends CustomerRef
      ? (...rest: A) => P
      : Customers[M]
    : never
}

export function customerObjects(namespace: DurableObjectNamespace): Customers {
  const stub = (ref: CustomerRef) => namespace.getByName(customerObjectName(ref)) as unknown as CustomerStub
  return {
    create: (tenant, creation, now) =>
      stub({ tenant: tenant.key, customerId: creation.id }).create(tenant, creation, now),
    read: (ref, proof, now) => stub(ref).read(proof, now),
    readRecord: (ref, proof, now) => stub(ref).readRecord(proof, now),
    inspect: (ref, conditions) => stub(ref).inspect(conditions),
    execute: (ref, command) => stub(ref).execute(command),
    erase: (ref, command) => stub(ref).erase(command),
    refresh: (ref, command) => stub(ref).refresh(command),
    findSession: (ref, proof, now) => stub(ref).findSession(proof, now),
    addMessage: (ref, message, now, operationId) => stub(ref).addMessage(message, now, operationId),
    wasSpent: (ref, tokenId) => stub(ref).wasSpent(tokenId),
    endSession: (ref, proof, now) => stub(ref).endSession(proof, now),
  }
}
