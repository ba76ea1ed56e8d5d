/**
 * A file for `npm run import`: customers with hashes of five systems in turn, each of its own password and salt, made by Node's
 * crypto and bcryptjs. Customer N signs in as `emailOf(N)` with `passwordOf(N)`.
 */
import { createHash, pbkdf2Sync, randomBytes, scryptSync } from 'node:crypto'
import { open } from 'node:fs/promises'
import { hashSync } from 'bcryptjs'

export const emailOf = (n: number) => `customer.${n}@shop.example`
export const passwordOf = (n: number) => `old password ${n}`

type Credentials = { passwordHash: string } | { legacyAuth: object }

/** The order in which they come in the file. */
export const formats: [name: string, make: (password: string, email: string) => Credentials][] = [
  [
    'native PBKDF2',
    (password) => {
      const salt = randomBytes(16)
      const hash = pbkdf2Sync(password, salt, 1000, 20, 'sha1')
      return { passwordHash: `1:1000:${salt.toString('base64')}:${hash.toString('base64')}` }
    },
  ],
  [
    'SAP Commerce',
    (password, originalUid) => {
      const salt = randomBytes(8).toString('hex')
      const hash = createHash('sha512').update(`${originalUid}::${salt}::${password}`).digest('hex')
      return { legacyAuth: { algorithm: 'hybris-sha512-uid-salt', hash, context: { originalUid, salt } } }
    },
  ],
  ['bcrypt', (password) => ({ legacyAuth: { algorithm: 'bcrypt', hash: hashSync(password, 4) } })],
  [
    'PBKDF2 of Django',
    (password) => {
      const salt = randomBytes(8).toString('hex')
      const key = pbkdf2Sync(password, salt, 1000, 32, 'sha256').toString('base64')
      return { legacyAuth: { algorithm: 'pbkdf2', hash: `pbkdf2_sha256$1000$${salt}$${key}` } }
    },
  ],
  [
    'scrypt of Werkzeug',
    (password) => {
      const salt = randomBytes(8).toString('hex')
      const key = scryptSync(password, salt, 64, { N: 1024, r: 8, p: 1 }).toString('hex')
      return { legacyAuth: { algorithm: 'scrypt', hash: `scrypt:1024:8:1$${salt}$${key}` } }
    },
  ],
]

export async function writeCustomers(file: string, count: number): Promise<void> {
  const handle = await open(file, 'w')
  try {
    let lines = ''
    for (let n = 0; n < count; n += 1) {
      const [, make] = formats[n % formats.length] ?? []
      if (!make) break
      const email = emailOf(n)
      const account = { email, ...make(passwordOf(n), email) }
      const address = {
        contactName: `Ada ${n}`,
        street: 'Main Street',
        zipCode: '12345',
        city: 'London',
        country: 'GB',
      }
      const names = { firstName: `Ada ${n}`, lastName: 'Lovelace' }
      lines += `${JSON.stringify({ ...names, contactEmail: email, addresses: [address], account })}\n`
      if (lines.length < 1_000_000 && n + 1 < count) continue
      await handle.write(lines)
      lines = ''
    }
  } finally {
    await handle.close()
  }
}
