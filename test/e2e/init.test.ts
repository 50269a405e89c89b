// Does somebody who answers the questions get a bridge that answers? In both languages; and is nothing lost, shown or half-written?

import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, type TestContext } from 'vitest'
import { init, type InitOptions } from '../../src/commands/init/command.ts'
import { checkToken } from '../../src/commands/init/live.ts'
import { defaults, startCozeEmulator } from '../../src/emulators/coze/index.ts'
import type { PlatformName } from '../../src/playground/seats.ts'
import { startBridgeProcess } from '../../src/playground/stage.ts'
import { startCli } from '../support/e2e-login.ts'
import { ask, comesWhole, guestAt } from '../support/e2e-people.ts'
import { openE2eStage, until, type E2eStage } from '../support/e2e-stage.ts'
import { KEYS, openFakeTerminal, type FakeTerminal } from '../support/fake-terminal.ts'

const { enter, down, space, interrupt } = KEYS
const NOW_MS = Date.UTC(2026, 10, 21, 20, 15)

type Env = Readonly<Record<string, string>>

/** Emulators, and an empty folder; no bridge. `addresses`: what points at them. `secrets`: what is typed. */
async function stageFor({ onTestFinished }: TestContext, ...platforms: readonly PlatformName[]) {
  const stage = await openE2eStage({ platforms, started: false, coze: { oauth: { pollEvery: 1 } } })
  onTestFinished(() => stage.close())
  const all: Env = {
    COZE_API_BASE: stage.coze.url,
    COZE_API_TOKEN: defaults.token,
    COZE_BOT_ID: defaults.botId,
    ...Object.fromEntries(stage.seats.flatMap(({ variables }) => Object.entries(variables))),
  }
  const isAddress = (name: string): boolean => /_(?:BASE|ROOT|DOMAIN)$/.test(name)
  const addresses = Object.fromEntries(Object.entries(all).filter(([name]) => isAddress(name)))
  return { stage, all, addresses }
}

function begin(stage: E2eStage<PlatformName>, env: Env, options: InitOptions = {}) {
  const terminal = openFakeTerminal()
  const stop = new AbortController()
  let complaint = ''
  const world = {
    input: terminal.input,
    output: terminal.output,
    complain: (text: string) => (complaint += text),
    env,
    cwd: stage.folder,
    now: () => NOW_MS,
  }
  const ended = init(options, world, stop.signal).then((code) => ({ code, complaint }))
  return { terminal, ended }
}

/** A bridge that has nothing but the files. */
async function startFromFiles({ onTestFinished }: TestContext, stage: E2eStage<PlatformName>): Promise<void> {
  const bridge = startBridgeProcess({ folder: stage.folder, env: { BRIDGE_PORT: '0' } })
  onTestFinished(() => bridge.kill())
  await until(stage, 'the bridge is ready', () => {
    if (bridge.exitCode !== undefined) throw new Error(bridge.output)
    return bridge.output.includes('"message":"ready"') && stage.seats.every((seat) => seat.isConnected())
  })
}

const read = (stage: E2eStage<PlatformName>, path: string): Promise<string> =>
  readFile(join(stage.folder, path), 'utf8')

async function typeTelegram(terminal: FakeTerminal, token: string): Promise<void> {
  await terminal.answer("The bot's token", token, enter)
}

