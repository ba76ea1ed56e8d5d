/**
 * As whom a request is recorded: the principal of its token, and whom its client says that it acts for. The one place that
 * reads `X-External-User-ID`; a value that is no visible text of a fair length is no id and is not kept.
 */
import type { Actor } from '../domain/base/actor.ts'
import { actorOf, type Principal } from '../domain/tenant/principal.ts'

export const externalUserHeader = 'X-External-User-ID'

export function requestActor(request: Request, principal: Principal | undefined): Actor {
  const given = request.headers.get(externalUserHeader) ?? ''
  return actorOf(principal, /^[\x21-\x7e]{1,256}$/.test(given) ? given : undefined)
}
