/**
 * The tenants' own words for mails. Mails take them from memory, so that a change is in all of them within half a minute;
 * the back office always sees what is stored. Whether words can be used is checked before they come here.
 */
import { and, asc, eq } from 'drizzle-orm'
import type { MailTemplateOverride } from '../../../domain/mail/mail-template.ts'
import type { Clock, MailTemplateStore } from '../../../flows/ports/index.ts'
import { ask } from '../database.ts'
import type { Databases } from '../databases.ts'
import { memory } from '../memory.ts'
import { mailTemplates } from './mail-schema.ts'

/** Tenants whose words are remembered at the same time. */
const tenantsMax = 100

/** Create once per isolate: the memory is in here. */
export function mailTemplateStore({ databaseOf }: Databases, clock: Clock): MailTemplateStore {
  const list = async (tenant: string): Promise<MailTemplateOverride[]> => {
    const database = await databaseOf(tenant)

    const rows = await ask(
      database
        .select()
        .from(mailTemplates)
        .where(eq(mailTemplates.tenant, tenant))
        .orderBy(asc(mailTemplates.template), asc(mailTemplates.language)),
    )
    return rows.map(({ tenant: _known, ...override }) => override)
  }
  const { recall, forget } = memory(clock, tenantsMax, list)
  return {
    list,
    async overridesOf(tenant, template) {
      const overrides = await recall(tenant)
      return overrides.filter((override) => override.template === template)
    },
    async save(tenant, override) {
      const database = await databaseOf(tenant)

      await ask(
        database
          .insert(mailTemplates)
          .values({ tenant, ...override })
          .onConflictDoUpdate({
            target: [mailTemplates.tenant, mailTemplates.template, mailTemplates.language],
            set: override,
          }),
      )
      forget(tenant)
    },
    async remove(tenant, template, language) {
      const database = await databaseOf(tenant)

      const removed = await ask(
        database
          .delete(mailTemplates)
          .where(
            and(
              eq(mailTemplates.tenant, tenant),
              eq(mailTemplates.template, template),
              eq(mailTemplates.language, language),
            ),
          )
          .returning({ language: mailTemplates.language }),
      )
      forget(tenant)
      return removed.length > 0
    },
  }
}
