// What does the owner read in the terminal when something is not set up right, and how does the process end?

import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, type TestContext } from 'vitest'
import { startTelegramEmulator } from '../../src/emulators/telegram/index.ts'
import { startBridgeProcess } from '../../src/playground/stage.ts'
import { openE2eStage, until, yamlOf } from '../support/e2e-stage.ts'
import { newcomer, say, shows } from '../support/e2e-talk.ts'

const COZE_TOKEN = 'pat_not_to_be_seen_anywhere'
const TELEGRAM_TOKEN = '7001:AAE-not-to-be-seen-anywhere-at-all'

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9'
const enough = {
  COZE_API_BASE: NOWHERE,
  COZE_API_TOKEN: COZE_TOKEN,
  COZE_BOT_ID: '7300000000000000000',
  TELEGRAM_API_ROOT: NOWHERE,
  TELEGRAM_BOT_TOKEN: TELEGRAM_TOKEN,
  BRIDGE_PORT: '0',
}

describe.concurrent('npm start', () => {
  test('without any credentials says what to set, points at the playground, and fails', async (context) => {
    const { code, output } = await startIn(context, await emptyFolder(context), {})
    expect(code).not.toBe(0)
    for (const word of ['COZE_API_TOKEN', 'COZE_BOT_ID', 'npm run playground']) expect(output).toContain(word)
    for (const word of ['TELEGRAM_BOT_TOKEN', 'DISCORD_TOKEN', 'FEISHU_APP_ID', 'FEISHU_APP_SECRET'])
      expect(output).toContain(word)
    expectForPeople(output)
  })

  test('with some credentials missing names each of them', async (context) => {
    const { code, output } = await startIn(context, await emptyFolder(context), {
      COZE_API_TOKEN: COZE_TOKEN,
    })
    expect(code).not.toBe(0)
    expect(output).toMatch(/COZE_BOT_ID.*is not set/)
    expect(output).toMatch(/TELEGRAM_BOT_TOKEN, DISCORD_TOKEN or FEISHU_APP_ID.*is not set/)
    expectForPeople(output)
  })

  test('with half of the Feishu credentials names the other half', async (context) => {
    const { code, output } = await startIn(context, await emptyFolder(context), {
      ...enough,
      FEISHU_APP_ID: 'cli_0123456789abcdef',
    })
    expect(code).not.toBe(0)
    expect(output).toMatch(/FEISHU_APP_SECRET.*is not set/)
    expectForPeople(output)
  })

  test('with a token that Telegram does not know says so, and fails', async (context) => {
    const telegram = await startTelegramEmulator()
    context.onTestFinished(() => telegram.close())
    const folder = await emptyFolder(context)
    const { code, output } = await startIn(context, folder, { ...enough, TELEGRAM_API_ROOT: telegram.url })
    expect(code).not.toBe(0)
    expect(output).toMatch(/token is not accepted.*@BotFather/)
    expectForPeople(output)
  })

  test('with an unknown key in the file names the line and the key that was meant', async (context) => {
    const folder = await emptyFolder(context)
    await mkdir(join(folder, 'config'))
    await writeFile(
      join(folder, 'config', 'bridge.yaml'),
      `${yamlOf('')}acces: { direct: open }\ndrainMs: soon\n`,
    )
    const { code, output } = await startIn(context, folder, enough)
    expect(code).not.toBe(0)
    const line = yamlOf('').split('\n').length
    expect(output).toMatch(new RegExp(`config/bridge\\.yaml:${line}:1 .*acces`))
    expect(output).toMatch(/did you mean "?access"?/i)
    expect(output).toMatch(new RegExp(`config/bridge\\.yaml:${line + 1}:.*drainMs`))
    expectForPeople(output)
  })

  test('with a store that cannot be read says so, and fails', async (context) => {
    const folder = await emptyFolder(context)
    await writeFile(join(folder, 'file.txt'), 'not a folder, and not a store')
    const inFile = await startIn(context, folder, { ...enough, BRIDGE_STORE: 'sqlite:./file.txt/bridge.db' })
    const noStore = await startIn(context, folder, { ...enough, BRIDGE_STORE: 'sqlite:./file.txt' })
    for (const { code, output } of [inFile, noStore]) {
      expect(code).not.toBe(0)
      expect(output).toContain('The store ')
      expectForPeople(output)
    }
  })

  test('of a second bridge on the same store is refused in a sentence, and the first goes on', async (context) => {
    const stage = await openE2eStage()
    context.onTestFinished(() => stage.close())
    const store = `sqlite:${join(stage.folder, 'bridge.db')}`
    const { code, output } = await startIn(context, await emptyFolder(context), {
      ...enough,
      BRIDGE_STORE: store,
    })
    expect(code).not.toBe(0)
    expect(output).toMatch(/in use by another process.*one process per file/)
    expectForPeople(output)
    await shows(stage, say(stage, newcomer(stage), '!say the first goes on'), 'the first goes on')
  })

  test('with its port taken says so, and fails', async (context) => {
    const stage = await openE2eStage()
    context.onTestFinished(() => stage.close())
    const port = new URL(String(stage.log.find(({ message }) => message === 'ready')?.['address'])).port
    const { code, output } = await startIn(context, await emptyFolder(context), {
      ...enough,
      BRIDGE_PORT: port,
    })
    expect(code).not.toBe(0)
    expect(output).toContain(port)
    expectForPeople(output)
  })

  test('where nobody answers keeps trying, says so without a secret, and stops when told', async (context) => {
    const folder = await emptyFolder(context)
    const bridge = startBridgeProcess({ folder, env: enough })
    context.onTestFinished(() => bridge.kill())
    await expect.poll(() => bridge.output, { timeout: 30_000 }).toMatch(/Telegram cannot be reached yet/)
    expect(bridge.exitCode).toBeUndefined()
    expect(await bridge.stop()).toBe(0)
    expectNoSecret(bridge.output)
  })

  test('says who may talk to it, and shows no text of anybody in its log', async (context) => {
    const stage = await openE2eStage({ env: { LOG_LEVEL: 'debug' } })
    context.onTestFinished(() => stage.close())
    await shows(stage, say(stage, newcomer(stage), '!say very private pineapple'), 'very private pineapple')
    await until(stage, 'it is said', () => /Who may talk to it/.test(stage.output))
    expect(stage.output).not.toContain('pineapple')
  })
})

