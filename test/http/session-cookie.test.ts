/** The cookie of our pages: what a browser is told about it, and what comes back. */
import { describe, expect, it } from 'vitest'
import { endedSessionCookie, readSessionCookie, sessionCookie } from '../../src/http/session-cookie.ts'

const sent = (cookie: string) => new Request('https://patron.test/', { headers: { Cookie: cookie } })

describe('the session cookie', () => {
  it('is for this host, TLS and requests alone, for one tenant each', () => {
    expect(sessionCookie('ac-me', 'a.b')).toBe(
      '__Host-patron-ac-me=a.b; Path=/; HttpOnly; Secure; SameSite=Lax',
    )
    expect(endedSessionCookie('ac-me')).toBe(
      '__Host-patron-ac-me=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
    )
  })

  it('comes back as it was sent', () => {
    const [pair = ''] = sessionCookie('acme', 'a b;c').split('; ')
    expect(readSessionCookie(sent(`x=1; ${pair}; y=2`), 'acme')).toBe('a b;c')
  })

  it.each(['', 'patron-acme=x', '__Host-patron-globex=x', '__Secure-patron-acme=x'])(
    'is not in %j',
    (cookie) => {
      expect(readSessionCookie(sent(cookie), 'acme')).toBeUndefined()
    },
  )
})
