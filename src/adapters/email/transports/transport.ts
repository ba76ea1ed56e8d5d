/**
 * The one e-mail transport of a deployment, as its configuration says.
 */
import type { Bindings, Configuration } from '../../../env.ts'
import type { Clock, EmailTransport } from '../../../flows/ports/index.ts'
import { bindingTransport } from './binding-transport.ts'
import { mailboxTransport } from './mailbox-transport.ts'
import { postmarkTransport } from './postmark-transport.ts'
import { resendTransport } from './resend-transport.ts'
import { sesTransport } from './ses-transport.ts'
import { smtpTransport } from './smtp-transport.ts'

export function emailTransport(
  { email, publicUrl }: Configuration,
  { DB }: Pick<Bindings, 'DB'>,
  { now }: Clock,
): EmailTransport {
  switch (email.transport) {
    case 'mailbox':
      return mailboxTransport(DB)
    case 'cloudflare':
      return bindingTransport(email.binding)
    case 'smtp':
      return smtpTransport(email.smtp, clientName(publicUrl))
    case 'resend':
      return resendTransport(email)
    case 'postmark':
      return postmarkTransport(email)
    case 'ses':
      return sesTransport(email, now)
  }
}

/** What an SMTP client calls itself: its host, an IPv4 address in brackets. */
function clientName(publicUrl: string): string {
  const { hostname } = new URL(publicUrl)
  return /^[\d.]+$/.test(hostname) ? `[${hostname}]` : hostname
}
