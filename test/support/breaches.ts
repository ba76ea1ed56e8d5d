/**
 * A service of known breaches as seen by `fetch`: it speaks the range protocol, pads its answers when it is asked to, and
 * remembers what it was asked. Nothing of the service under test is used for it.
 */
export interface BreachService {
  fetch(target: unknown, init?: RequestInit): Promise<Response>
  asked: { url: string; headers: Headers; redirect: unknown; body: unknown }[]
}

/** SHA-1 of a text, forty upper-case hexadecimal digits. */
export async function sha1(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text)))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('')
}

/** Knows these passwords; everything else about its ranges is padding, even what hides the passwords in `padding`. */
export function breachService(known: readonly string[], padding: readonly string[] = []): BreachService {
  const asked: BreachService['asked'] = []
  const lines = async (passwords: readonly string[], prefix: string, count: string) =>
    (await Promise.all(passwords.map(sha1)))
      .filter((hash) => hash.startsWith(prefix))
      .map((hash) => `${hash.slice(5)}:${count}`)
  return {
    asked,
    async fetch(target, init = {}) {
      const url = String(target)
      const headers = new Headers(init.headers)
      asked.push({ url, headers, redirect: init.redirect, body: init.body })
      const prefix = url.slice(-5)
      const filler = Array.from(
        { length: 800 },
        (_, line) => `${line.toString(16).padStart(35, '0').toUpperCase()}:0`,
      )
      const answer = [
        ...(await lines(known, prefix, '3861493')),
        ...(await lines(padding, prefix, '0')),
        ...(headers.get('add-padding') === 'true' ? filler : ['F'.repeat(35) + ':1']),
      ]
      return new Response(answer.sort().join('\r\n'), { headers: { 'content-type': 'text/plain' } })
    },
  }
}
