/**
 * Events in Emporix's words ("Customer events"). What the document shows and this service does not keep is absent: the
 * e-mail of a customer who has been erased. A token is there only for a subscription that asks for it.
 */
import type { Actor } from '../../domain/base/actor.ts'
import type { Customer } from '../../domain/customer/customer.ts'
import type { EventMaterial, EmporixEvent } from '../../domain/events/event.ts'
import type { Json, JsonObject } from '../../domain/base/json.ts'
import type { PresentedEvent } from '../../flows/ports/index.ts'
import { presentCustomerForSeller } from './translate.ts'

export function presentEvent(material: EventMaterial): PresentedEvent | undefined {
  const payload = payloadOf(material)
  return payload && { contentType: 'application/json', body: { ...payload, tenant: material.tenant } }
}

function payloadOf({ name, message, customer, secret, link }: EventMaterial): JsonObject | undefined {
  const token: JsonObject = secret === undefined ? {} : { token: secret }
  const { customerId } = message
  switch (name as EmporixEvent) {
    case 'customer.created':
    case 'customer.sign-up':
      return message.type === 'CustomerCreated' ? presentCustomer(message.payload.customer) : undefined
    case 'customer.updated':
      return customer && { ...presentCustomer(customer, true), ...updatedBy(customer.modifiedBy) }
    case 'customer.deleted': {
      const triggeredBy = nameOf(message.createdBy)
      return { customerNumber: customerId, ...(triggeredBy !== undefined && { triggeredBy }) }
    }
    case 'customer.opt-in':
      return { customerNumber: customerId, ...(link !== undefined && { activateAccountUrl: link }), ...token }
    case 'customer.refresh-token':
      return message.type === 'CustomerOptInResent' ? { email: message.payload.email } : undefined
    case 'customer.logged.in': {
      if (message.type !== 'CustomerLoggedIn') return undefined
      const { sessionId } = message.payload
      return { customerId, ...(sessionId !== undefined && { sessionId }) }
    }
    case 'customer.password-reset': {
      if (message.type !== 'CustomerPasswordResetRequested') return undefined
      const { email, site } = message.payload
      return { email, ...(site !== undefined && { site }), ...token }
    }
    case 'customer.email-change-request': {
      if (message.type !== 'CustomerEmailChangeRequested') return undefined
      const { email, newEmail } = message.payload
      return { customerId, email, newEmail, ...token }
    }
    case 'customer.email-change': {
      if (message.type !== 'CustomerEmailChanged' && message.type !== 'CustomerAccountEmailChanged')
        return undefined
      const { email: newEmail, oldEmail: email } = message.payload
      return { customerId, email, newEmail }
    }
  }
}

/**
 * As the API shows it to the back office, but the accounts are e-mails and nothing else, and of companies there is the
 * registration number: who acts for which is no part of the document's payload.
 */
function presentCustomer(customer: Customer, withAddresses = false): JsonObject {
  const expand = new Set<'mixin:*' | 'addresses'>(withAddresses ? ['mixin:*', 'addresses'] : ['mixin:*'])
  const { businessModel: _model, b2b, ...shown } = presentCustomerForSeller(customer, expand, new Map())
  const { legalEntities: _entities, ...registration } = b2b
  return {
    // The presenter's types say less than that they are JSON.
    ...(shown as unknown as JsonObject),
    b2b: registration,
    accounts: customer.accounts.map(({ email }): Json => email),
  }
}

function updatedBy(actor: Actor | undefined): JsonObject {
  const name = nameOf(actor)
  return name === undefined ? {} : { updatedBy: name }
}

function nameOf(actor: Actor | undefined): string | undefined {
  return actor?.externalUserId ?? actor?.customerId ?? actor?.clientId
}
