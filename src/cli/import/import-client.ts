/**
 * The import endpoint from the outside: a token of client credentials, renewed when it is over, and batches that are sent
 * again when the service asks for time or cannot be reached. Sending twice is safe: what is there is answered as it is.
 */
import type { Failure, Line } from './import-batches.ts'
import { Refused } from '../command-line.ts'

export interface Service {
  url: string
  tenant: string
  clientId: string
  clientSecret: string
}

export interface Outcome {
  imported: number
  /** Had been imported before, by a batch whose answer was lost. */
  repeated: number
  failures: Failure[]
}

/** What cannot be helped by waiting. */
export class ImportRefused extends Refused {}

interface ItemOutcome {
  code: number
  message?: string
  details?: { message: string }[]
}

const attemptsMax = 8
const pauseMs = (attempt: number) => Math.min(30_000, 250 * 2 ** attempt)

export function importClient({ url, tenant, clientId, clientSecret }: Service) {
  let token: Promise<string> | undefined

  const requestToken = async (): Promise<string> => {
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
    const response = await patiently(() =>
      fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) }),
    )
    const body = (await response.json().catch(() => ({}))) as { access_token?: string }
    if (!response.ok || body.access_token === undefined)
      throw new ImportRefused(`The service gives no token for ${clientId}: ${response.status}.`)
    return body.access_token
  }

  const post = async (lines: readonly Line[]): Promise<Response> => {
    const bearer = await (token ??= requestToken())
    return patiently(() =>
      fetch(`${url}/customer/${tenant}/customers/import`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' },
        body: `[${lines.map(({ text }) => text).join(',')}]`,
      }),
    )
  }

  const send = async (lines: readonly Line[]): Promise<ItemOutcome[]> => {
    let response = await post(lines)
    if (response.status === 401) {
      token = undefined
      response = await post(lines)
    }
    if (response.status === 207) return (await response.json()) as ItemOutcome[]
    const text = (await response.text()).slice(0, 500)
    throw new ImportRefused(`The service refuses the import: ${response.status} ${text}`)
  }

  return {
    /** Items that fail for no fault of theirs are sent again. */
    async importLines(lines: readonly Line[]): Promise<Outcome> {
      const outcome: Outcome = { imported: 0, repeated: 0, failures: [] }
      let left = lines
      for (let attempt = 0; left.length > 0; attempt += 1) {
        if (attempt > 0) await pause(pauseMs(attempt))
        const answers = await send(left)
        const again: Line[] = []
        for (const [place, line] of left.entries()) {
          const { code, message = '', details } = answers[place] ?? { code: 503 }
          if (code === 201) outcome.imported += 1
          else if (code === 200) outcome.repeated += 1
          else if (code >= 500 && attempt < attemptsMax) again.push(line)
          else outcome.failures.push({ line: line.line, code, message, ...(details && { details }) })
        }
        left = again
      }
      outcome.failures.sort((a, b) => a.line - b.line)
      return outcome
    },
  }
}

/** Repeats a request that the service could not answer now. */
async function patiently(request: () => Promise<Response>): Promise<Response> {
  for (let attempt = 0; ; attempt += 1) {
    const response = await request().catch((error: unknown) => error)
    const answered = response instanceof Response
    if (answered && response.status < 500 && response.status !== 429) return response
    if (attempt >= attemptsMax) {
      throw new ImportRefused(
        answered
          ? `The service answers ${response.status}.`
          : `The service cannot be reached: ${String(response)}`,
      )
    }
    const asked = answered ? Number(response.headers.get('Retry-After')) * 1000 : 0
    await pause(Math.min(60_000, Math.max(asked || 0, pauseMs(attempt))))
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
