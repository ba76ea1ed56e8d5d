/**
 * What is wrong with the dependencies of a project: by its lock for every platform, and by what is installed here, because a
 * lock may be silent about a script. Scripts are agreed to in `allowScripts` of package.json, where npm reads it, too.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { deployedLicences, toolLicences } from './licences.ts'

const locked = z.object({
  version: z.string().optional(),
  license: z.string().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  hasInstallScript: z.boolean().default(false),
  dev: z.boolean().default(false),
  devOptional: z.boolean().default(false),
})
const lockFile = z.object({ packages: z.record(z.string(), locked) })
const manifest = z.object({ allowScripts: z.record(z.string(), z.boolean()).default({}) })
const installed = z.object({
  version: z.string().optional(),
  license: z.string().optional(),
  scripts: z.record(z.string(), z.string()).default({}),
})

const installScripts = ['preinstall', 'install', 'postinstall']

/** One sentence each; none when all is as agreed. Throws when the project itself cannot be read. */
export async function dependencyProblems(folder: string): Promise<string[]> {
  const { allowScripts } = manifest.parse(await readJson(join(folder, 'package.json')))
  const { packages } = lockFile.parse(await readJson(join(folder, 'package-lock.json')))
  const problems: string[] = []
  for (const [path, entry] of Object.entries(packages)) {
    if (path === '') continue
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const label = `${name}@${entry.version ?? '?'}`
    const here = installed.safeParse(
      await readJson(join(folder, path, 'package.json')).catch(() => undefined),
    )
    const onDisk = here.success ? here.data : undefined
    const licences = entry.dev || entry.devOptional ? toolLicences : deployedLicences
    for (const licence of new Set([entry.license, ...(onDisk ? [onDisk.license] : [])]))
      if (licence === undefined || !licences.includes(licence))
        problems.push(`${label} has the licence ${licence ?? '(none)'}, which is not on its list.`)
    const runs = entry.hasInstallScript || installScripts.some((script) => onDisk?.scripts[script])
    if (runs && !(name in allowScripts) && !(label in allowScripts))
      problems.push(`${label} runs a script when it is installed, and allowScripts does not name it.`)
    if (entry.integrity === undefined) problems.push(`${label} has no hash in the lock.`)
    if (entry.resolved !== undefined && !entry.resolved.startsWith('https://'))
      problems.push(`${label} comes from ${entry.resolved}, which is no registry.`)
    if (onDisk !== undefined && onDisk.version !== entry.version)
      problems.push(`${label} is installed as ${onDisk.version ?? '?'}: run npm ci.`)
  }
  return problems
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'))
}
