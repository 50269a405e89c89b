// Does a changed configuration come into force while people ask, without losing a reply? Read from the screens of the
// emulated platforms and from what the emulated Coze was asked.

import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, type TestContext } from 'vitest'
import { defaults } from '../../src/emulators/coze/index.ts'
import { startTelegramEmulator } from '../../src/emulators/telegram/index.ts'
import { platformLines } from '../../src/playground/script/platform-lines.ts'
import { PLATFORM_NAMES, type PlatformName } from '../../src/playground/seats.ts'
import { allGrow, allWhole, ask, comesWhole, guestAt, repliesTo } from '../support/e2e-people.ts'
import { openE2eStage, until, type E2eStage } from '../support/e2e-stage.ts'
import { chatAbout } from '../support/e2e-talk.ts'

type AllStage = E2eStage<PlatformName>

const OTHER_BOT = '7300000000000000009'
const bots = { [defaults.botId]: { name: 'Echo' }, [OTHER_BOT]: { name: 'Other' } }

const CONFIG = { bot: '${env:COZE_BOT_ID}', platforms: platformLines(PLATFORM_NAMES), more: '' }

function yamlWith(change: Partial<typeof CONFIG> = {}): string {
  const { bot, platforms, more } = { ...CONFIG, ...change }
  return `coze:
  apiBase: "\${env:COZE_API_BASE}"
  auth: { kind: token, token: "\${env:COZE_API_TOKEN}" }
  limits: { chatsPerSecond: 0 }
agents:
  default: { bot: "${bot}" }
platforms:
${platforms}
${more}`
}

async function stageFor(context: TestContext, env: Record<string, string> = {}): Promise<AllStage> {
  const stage = await openE2eStage({
    platforms: PLATFORM_NAMES,
    coze: { bots, pace: { firstDeltaMs: 20, deltaMs: 40, charsPerDelta: 8 } },
    yaml: yamlWith(),
    env,
  })
  context.onTestFinished(() => stage.close())
  return stage
}

/** As editors do: a new file in the place of the old one. */
async function write(stage: AllStage, yaml: string): Promise<void> {
  const file = join(stage.folder, 'config', 'bridge.yaml')
  await writeFile(`${file}.new`, yaml)
  await rename(`${file}.new`, file)
}

function says(stage: AllStage, message: RegExp, times = 1): Promise<void> {
  const found = () => stage.log.filter((entry) => message.test(String(entry['message']))).length
  return until(stage, `the log says ${String(message)} ${times} times`, () => found() >= times)
}

const APPLIED = /^the new configuration is used from now on/
const askAll = (stage: AllStage, words: string, instruction = '') =>
  PLATFORM_NAMES.map((platform) => ask(guestAt(stage, platform), `${words} on ${platform}`, instruction))

