/**
 * `path=value` on the command line, and what it does to stored settings. Pure; whether the result is valid is decided
 * by the settings' own schema.
 */

import { isRecord, parseJson } from '../domain/base/json.ts'

export type JsonRecord = Record<string, unknown>

export interface Assignment {
  path: string[]
  value: unknown
}

export type ParsedAssignments = { ok: true; assignments: Assignment[] } | { ok: false; text: string }

/** Settings by the names that Emporix' tenant configuration has for them, in lower case. */
const emporixNames = new Map(
  Object.entries({
    customeractiveoncreation: 'activeOnCreation',
    customeronholdoncreation: 'onHoldOnCreation',
    enablerecreationofdeletedcustomer: 'reuseDeletedIds',
    'signup.enableaccountcreationemailconfirmation': 'welcomeMail',
    'customer.passwordreset.redirecturl': 'links.passwordReset',
    'customer.changeemail.redirecturl': 'links.emailChange',
    'customer.deletion.redirecturl': 'links.deletion',
    'cust.notification.email.from': 'sender.email',
  }),
)

export function parseAssignments(texts: readonly string[]): ParsedAssignments {
  const assignments: Assignment[] = []
  for (const text of texts) {
    const match = /^([A-Za-z0-9][\w-]*(?:\.[A-Za-z0-9][\w-]*)*)=(.*)$/s.exec(text)
    if (match === null) return { ok: false, text }
    const [, path = '', value = ''] = match
    const name = emporixNames.get(path.toLowerCase()) ?? path
    assignments.push({ path: name.split('.'), value: parseValue(value) })
  }
  return { ok: true, assignments }
}

/** A copy of the settings with the assignments made; null takes a setting away. */
export function withAssignments(settings: JsonRecord, assignments: readonly Assignment[]): JsonRecord {
  return assignments.reduce((current, { path, value }) => assign(current, path, value), settings)
}

function assign(settings: JsonRecord, [first, ...rest]: readonly string[], value: unknown): JsonRecord {
  if (first === undefined) return settings
  const entries = new Map(Object.entries(settings))
  const below = entries.get(first)
  if (rest.length > 0) entries.set(first, assign(isRecord(below) ? below : {}, rest, value))
  else if (value === null) entries.delete(first)
  else entries.set(first, value)
  return Object.fromEntries(entries)
}

function parseValue(text: string): unknown {
  const value = parseJson(text)
  return value === undefined ? text : value
}
