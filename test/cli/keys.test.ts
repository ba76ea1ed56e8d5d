/** Fresh secrets and the rotation of signing keys. */
import { expect, test } from 'vitest'
import { devVarsText } from '../../src/cli/dev-vars.ts'
import { newSecret, newSigningKey, rotateSigningKeys } from '../../src/cli/secrets.ts'

test('a signing key is a private Ed25519 JWK whose id is hexadecimal', () => {
  const key = newSigningKey()
  expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA' })
  expect(key.kid).toMatch(/^[0-9a-f]{16}$/)
  expect([key.x.length, key.d.length]).toEqual([43, 43])
})

test('a secret has 256 bits and is never made twice', () => {
  expect(Buffer.from(newSecret(), 'base64url')).toHaveLength(32)
  expect(newSecret()).not.toBe(newSecret())
})

test('a rotation retires current, promotes next and publishes a new next', () => {
  const [current, next, previous] = [newSigningKey(), newSigningKey(), newSigningKey()]
  const rotated = rotateSigningKeys(JSON.stringify({ current, next, previous }))
  expect(rotated.previous).toEqual(current)
  expect(rotated.current).toEqual(next)
  expect([current, next, previous]).not.toContainEqual(rotated.next)
})

test('a rotation without next makes the key that signs', () => {
  const current = newSigningKey()
  const rotated = rotateSigningKeys(JSON.stringify({ current }))
  expect(rotated.previous).toEqual(current)
  expect(rotated.current).not.toEqual(current)
})

test.each(['', '[]', '{}', '{"current":{"kty":"RSA"}}'])('a rotation of %j is refused', (text) => {
  expect(() => rotateSigningKeys(text)).toThrow('not a SIGNING_KEYS value')
})

test('a refused rotation does not repeat the key', () => {
  const current = { ...newSigningKey(), kid: '' }
  expect(() => rotateSigningKeys(JSON.stringify({ current }))).not.toThrow(current.d)
})

test('.dev.vars names every secret and variable on a line of its own', () => {
  const names = devVarsText('http://127.0.0.1:1234').match(/^[A-Z_]+(?==)/gm)
  expect(names).toEqual(['ENVIRONMENT', 'PUBLIC_URL', 'SIGNING_KEYS', 'TOKEN_SECRET'])
})
