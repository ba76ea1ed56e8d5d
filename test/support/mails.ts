/** A mail for tests, in which everything that could go wrong on the way is present. */
import type { Mail } from '../../src/flows/ports/index.ts'

export function mailTo(to: string, more: Partial<Mail> = {}): Mail {
  return {
    id: crypto.randomUUID(),
    tenant: 'acme',
    template: 'opt-in',
    to,
    from: { name: 'Ümläut "Acme" \\ Söhne', email: 'no-reply@acme.example' },
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse, damit wir Ihnen schreiben können – heute noch ✉️',
    text: `Grüße,\n\n.a line that begins with a dot\n..\n.\ntrailing blank \n=3D ${'ein langer Satz ohne Ende '.repeat(20)}\n`,
    html: `<p>Grüße 👩‍💻 <a href="https://shop.example/?a=1&amp;token=x">${'lang'.repeat(100)}</a></p>`,
    createdAt: '2026-01-02T03:04:05.678Z',
    ...more,
  }
}
