/**
 * AWS Signature Version 4 for a POST, over all headers that are given. The library signs and we send, because there is
 * one bounded way out.
 */
import { AwsV4Signer } from 'aws4fetch'

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
export async function signedHeaders(
  { now, ...request }: AwsRequest,
  credentials: AwsCredentials,
): Promise<Record<string, string>> {
  const datetime = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const signer = new AwsV4Signer({ ...request, ...credentials, method: 'POST', datetime, allHeaders: true })
  const { headers } = await signer.sign()
  return Object.fromEntries(headers)
}