describe.concurrent('bridge init', () => {
  test('in English, on three platforms: what was typed wrong is told at once, and the bridge answers everywhere', async (context) => {
    const { stage, all, addresses } = await stageFor(context, 'telegram', 'discord', 'feishu')
    await writeFile(join(stage.folder, '.env'), '# mine\nOTHER=kept\nTELEGRAM_BOT_TOKEN=old\n')
    const { terminal, ended } = begin(stage, addresses)
    await terminal.answer('Language / 语言', enter)
    await terminal.answer('Where is your agent?', enter)
    await terminal.answer('How shall the bridge log in', enter)
    await terminal.answer('The token (it is not shown)', 'pat_not_this_one', enter)
    await terminal.shows('refuses this token')
    await terminal.answer('The token (it is not shown)', all['COZE_API_TOKEN']!, enter)
    await terminal.answer('When does it end?', '2026-12-31', enter)
    await terminal.answer('Which agent shall answer?', enter)
    await terminal.answer('Where shall it talk?', space, down, space, down, space, enter)
    await typeTelegram(terminal, '42:AA-not-a-token-of-anybody-at-all-AAAA')
    await terminal.answer('That does not work yet.', enter)
    await typeTelegram(terminal, all['TELEGRAM_BOT_TOKEN']!)
    await terminal.answer(/A Discord application[\s\S]*The bot's token/, all['DISCORD_TOKEN']!, enter)
    await terminal.answer('Which one?', enter)
    await terminal.answer('App ID', all['FEISHU_APP_ID']!, enter)
    await terminal.answer('App Secret', all['FEISHU_APP_SECRET']!, enter)
    // A console where nothing has been switched on yet is no reason to type again.
    const next = await Promise.race([
      terminal.shows('Who may write to the bot in private?').then(() => 'on' as const),
      terminal.shows('That does not work yet.').then(() => 'fault' as const),
    ])
    if (next === 'fault') {
      terminal.input.write(down)
      await new Promise((resolve) => setTimeout(resolve, 50))
      terminal.input.write(enter)
      await terminal.shows('Who may write to the bot in private?')
    }
    terminal.input.write(enter)
    await terminal.answer('Who are the admins', 'somebody', enter)
    await terminal.answer(
      'Write telegram/user:42',
      ...Array.from({ length: 8 }, () => '\u007F'),
      'telegram/user:42',
      enter,
    )
    await terminal.answer('Where shall conversations', enter)
    await terminal.answer('there already. Replace?', 'y', enter)
    const { code, complaint } = await ended
    expect([code, complaint]).toEqual([0, ''])
    expect(terminal.text).toContain('coze-bridge doctor')

    const env = await read(stage, '.env')
    expect(env).toContain('# mine\nOTHER=kept\nTELEGRAM_BOT_TOKEN=')
    expect(env).not.toContain('=old')
    expect((await stat(join(stage.folder, '.env'))).mode & 0o777).toBe(0o600)
    expect(await read(stage, '.env.20261121-201500.bak')).toContain('TELEGRAM_BOT_TOKEN=old')
    const yaml = await read(stage, 'config/bridge.yaml')
    expect(yaml).toContain('expiresAt: "2026-12-31"')
    expect(yaml).toContain('admins: ["telegram/user:42"]')
    const secrets = ['COZE_API_TOKEN', 'TELEGRAM_BOT_TOKEN', 'DISCORD_TOKEN', 'FEISHU_APP_SECRET'].map(
      (name) => all[name]!,
    )
    for (const secret of secrets) {
      expect(env).toContain(secret)
      expect(yaml).not.toContain(secret)
      expect(terminal.text).not.toContain(secret)
    }
    await startFromFiles(context, stage)
    for (const platform of ['telegram', 'discord', 'feishu'] as const)
      await comesWhole(stage, ask(guestAt(stage, platform), `hello from ${platform}`))
  })

  test('in Chinese, with an account instead of a token: logged in on the way, and the bridge answers', async (context) => {
    const { stage, all, addresses } = await stageFor(context, 'telegram')
    const { terminal, ended } = begin(stage, { ...addresses, LANG: 'zh_CN.UTF-8' })
    await terminal.answer('Language / 语言', enter)
    await terminal.answer('您的智能体在哪里？', enter)
    await terminal.answer('用什么方式登录 Coze？', down, enter)
    await terminal.answer('OAuth 应用的客户端 ID', 'tv', enter)
    await terminal.shows(/确认代码 [0-9A-F]{8}/)
    const code = /确认代码 ([0-9A-F]{8})/.exec(terminal.text)![1]!
    stage.coze.approveDevice(code, defaults.ownerUid)
    await terminal.answer('由哪个智能体回答？', down, enter)
    await terminal.answer('智能体 ID', '7300000000000000404', enter)
    await terminal.shows('暂时无法使用该智能体')
    await terminal.answer('再试一次？', 'y')
    await terminal.answer('智能体 ID', defaults.botId, enter)
    await terminal.answer('要接入哪些平台？', space, enter)
    await terminal.answer('机器人令牌', all['TELEGRAM_BOT_TOKEN']!, enter)
    await terminal.answer('谁可以私聊机器人？', enter)
    await terminal.answer('管理员是谁？', enter)
    await terminal.answer('保存在哪里？', enter)
    expect(await ended).toEqual({ code: 0, complaint: '' })
    expect(terminal.text).toContain('已写入')
    const yaml = await read(stage, 'config/bridge.yaml')
    expect(yaml).toContain('kind: oauth')
    expect(yaml).toContain('locale: zh-CN')
    await startFromFiles(context, stage)
    await comesWhole(stage, ask(guestAt(stage, 'telegram'), '你好'))
  })

  test('Ctrl-C on the way leaves nothing, and ends with 130', async (context) => {
    const { stage, all, addresses } = await stageFor(context, 'telegram')
    const { terminal, ended } = begin(stage, addresses, { lang: 'en' })
    await terminal.answer('Where is your agent?', enter)
    await terminal.answer('How shall the bridge log in', enter)
    await terminal.answer('The token (it is not shown)', all['COZE_API_TOKEN']!, enter)
    await terminal.answer('When does it end?', interrupt)
    expect(await ended).toEqual({ code: 130, complaint: 'Stopped. Nothing was written.\n' })
    expect(await readdir(stage.folder)).toEqual([])
  })

  test('a no at the end leaves what was there', async (context) => {
    const { stage, all, addresses } = await stageFor(context, 'telegram')
    await writeFile(join(stage.folder, '.env'), 'MINE=1\n')
    const { terminal, ended } = begin(stage, addresses, { lang: 'en' })
    await terminal.answer('Where is your agent?', enter)
    await terminal.answer('How shall the bridge log in', enter)
    await terminal.answer('The token (it is not shown)', all['COZE_API_TOKEN']!, enter)
    await terminal.answer('When does it end?', enter)
    await terminal.answer('Which agent shall answer?', enter)
    await terminal.answer('Where shall it talk?', space, enter)
    await typeTelegram(terminal, all['TELEGRAM_BOT_TOKEN']!)
    await terminal.answer('Who may write to the bot in private?', enter)
    await terminal.answer('Who are the admins', enter)
    await terminal.answer('Where shall conversations', enter)
    await terminal.answer('there already. Replace?', enter)
    expect((await ended).code).toBe(130)
    expect(await readdir(stage.folder)).toEqual(['.env'])
    expect(await read(stage, '.env')).toBe('MINE=1\n')
  })

  test('without a terminal says what to do instead, and ends with 2', async (context) => {
    const { stage, addresses } = await stageFor(context, 'telegram')
    const asked = startCli(stage.folder, ['init'], addresses)
    expect([await asked.ended, asked.output]).toEqual([2, expect.stringContaining('--yes')])
  })

  test('--yes takes everything from the environment, tries it out, and replaces nothing unless it is told to', async (context) => {
    const { stage, all } = await stageFor(context, 'telegram')
    const env = { ...all, BRIDGE_STORE: 'sqlite:./data/bridge.db' }
    const run = async (args: readonly string[], more: Env = {}) => {
      const asked = startCli(stage.folder, ['init', '--yes', ...args], { ...env, ...more })
      return [await asked.ended, asked.output] as const
    }
    expect(await run([], { COZE_BOT_ID: '' })).toEqual([2, expect.stringContaining('COZE_BOT_ID')])
    expect(await run([], { COZE_API_TOKEN: 'pat_wrong' })).toEqual([
      1,
      expect.stringContaining('refuses this token'),
    ])
    expect(await readdir(stage.folder)).toEqual([])
    expect(await run([])).toEqual([0, expect.stringContaining('Written')])
    expect(await run([])).toEqual([2, expect.stringContaining('--force')])
    expect(await run(['--force'])).toEqual([0, expect.stringContaining('.bak')])
    await startFromFiles(context, stage)
    await comesWhole(stage, ask(guestAt(stage, 'telegram'), 'by the environment'))
  })
})

test('a token of the other Coze is recognised as one', async ({ onTestFinished }) => {
  const [here, there] = await Promise.all([
    startCozeEmulator({ tokens: {} }),
    startCozeEmulator({ tokens: { pat_there: { ownerUid: '7' } } }),
  ])
  onTestFinished(async () => {
    await Promise.all([here.close(), there.close()])
  })
  const at = { apiBase: here.url, flavor: 'cloud', token: 'pat_there', env: {} } as const
  const { signal } = new AbortController()
  expect(await checkToken(at, signal, [here.url, there.url])).toEqual({ is: 'elsewhere', apiBase: there.url })
  expect(await checkToken(at, signal)).toMatchObject({ is: 'refused' })
  expect(await checkToken({ ...at, apiBase: 'http://127.0.0.1:9' }, signal)).toMatchObject({
    is: 'unreachable',
  })
})
