// `npm run build`: dist/, which runs by itself: the code as JavaScript and the files that are not code beside it.

import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Not code: what people edit, and what the playground's page is made of. */
const ASSETS = [
  'package.json',
  'config/locales/**/*.json',
  'config/bridge.example.yaml',
  'config/bridge.schema.json',
  'config/.env.example',
  'src/playground/**/*.{html,css,svg,js}',
  'src/server/**/*.{css,mjs}',
]

const root = fileURLToPath(new URL('../../', import.meta.url))
rmSync(join(root, 'dist'), { recursive: true, force: true })
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const compile = (...options: readonly string[]): number =>
  spawnSync(process.execPath, [compiler, ...options], { cwd: root, stdio: 'inherit' }).status ?? 1
/** A world of its own: the page's modules know a browser, and are loaded by it without their comments. */
const PAGE = ['-p', 'src/playground/page/web/tsconfig.build.json']
const status = compile('-p', 'tsconfig.build.json') || compile(...PAGE)
if (status === 0) {
  for (const path of globSync(ASSETS, { cwd: root })) {
    const target = join(root, 'dist', path)
    mkdirSync(dirname(target), { recursive: true })
    cpSync(join(root, path), target)
  }
}
process.exitCode = status