describe('a changed configuration', () => {
  test('is taken by itself: the next question goes by the new rules, replies that grow stay whole', async (context) => {
    const stage = await stageFor(context)
    const growing = askAll(stage, 'before', '!long 4000 40')
    await allGrow(stage, growing)
    await write(stage, yamlWith({ bot: OTHER_BOT }))
    await says(stage, APPLIED)
    const next = askAll(stage, 'after')
    await allWhole(stage, [...growing, ...next])
    for (const { words } of growing) expect(chatAbout(stage, words).botId).toBe(defaults.botId)
    for (const { words } of next) expect(chatAbout(stage, words).botId).toBe(OTHER_BOT)
    expect(stage.bridges).toHaveLength(1)
    expect(stage.bridge.exitCode).toBeUndefined()
  })

  test('with a fault is refused, with each fault and its place, and the old one stays', async (context) => {
    const stage = await stageFor(context)
    await write(stage, yamlWith({ more: 'acces: { direct: open }\ndrainMs: soon\n' }))
    await says(stage, /^the new configuration is not used/)
    const told = stage.log.find(({ message }) => String(message).startsWith('the new configuration is not'))
    expect(String(told?.['message'])).toMatch(/config\/bridge\.yaml:\d+.*acces[\s\S]*drainMs/)
    await allWhole(stage, askAll(stage, 'still there'))
    // And a mended one is taken.
    await write(stage, yamlWith({ bot: OTHER_BOT }))
    await says(stage, APPLIED)
    const [mended] = askAll(stage, 'mended')
    await comesWhole(stage, mended!)
    expect(chatAbout(stage, mended!.words).botId).toBe(OTHER_BOT)
  })

  test('that names other accounts: one comes, one goes, the others notice nothing', async (context) => {
    const second = await startTelegramEmulator({ token: '7002:BBF-another-token-of-thirty-five-chars' })
    context.onTestFinished(() => second.close())
    const stage = await stageFor(context, {
      SECOND_TOKEN: second.token,
      SECOND_ROOT: second.url,
    })
    const growing = askAll(stage, 'meanwhile', '!long 4000 40')
    await allGrow(stage, growing)
    const connections = () => ({
      discord: [stage.discord.store.identifies, stage.discord.store.resumes],
      feishu: stage.feishu.store.isConnected,
    })
    const before = JSON.stringify(connections())
    await write(
      stage,
      yamlWith({
        platforms: `${platformLines(['discord', 'feishu'])}\n  sales: { kind: telegram, token: "\${env:SECOND_TOKEN}", apiRoot: "\${env:SECOND_ROOT}" }`,
      }),
    )
    await says(stage, APPLIED)
    await until(stage, 'the new account is polled', () => second.store.isPolled)
    // What the leaving account was writing it finished first.
    await allWhole(stage, growing)
    expect(JSON.stringify(connections())).toBe(before)
    const person = second.person({ firstName: 'Cyd' })
    const chat = second.privateChat(person)
    second.say(person, chat, '!say hello from sales')
    await until(stage, 'the new account answers', () =>
      second.screen(chat).some(({ text, byBot }) => byBot && text === 'hello from sales'),
    )
    // The one that went is asked no more.
    const gone = ask(guestAt(stage, 'telegram'), 'nobody hears this')
    await comesWhole(stage, ask(guestAt(stage, 'discord'), 'but here'))
    expect(repliesTo(gone)).toEqual([])
  })

  test('that changes commands changes the menus', async (context) => {
    const stage = await stageFor(context)
    const menu = () => stage.telegram.store.calls.filter(({ method }) => method === 'setMyCommands')
    await until(stage, 'the first menu is there', () => menu().length > 0)
    await write(
      stage,
      yamlWith({
        more: `commands:\n  weather: { workflow: "${defaults.workflowId}", description: { en: Weather } }\n`,
      }),
    )
    await says(stage, APPLIED)
    await until(stage, 'the new command is in it', () =>
      menu().some(({ payload }) => JSON.stringify(payload).includes('weather')),
    )
    const guest = guestAt(stage, 'telegram')
    guest.chair.say('/weather')
    await until(stage, 'and it runs', () => guest.chair.shown().some(({ text }) => text.includes('Got {}')))
  })

  test('of Coze itself lets the bridge begin anew in its process; what was growing becomes whole', async (context) => {
    const stage = await stageFor(context)
    const growing = askAll(stage, 'over it', '!long 3000 40')
    await allGrow(stage, growing)
    await write(stage, yamlWith().replace('chatsPerSecond: 0', 'chatsPerSecond: 50'))
    await says(stage, APPLIED)
    await allWhole(stage, [...growing, ...askAll(stage, 'anew')])
    expect(stage.bridges).toHaveLength(1)
    expect(stage.log.filter(({ message }) => message === 'ready')).toHaveLength(2)
  })

  test('that names another store waits for a restart, since what is open is in this one', async (context) => {
    const stage = await stageFor(context, { BRIDGE_STORE: '' })
    await write(stage, yamlWith({ bot: OTHER_BOT, more: 'store: "sqlite:./elsewhere.db"\n' }))
    await says(stage, /^the new configuration is not used: store cannot change while the bridge runs/)
    const asked = ask(guestAt(stage, 'telegram'), 'here')
    await comesWhole(stage, asked)
    expect(chatAbout(stage, asked.words).botId).toBe(defaults.botId)
  })

  test('is read at once on SIGHUP, also where it says the same', async (context) => {
    const stage = await stageFor(context)
    process.kill(stage.bridge.pid, 'SIGHUP')
    await says(stage, /^the configuration was read again and says the same/)
    const asked = ask(guestAt(stage, 'feishu'), 'as ever')
    await comesWhole(stage, asked)
    expect(await stage.bridge.stop()).toBe(0)
  })
})
