// Is the package that is published whole? Packed and unpacked as npm would, it runs, and its types are there.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const ENOUGH_MS = 240_000

/** A program that embeds a bridge; the last line is wrong on purpose, so that the types are known to be looked at. */
const PROGRAM = `import { createBridge, type EmbeddedBridge, type Platform } from 'coze-bridge'
export const bridge: EmbeddedBridge = await createBridge({
  config: { coze: { auth: { kind: 'token', token: 'x' } }, agents: { default: { bot: '73' } }, platforms: {} },
})
export type Own = Platform
export const wrong: number = bridge.address
`

test(
  'packed and unpacked it shows its version, plays, and is typed',
  { timeout: ENOUGH_MS },
  async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-package-'))
    context.onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root, timeout: ENOUGH_MS })
    await run('sh', ['-c', 'tar xzf coze-bridge-*.tgz'], { cwd: folder })
    const unpacked = join(folder, 'package')
    await symlink(join(root, 'node_modules'), join(unpacked, 'node_modules'))
    const cli = join(unpacked, 'dist/src/cli.js')

    const once = await run(process.execPath, [cli, 'playground', '--once', 'hello', '--json'], {
      cwd: folder,
    })
    const frames = once.stdout.trim().split('\n')
    expect(frames.map((line) => (JSON.parse(line) as { platform: string }).platform)).toEqual(
      expect.arrayContaining(['discord', 'telegram', 'feishu']),
    )

    const program = join(folder, 'program')
    await mkdir(join(program, 'node_modules'), { recursive: true })
    await symlink(unpacked, join(program, 'node_modules/coze-bridge'))
    await writeFile(join(program, 'package.json'), '{ "type": "module" }')
    await writeFile(join(program, 'index.ts'), PROGRAM)
    const compiler = [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--skipLibCheck']
    const target = ['--module', 'nodenext', '--target', 'es2023', 'index.ts']
    const found = await run(process.execPath, [...compiler, ...target], { cwd: program }).then(
      () => '',
      (error: unknown) => String((error as { stdout?: string }).stdout),
    )
    expect(found.trim().split('\n')).toEqual([expect.stringMatching(/^index\.ts\(6,14\): error TS2322/)])
  },
)
