// Is what `bridge init` leaves behind as private as what was there, and kept out of git and of images?
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, matchesGlob } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { putFiles } from './files.ts'

const FILES = [
  { path: '.env', text: 'NEW=1\n', mode: 0o600 },
  { path: 'config/bridge.yaml', text: 'a: 1\n', mode: 0o644 },
]

async function folderWith(mode: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-files-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'config'))
  for (const { path } of FILES) {
    await writeFile(join(folder, path), 'old\n')
    await chmod(join(folder, path), mode)
  }
  return folder
}

test.each([
  [0o600, 0o600],
  [0o640, 0o640],
  [0o666, 0o644],
])('a copy of what had the mode %i is read by nobody else', async (before, after) => {
  const folder = await folderWith(before)
  const [ofEnv = '', ofYaml = ''] = await putFiles(folder, FILES, 'now')
  expect((await stat(join(folder, ofEnv))).mode & 0o777).toBe(0o600)
  expect((await stat(join(folder, ofYaml))).mode & 0o777).toBe(after)
})

test.each(['.gitignore', '.dockerignore'])(
  '%s leaves out everything with secrets, and no example',
  async (name) => {
    const lines = (await readFile(name, 'utf8')).split('\n').filter((line) => line !== '')
    const isLeftOut = (path: string): boolean =>
      lines.reduce((is, line) => {
        const pattern = line.replace(/^!/, '')
        // Without a slash, git looks at the last part of the path alone.
        const seen = name === '.gitignore' && !pattern.includes('/') ? path.replace(/^.*\//, '') : path
        return matchesGlob(seen, pattern) ? !line.startsWith('!') : is
      }, false)
    const copies = await putFiles(await folderWith(0o600), FILES, '20260101-000000')
    const unfinished = FILES.map(({ path }) => `${path}.20260101-000000.new`)
    for (const path of ['.env', 'config/bridge.yaml', ...copies, ...unfinished])
      expect([path, isLeftOut(path)]).toEqual([path, true])
    for (const path of ['config/.env.example', 'config/bridge.example.yaml', 'package.json'])
      expect([path, isLeftOut(path)]).toEqual([path, false])
  },
)
