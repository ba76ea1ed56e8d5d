/**
 * Password hashes of other systems, read from what an importer sends (Emporix: "Import and password migration") into what is
 * stored, or refused with the reason. `passwordHash` is Emporix' own form; `legacyAuth` names an algorithm of the table
 * in `password-exports.ts`. Refuses before any work whatever is not understood or costs too much.
 */
import { decodeBase64, decodeHex } from '../base/binary-text.ts'
import { spellingsOf, supportedAlgorithms } from './password-exports.ts'
import { pbkdf2, type Spelling } from './password-spellings.ts'
import { fail, invalid, ok, type Result } from '../base/result.ts'
import {
  formatStoredPassword,
  hashProblem,
  isPasswordHash,
  type ClaimedHash,
  type PasswordOrigin,
} from './stored-password.ts'

export interface LegacyAuth {
  algorithm: string
  hash: string
  context?: Record<string, string>
}

const hashLengthMax = 4096
const contextValueLengthMax = 1024
const contextEntriesMax = 16

/** Emporix' `1:iterations:salt:hash`: PBKDF2-HMAC-SHA-1, both parts hexadecimal or both base64. */
export function importNativePassword(passwordHash: string): Result<string> {
  const field = 'passwordHash'
  if (passwordHash.length > hashLengthMax) return tooLarge(field)
  const [, iterations = '', saltText = '', hashText = ''] =
    /^1:(\d+):([^:]+):([^:]+)$/.exec(passwordHash) ?? []
  const hexadecimal = [decodeHex(saltText), decodeHex(hashText)]
  const [salt, hash] = hexadecimal.every((part) => part !== undefined)
    ? hexadecimal
    : [decodeBase64(saltText), decodeBase64(hashText)]
  if (iterations === '' || !salt || !hash) {
    return invalid(
      field,
      'The hash must have the form 1:iterations:salt:hash, its parts hexadecimal or base64.',
    )
  }
  return accept('native', pbkdf2('sha1', iterations, salt, hash), field)
}

/** The stored string, or violations whose fields begin with `legacyAuth.`. */
export function importLegacyPassword({ algorithm, hash, context = {} }: LegacyAuth): Result<string> {
  const spellings = spellingsOf(algorithm)
  if (!spellings) {
    return invalid('legacyAuth.algorithm', `The algorithm must be one of ${supportedAlgorithms.join(', ')}.`)
  }
  if (hash.length > hashLengthMax) return tooLarge('legacyAuth.hash')
  const entries = Object.entries(context)
  if (entries.length > contextEntriesMax) return tooLarge('legacyAuth.context')
  const long = entries.find(([, value]) => value.length > contextValueLengthMax)
  if (long) return tooLarge(`legacyAuth.context.${long[0].slice(0, 64)}`)
  return read(spellings, hash, new Map(entries))
}

function read(spellings: readonly Spelling[], hash: string, context: Map<string, string>): Result<string> {
  for (const spelling of spellings) {
    const reading = spelling(hash, context)
    if (reading === undefined) continue
    if ('problem' in reading) {
      const { field, ...problem } = reading.problem
      return fail({ kind: 'InvalidInput', violations: [{ field: `legacyAuth.${field}`, ...problem }] })
    }
    return accept('legacy', reading, 'legacyAuth.hash')
  }
  return invalid('legacyAuth.hash', 'The hash has no spelling that is known for its algorithm.')
}

function accept(origin: PasswordOrigin, claimed: ClaimedHash, field: string): Result<string> {
  if (isPasswordHash(claimed)) return ok(formatStoredPassword({ ...claimed, origin }))
  const { type, message } = hashProblem(claimed) ?? { type: 'invalid', message: 'The hash is not supported.' }
  return invalid(field, message, type)
}

function tooLarge(field: string) {
  return invalid(field, 'The value is longer than any hash that is known.', 'too_large')
}
