/**
 * The Worker in one file, as `wrangler deploy` bundles it: what tests and benchmarks run.
 */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { runWrangler } from '../../src/cli/wrangler.ts'

export interface Bundle {
  folder: string
  mainModule: string
}

/** Without its source map, which takes longer to read than everything else. Throws `WranglerError`. */
export async function bundle(script: string, folder: string): Promise<Bundle> {
  await runWrangler(['deploy', script, '--dry-run', '--outdir', folder])
  const mainModule = basename(script).replace(/\.ts$/, '.js')
  const file = join(folder, mainModule)
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/^\/\/# sourceMappingURL=.*$/m, ''))
  await rm(`${file}.map`, { force: true })
  return { folder, mainModule }
}
