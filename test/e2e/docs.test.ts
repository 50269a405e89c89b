// Do the commands in the documentation do what it says? Those that need no network are run, each in a folder of its own.

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test, type TestContext } from 'vitest'
import { startCozeEmulator } from '../../src/emulators/coze/index.ts'
import { bridgeEnv, closeEmulators, startEmulators } from '../../src/playground/stage.ts'
import { blocksIn, commandsOf, readPages, ROOT } from '../support/docs.ts'
import { RUN, RUN_BESIDE } from '../support/docs-commands.ts'

const pages = readPages()

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

describe.concurrent('commands of the documentation', () => {
  test.each([...RUN, ...RUN_BESIDE])('$command', async ({ command, needs }) => {
    const folder = await projectFolder()
    const stage = needs === 'stage' ? await openStage() : undefined
    try {
      const ended = await run(command, folder, stage?.env)
      expect(ended.stderr + ended.stdout).not.toMatch(/^\s+at .*\.ts:\d+/m)
      expect(ended, ended.stderr).toMatchObject({ code: 0 })
      expect(ended.stdout.trim()).not.toBe('')
    } finally {
      await stage?.close()
      await rm(folder, { recursive: true, force: true })
    }
  })

  test('the copy of the store has what the store has', async (context) => {
    const folder = await folderFor(context)
    await mkdir(join(folder, 'data'))
    const store = new DatabaseSync(join(folder, 'data', 'bridge.db'))
    store.exec(
      "pragma journal_mode = wal; create table records (key text); insert into records values ('kept')",
    )
    context.onTestFinished(() => store.close())
    const backup = blocksIn(pages, 'sh')
      .flatMap((block) => commandsOf(block))
      .find((command) => command.includes('backup('))
    const { code, stderr } = await run(backup ?? 'false', folder)
    expect(code, stderr).toBe(0)
    const copy = new DatabaseSync(join(folder, 'bridge-backup.db'), { readOnly: true })
    expect(copy.prepare('select key from records').get()).toMatchObject({ key: 'kept' })
    copy.close()
  })
})

describe('what is said of commands', () => {
  test('every command and option that the documentation names is in the help', async (context) => {
    const folder = await folderFor(context)
    const texts = pages.flatMap(({ spans, blocks }) => [
      ...spans,
      ...blocks.filter(({ language }) => language === 'sh').flatMap((block) => commandsOf(block)),
    ])
    const uses = texts.flatMap((text) => usesIn(text))
    const names = [...new Set(uses.map(({ name }) => name))]
    expect(names).toEqual(expect.arrayContaining(['playground', 'doctor', 'config', 'init', 'login']))
    const helps = new Map<string, string>()
    for (const name of names) {
      const { code, stdout } = await run(`node src/cli.ts ${name} --help`, folder)
      expect(code, name).toBe(0)
      helps.set(name, stdout)
    }
    for (const { name, options } of uses)
      for (const option of options) expect(helps.get(name), `${name} ${option}`).toContain(option)
  })
})

interface Use {
  readonly name: string
  readonly options: readonly string[]
}

/** Scripts of the project that are no commands of the bridge. */
const OTHER_SCRIPTS = /^(?:build|check|test|bench|chaos|overload|fuzz)/

/** `npm run doctor -- --json`, `node src/cli.ts config`, `coze-bridge login`. */
function usesIn(text: string): readonly Use[] {
  const found = /^(?:npm run|npx coze-bridge|coze-bridge|bridge|node src\/cli\.ts) ([a-z]+)\b(.*)$/.exec(text)
  const name = found?.[1] ?? ''
  if (found === null || OTHER_SCRIPTS.test(name)) return []
  return [{ name, options: (found[2] ?? '').match(/(?<=\s)--[a-z][a-z-]*/g) ?? [] }]
}

async function folderFor({ onTestFinished }: TestContext): Promise<string> {
  const folder = await projectFolder()
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The project as a person has it, without their .env, configuration and store. */
async function projectFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-docs-'))
  const names = (await readdir(ROOT)).filter((name) => !['.env', 'config', 'data', '.git'].includes(name))
  await Promise.all(names.map((name) => symlink(join(ROOT, name), join(folder, name))))
  await mkdir(join(folder, 'config'))
  await writeFile(join(folder, 'config', '.keep'), '')
  return folder
}

/** Emulated Coze and Telegram, and the variables that lead to them. */
async function openStage() {
  const coze = await startCozeEmulator()
  const emulators = await startEmulators(['telegram'], {})
  return {
    env: bridgeEnv({ coze, ...emulators }, 'sqlite:./data/bridge.db'),
    async close() {
      await closeEmulators(emulators)
      await coze.close()
    },
  }
}

function run(command: string, cwd: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { PATH = '' } = process.env
  const own = `${join(ROOT, 'node_modules', '.bin')}:${PATH}`
  return new Promise((resolve) => {
    execFile(
      'sh',
      ['-c', command],
      { cwd, env: { HOME: cwd, ...env, PATH: own }, timeout: 50_000, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
        resolve({ code, stdout, stderr })
      },
    )
  })
}
