/**
 * Before a deployment: refuses a `wrangler.toml` that still has the values of the sample.
 * Secrets are not looked at here; the Worker itself refuses bad ones at the door.
 */
import process from 'node:process'
import { unstable_readConfig } from 'wrangler'

const config = unstable_readConfig({ config: 'wrangler.toml' })
const publicUrl = String(config.vars['PUBLIC_URL'] ?? '')
const problems: string[] = []

if (config.vars['ENVIRONMENT'] !== 'production') problems.push('vars.ENVIRONMENT must be "production"')
if (!URL.canParse(publicUrl) || !publicUrl.startsWith('https://') || publicUrl.endsWith('/'))
  problems.push('vars.PUBLIC_URL must be an https URL without a trailing slash')
else if (new URL(publicUrl).hostname.endsWith('example.com'))
  problems.push('vars.PUBLIC_URL is still the sample')
const transport = String(config.vars['EMAIL_TRANSPORT'] ?? '')
if (!['smtp', 'resend', 'postmark', 'ses', 'cloudflare'].includes(transport))
  problems.push('vars.EMAIL_TRANSPORT must be smtp, resend, postmark, ses or cloudflare')
if (
  transport === 'cloudflare' &&
  !config.send_email.some((binding: { name: string }) => binding.name === 'EMAIL')
)
  problems.push('send_email needs a binding with name = "EMAIL"')
for (const { binding, database_id } of config.d1_databases)
  if (database_id === undefined)
    problems.push(`d1_databases ${binding} needs the database_id of your database`)

if (problems.length > 0) {
  process.stderr.write(`Not ready to deploy, see wrangler.toml:\n  ${problems.join('\n  ')}\n`)
  process.exitCode = 1
}
