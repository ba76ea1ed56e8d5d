/**
 * `npm run supply-chain`: refuses a dependency that runs a script at its installation, or has a licence, that the project has
 * not agreed to, and any that cannot be checked against the lock. Reads the project in the current folder.
 */
import process from 'node:process'
import { Refused, runCommand } from './command-line.ts'
import { dependencyProblems } from './supply-chain/dependencies.ts'

await runCommand('usage: npm run supply-chain\n', async () => {
  const problems = await dependencyProblems(process.cwd())
  if (problems.length > 0) throw new Refused(problems.join('\n'))
})
