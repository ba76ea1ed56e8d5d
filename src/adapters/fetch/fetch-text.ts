/**
 * The one way to read something from another server: bounded in time and size, and without redirects.
 * What the other side answers on failure is never repeated to a caller: there is a text or there is none.
 */

export interface FetchLimits {
  /** For the whole answer, its body included. */
  timeoutMilliseconds: number
  sizeMaxBytes: number
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Undefined for any redirect, error status, time-out, excess, and for a body that is not UTF-8. */
export async function fetchText(
  fetch: Fetch,
  url: string,
  request: RequestInit,
  limits: FetchLimits,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(limits.timeoutMilliseconds)
  const init: RequestInit = { ...request, redirect: 'manual', signal }
  try {
    return await Promise.race([download(fetch, url, init, limits.sizeMaxBytes), rejectOn(signal)])
  } catch {
    return undefined
  }
}

async function download(fetch: Fetch, url: string, init: RequestInit, sizeMaxBytes: number) {
  const response = await fetch(url, init)
  if (response.status === 200 && response.body) return readText(response.body, sizeMaxBytes)
  await response.body?.cancel()
  return undefined
}

/** Stops reading at the first byte too many, whatever the length in the header says. */
async function readText(body: ReadableStream<Uint8Array>, sizeMaxBytes: number): Promise<string | undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  let size = 0
  let text = ''
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > sizeMaxBytes) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('The answer took too long.')), { once: true })
  })
}
