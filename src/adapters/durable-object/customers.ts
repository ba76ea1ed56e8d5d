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
    create: (tenant, creation) =>
      stub({ tenant: tenant.key, customerId: creation.id }).create(tenant, creation),
    read: (ref, proof) => stub(ref).read(proof),
    readRecord: (ref, proof) => stub(ref).readRecord(proof),
    inspect: (ref, conditions) => stub(ref).inspect(conditions),
    execute: (ref, command) => stub(ref).execute(command),
    erase: (ref, command) => stub(ref).erase(command),
    refresh: (ref, command) => stub(ref).refresh(command),
    findSession: (ref, proof) => stub(ref).findSession(proof),
    addMessage: (ref, message, operationId) => stub(ref).addMessage(message, operationId),
    wasSpent: (ref, tokenId) => stub(ref).wasSpent(tokenId),
    endSession: (ref, proof) => stub(ref).endSession(proof),
  }
}
