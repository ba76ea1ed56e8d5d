/**
 * The formats of password hashes that can be imported: the table of `legacyAuth.algorithm`, and the exports of systems that
 * say more than an algorithm: SAP Commerce, Firebase, Auth0, ASP.NET Core Identity.
 */
import { decodeBase64, decodeHexOrBase64, encodeUtf8 } from '../base/binary-text.ts'
import { isJsonObject, parseJson, type Json } from '../base/json.ts'
import {
  barePbkdf2,
  bareScrypt,
  bcrypt,
  decode,
  djangoPbkdf2,
  djangoScrypt,
  passlibPbkdf2,
  pbkdf2,
  phcArgon2,
  phcPbkdf2,
  phcScrypt,
  refuse,
  scrypt,
  take,
  werkzeugPbkdf2,
  werkzeugScrypt,
  whole,
  type Context,
  type Reading,
  type Spelling,
} from './password-spellings.ts'

const spellings = {
  'hybris-sha512-uid-salt': [hybris],
  bcrypt: [bcrypt],
  scrypt: [phcScrypt, werkzeugScrypt, djangoScrypt, bareScrypt],
  pbkdf2: [phcPbkdf2, passlibPbkdf2, djangoPbkdf2, werkzeugPbkdf2, barePbkdf2],
  argon2: [phcArgon2],
  'firebase-scrypt': [firebaseScrypt],
  auth0: [bcrypt, auth0],
  'aspnet-identity': [aspNetIdentity],
} satisfies Record<string, readonly Spelling[]>

export const supportedAlgorithms: readonly string[] = Object.keys(spellings)

export function spellingsOf(algorithm: string): readonly Spelling[] | undefined {
  return new Map<string, readonly Spelling[]>(Object.entries(spellings)).get(algorithm)
}

/** SAP Commerce with the SHA-512 encoder. The shop's own salt is part of its configuration, and need not be given. */
function hybris(text: string, context: Context): Reading {
  const given = take(context, 'originalUid')
  const hash = decodeHexOrBase64(text)
  if ('problem' in given) return given
  if (!hash) return undefined
  const salt = encodeUtf8(`${given.originalUid}\0${context.get('salt') ?? ''}`)
  return { algorithm: 'sap-sha512', cost: {}, salt, hash }
}

/** An export of `firebase auth:export`, with the project's password hash parameters in the context. */
function firebaseScrypt(text: string, context: Context): Reading {
  const given = take(context, 'signerKey', 'saltSeparator', 'rounds', 'memCost', 'salt')
  if ('problem' in given) return given
  const encoded = [text, given.signerKey, given.salt, given.saltSeparator]
  const [hash, signerKey, salt, separator] = encoded.map(decodeBase64)
  if (!hash || !signerKey || !salt || !separator || hash.byteLength !== signerKey.byteLength) return undefined
  // The hash is the signer key, encrypted with a stream cipher: what remains without it is the stream.
  const stream = hash.map((byte, at) => byte ^ (signerKey[at] ?? 0))
  const cost = { ln: whole(given.memCost), r: whole(given.rounds), p: 1 }
  return { algorithm: 'firebase-scrypt', cost, salt: Uint8Array.of(...salt, ...separator), hash: stream }
}

/** Auth0's `custom_password_hash` as JSON text. */
function auth0(text: string): Reading {
  const json = parseJson(text)
  if (!isJsonObject(json)) return undefined
  const member = (of: Json | undefined, name: string): string | undefined => {
    const value = isJsonObject(of) && Object.hasOwn(of, name) ? of[name] : undefined
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  }
  const { hash, salt, password } = json
  if ((member(password, 'encoding') ?? 'utf8') !== 'utf8')
    return refuse('hash', 'The password must be UTF-8.')
  const value = member(hash, 'value') ?? ''
  const hashBytes = decode(value, member(hash, 'encoding') ?? 'hex')
  const saltBytes = decode(member(salt, 'value') ?? '', member(salt, 'encoding') ?? 'utf8')
  switch (member(json, 'algorithm')) {
    case 'bcrypt':
      return bcrypt(value)
    case 'argon2':
      return phcArgon2(value)
    case 'pbkdf2':
      return phcPbkdf2(value)
    case 'scrypt':
      return (
        saltBytes &&
        scrypt(
          member(json, 'cost') ?? '16384',
          member(json, 'blockSize') ?? '8',
          member(json, 'parallelization') ?? '1',
          saltBytes,
          hashBytes,
        )
      )
    case 'sha512':
      if ((member(salt, 'position') ?? 'prefix') !== 'prefix')
        return refuse('hash', 'The salt must come first.')
      return saltBytes && hashBytes && { algorithm: 'sha512', cost: {}, salt: saltBytes, hash: hashBytes }
    default:
      return refuse('hash', 'Of Auth0’s algorithms argon2, bcrypt, pbkdf2, scrypt and sha512 are supported.')
  }
}

/** ASP.NET Core Identity: a version byte, big-endian numbers, salt and hash in one base64 text. */
function aspNetIdentity(text: string): Reading {
  const bytes = decodeBase64(text)
  if (!bytes) return undefined
  if (bytes[0] === 0 && bytes.byteLength === 49)
    return pbkdf2('sha1', '1000', bytes.slice(1, 17), bytes.slice(17))
  if (bytes[0] !== 1 || bytes.byteLength < 13) return undefined
  const view = new DataView(bytes.buffer)
  const digest = ['sha1', 'sha256', 'sha512'][view.getUint32(1)]
  const saltEnd = 13 + view.getUint32(9)
  if (digest === undefined || saltEnd >= bytes.byteLength) return undefined
  return pbkdf2(digest, String(view.getUint32(5)), bytes.slice(13, saltEnd), bytes.slice(saltEnd))
}
