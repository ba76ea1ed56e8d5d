/**
 * Which passwords are accepted, before anything is hashed (NIST SP 800-63B-4 §3.1.1.2).
 * Any character is allowed and the whole password counts; its form is NFKC, and its length is in code points.
 */
import { invalid, ok, type Result } from './result.ts'

export const passwordLengthMax = 256
export const passwordSizeMaxBytes = 1024

/** The form that is hashed and compared. Twice applied it is the same. */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC')
}

/** Fails with `InvalidInput` on `field`; the value is the normalised password. */
export function checkPassword(password: string, lengthMin: number, field = 'password'): Result<string> {
  if (password.length > passwordSizeMaxBytes || !password.isWellFormed()) return tooLong(field)
  const normalized = normalizePassword(password)
  const length = [...normalized].length
  if (length < lengthMin) {
    return invalid(field, `The password must have at least ${lengthMin} characters.`, 'out_of_range')
  }
  const bytes = new TextEncoder().encode(normalized).byteLength
  return length > passwordLengthMax || bytes > passwordSizeMaxBytes ? tooLong(field) : ok(normalized)
}

function tooLong(field: string) {
  return invalid(
    field,
    `The password must be well-formed text of at most ${passwordLengthMax} characters and ${passwordSizeMaxBytes} bytes.`,
    'out_of_range',
  )
}
