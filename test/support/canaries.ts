/**
 * The canaries of a test file: what its requests and answers held of people and secrets, and what the service has logged.
 * No line may hold a canary, nor anything in the form of an address or a token, whatever the tests were about.
 */

/** Fields whose values are of a person, or open something. */
const secretField =
  /password|token|secret|e-?mail|(?:first|last|middle|contact)Name|phone|^street|^additional(?:Address|Street)Info|^username$|^sessionId$/i
/** Words and routes that the log may use by itself. */
const ownWord = /^[a-z]*$|^\//
const canaryLengthMin = 3

const canaries = new Set<string>()
const lines = new Set<string>()

/** Keeps the secret values of what was sent or answered. */
export function keepCanaries(value: unknown, name = ''): void {
  if (typeof value === 'string') {
    if (secretField.test(name) && value.length >= canaryLengthMin && !ownWord.test(value)) canaries.add(value)
  } else if (Array.isArray(value)) for (const item of value) keepCanaries(item, name)
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) keepCanaries(item, key)
}

/** Lines that differ in their times and ids only are one. */
export function keepLine(line: string): void {
  lines.add(withoutVariety(line))
}

export function leaksOfThisFile(): string[] {
  return leaks(lines, canaries)
}

const address = /[^\s"@[\]]+@[^\s"@]+/
/** Signed tokens in three parts, and anything long and random. */
const token = /[\w-]{8,}\.[\w-]{20,}\.[\w-]{20,}|[A-Za-z0-9_-]{40,}/

/** What is in the lines and should not be, with its line. */
export function leaks(logged: Iterable<string>, secrets: Iterable<string>): string[] {
  const all = [...logged]
  const text = all.join('\n')
  const formed = all.filter((line) => address.test(line) || token.test(line))
  const named = [...secrets].filter((secret) => text.includes(JSON.stringify(secret).slice(1, -1)))
  const lineWith = (secret: string) => all.find((line) => wordOf(secret).test(line))
  return [
    ...formed.map((line) => `An address or a token: ${line}`),
    ...named.flatMap((secret) => {
      const line = lineWith(secret)
      return line === undefined ? [] : [`${secret}: ${line}`]
    }),
  ]
}

/** Not as a part of a longer word. */
function wordOf(secret: string): RegExp {
  const inJson = JSON.stringify(secret).slice(1, -1)
  return new RegExp(`(?<![A-Za-z0-9_-])${inJson.replace(/[^\w\s]/g, '\\$&')}(?![A-Za-z0-9_-])`)
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

function withoutVariety(line: string): string {
  return line
    .replace(/"stack":\[[^\]]*\]/g, '"stack":[]')
    .replace(uuid, '')
    .replace(/"durationMs":\d+/, '')
}