describe.concurrent('the other commands', () => {
  test('playground --once shows the answer grow, one JSON line a frame, and succeeds', async (context) => {
    const { code, stdout } = await run(context, [
      'playground',
      '--once',
      '你好',
      '--json',
      '--platform',
      'telegram',
    ])
    expect(code).toBe(0)
    const frames = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(frames.length).toBeGreaterThan(1)
    for (const frame of frames) {
      expect(Object.keys(frame)).toEqual(['platform', 'atMs', 'messageId', 'text', 'final'])
      expect(frame).toMatchObject({ platform: 'telegram', atMs: expect.any(Number) as number })
    }
    expect(frames.map(({ final }) => final)).toEqual(frames.map((_, i) => i === frames.length - 1))
    expect(frames.at(-1)?.['text']).toContain('说过的话，都会记得。')
  })

  test('chat --emulated answers what is piped into it', async (context) => {
    const { code, stdout } = await run(context, ['chat', '--emulated'], '!say piped and answered\n')
    expect(code).toBe(0)
    expect(stdout).toContain('piped and answered')
  })
})

async function startIn(
  { onTestFinished }: TestContext,
  folder: string,
  env: Readonly<Record<string, string>>,
) {
  const bridge = startBridgeProcess({ folder, env })
  onTestFinished(() => bridge.kill())
  const code = await bridge.ended
  return { code, output: bridge.output }
}

/** A sentence, not a crash: no stack, no secret. */
function expectForPeople(output: string): void {
  expect(output).not.toMatch(/^\s+at .*:\d+:\d+/m)
  expectNoSecret(output)
}

function expectNoSecret(output: string): void {
  expect(output).not.toContain(COZE_TOKEN)
  expect(output).not.toContain(TELEGRAM_TOKEN)
  expect(output).not.toContain(TELEGRAM_TOKEN.split(':')[1])
}

async function emptyFolder({ onTestFinished }: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-start-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A command of the command line, to its end. */
async function run(context: TestContext, args: readonly string[], input = '') {
  const cli = join(import.meta.dirname, '../../src/cli.ts')
  const child = spawn(process.execPath, [cli, ...args], { cwd: await emptyFolder(context) })
  context.onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, stdout, stderr }
}
