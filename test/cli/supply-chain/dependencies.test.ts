/**
 * The dependencies of the project are as agreed, and each fault that can be planted in a lock or in an installed package is
 * found, with the exit code that stops a build.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { dependencyProblems } from '../../../src/cli/supply-chain/dependencies.ts'

const project = join(import.meta.dirname, '..', '..', '..')
const command = join(project, 'src', 'cli', 'supply-chain.ts')
const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })))

const sound = { version: '1.0.0', license: 'MIT', integrity: 'sha512-AAAA' }

/** A project with one dependency, by its entry in the lock and, when it is installed, by its own manifest. */
function projectWith(entry: object, onDisk?: object, allowScripts: object = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'patron-supply-chain-'))
  folders.push(folder)
  const write = (path: string, value: object) => writeFileSync(join(folder, path), JSON.stringify(value))
  const packages = { '': { name: 'shop' }, 'node_modules/a/node_modules/@b/c': { ...sound, ...entry } }
  write('package.json', { name: 'shop', allowScripts })
  write('package-lock.json', { packages })
  if (onDisk !== undefined) {
    const path = 'node_modules/a/node_modules/@b/c'
    mkdirSync(join(folder, path), { recursive: true })
    write(`${path}/package.json`, { name: '@b/c', version: '1.0.0', license: 'MIT', ...onDisk })
  }
  return folder
}

function exitOf(folder: string): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [command], { cwd: folder }, (error, _out, said) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said }),
    )
  })
}

const script = { hasInstallScript: true }

describe('the dependencies', () => {
  it('of this project run no script and have no licence that is not agreed to, and can be checked', async () => {
    expect(await dependencyProblems(project)).toEqual([])
  })

  it('of this project run nothing at all when they are installed', () => {
    const { allowScripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
    expect(Object.values(allowScripts)).toEqual(Object.values(allowScripts).map(() => false))
  })

  it.each<[string, object, object | undefined, string]>([
    ['a script at its installation', script, undefined, 'allowScripts'],
    ['a script of which the lock is silent', {}, { scripts: { postinstall: 'node x.js' } }, 'allowScripts'],
    ['no licence', { license: undefined }, undefined, '(none)'],
    [
      'a licence that is not on the list',
      { license: 'AGPL-3.0-only', dev: true },
      undefined,
      'AGPL-3.0-only',
    ],
    ['a licence for tools in what is deployed', { license: 'MPL-2.0' }, undefined, 'MPL-2.0'],
    ['another licence than the lock says', {}, { license: 'SSPL-1.0' }, 'SSPL-1.0'],
    ['another version than the lock says', {}, { version: '1.0.1' }, '1.0.1'],
    ['no hash', { integrity: undefined }, undefined, 'no hash'],
    [
      'a source that is no registry',
      { resolved: 'git+ssh://git@host.example/b/c.git' },
      undefined,
      'git+ssh',
    ],
  ])('are refused with %s', async (_what, entry, onDisk, says) => {
    const folder = projectWith(entry, onDisk)
    expect(await dependencyProblems(folder)).toEqual([expect.stringContaining(says)])
    const { code, said } = await exitOf(folder)
    expect(code).toBe(1)
    expect(said).toContain('@b/c@1.0.0')
  })

  it.each<[string, object, object | undefined, object]>([
    ['nothing special', {}, {}, {}],
    ['a tool’s licence among tools', { license: 'MPL-2.0', dev: true }, undefined, {}],
    ['a script that is known, by name', script, undefined, { '@b/c': false }],
    ['a script that is known, by version', script, undefined, { '@b/c@1.0.0': true }],
    ['scripts of its own development', {}, { scripts: { prepare: 'build', test: 'test' } }, {}],
  ])('are taken with %s', async (_what, entry, onDisk, allowScripts) => {
    const folder = projectWith(entry, onDisk, allowScripts)
    expect(await dependencyProblems(folder)).toEqual([])
    expect(await exitOf(folder)).toEqual({ code: 0, said: '' })
  })
})
