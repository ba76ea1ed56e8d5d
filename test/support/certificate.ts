/**
 * A certificate for servers on this machine, made anew for each run: signed by itself, good for a day, for `localhost` and
 * 127.0.0.1. Node can sign one but not write it, so the few structures of X.509 (RFC 5280 §4.1) are written here.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

const commonName = Buffer.from('0603550403', 'hex')
const subjectAltName = Buffer.from('0603551d11', 'hex')
const ecdsaWithSha256 = der(0x30, Buffer.from('06082a8648ce3d040302', 'hex'))

/** Path of a PEM file with the certificate and its key, which is gone when this process ends. */
export function newCertificateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'patron-certificate-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'localhost.pem')
  writeFileSync(file, newCertificate(), { mode: 0o600 })
  return file
}

function newCertificate(): string {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = der(0x30, der(0x31, der(0x30, commonName, der(0x0c, Buffer.from('localhost')))))
  const names = der(0x30, der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])))
  const extension = der(0x30, subjectAltName, der(0x04, names))
  const content = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    der(0x30, time(-3_600_000), time(86_400_000)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, extension)),
  )
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey))
  const base64 = der(0x30, content, ecdsaWithSha256, signature).toString('base64')
  const certificate = `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
  return certificate + privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

/** GeneralizedTime, from now. */
function time(milliseconds: number): Buffer {
  const text = new Date(Date.now() + milliseconds).toISOString().replace(/[-:T]|\.\d{3}/g, '')
  return der(0x18, Buffer.from(text))
}
