/**
 * AWS Signature Version 4 for a POST without query, over all headers that are given.
 * Document: "Authenticating Requests (AWS Signature Version 4)".
 */
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

export interface AwsRequest {
  url: string
  service: string
  region: string
  headers: Record<string, string>
  body: string
  /** Milliseconds since the epoch; AWS tolerates a few minutes. */
  now: number
}

export interface AwsCredentials {
  accessKeyId: string
  secretAccessKey: string
}

/** The given headers with the two that make the request authentic. */
export function signedHeaders(
  { url, service, region, headers, body, now }: AwsRequest,
  { accessKeyId, secretAccessKey }: AwsCredentials,
): Record<string, string> {
  const { host, pathname } = new URL(url)
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const signed = Object.entries({ ...headers, host, 'x-amz-date': time })
    .map(([name, value]): [string, string] => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')])
    .sort(([left], [right]) => (left < right ? -1 : 1))
  const names = signed.map(([name]) => name).join(';')
  const lines = signed.map(([name, value]) => `${name}:${value}\n`).join('')
  const request = ['POST', pathname, '', lines, names, hexHash(body)].join('\n')
  const scope = [time.slice(0, 8), region, service, 'aws4_request']
  const key = scope.reduce(mac, utf8ToBytes(`AWS4${secretAccessKey}`))
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), hexHash(request)].join('\n')
  const credential = `${accessKeyId}/${scope.join('/')}`
  const signature = bytesToHex(mac(key, toSign))
  return {
    ...headers,
    'X-Amz-Date': time,
    Authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  }
}

function mac(key: Uint8Array, text: string): Uint8Array {
  return hmac(sha256, key, utf8ToBytes(text))
}

function hexHash(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}
