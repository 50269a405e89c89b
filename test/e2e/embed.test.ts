// Can a program of one's own run a bridge inside, and change what it does?
import { expect, test } from 'vitest'
import { defaults, startCozeEmulator } from '../../src/emulators/coze/index.ts'
import { startTelegramEmulator } from '../../src/emulators/telegram/index.ts'
import { ConfigError, createBridge, type WrittenConfig } from '../../src/index.ts'
import { GENEROUS_MS } from '../support/e2e-stage.ts'

const TOKEN = '7001:AAE-token-of-an-embedded-bridge-here'

test('a program starts a bridge from an object, people are answered, rules change, it stops', async (context) => {
  const [coze, telegram] = await Promise.all([startCozeEmulator(), startTelegramEmulator({ token: TOKEN })])
  const lines: string[] = []
  const config: WrittenConfig = {
    coze: { apiBase: coze.url, auth: { kind: 'token', token: '${env:SECRET}' } },
    agents: { default: { bot: defaults.botId } },
    platforms: { telegram: { kind: 'telegram', token: TOKEN, apiRoot: telegram.url } },
    store: 'memory:',
    server: { port: 0 },
  }
  const bridge = await createBridge({
    config,
    env: { SECRET: defaults.token },
    writeLog: (line) => lines.push(line),
  })
  context.onTestFinished(async () => {
    await bridge.stop()
    await Promise.all([coze.close(), telegram.close()])
  })
  const ann = telegram.person({ firstName: 'Ann', languageCode: 'en' })
  const chat = telegram.privateChat(ann)
  const shown = () => telegram.screen(chat).filter(({ byBot }) => byBot)
  telegram.say(ann, chat, '!say hello inside')
  await telegram.waitFor(() => shown().some(({ text }) => text === 'hello inside'), {
    timeoutMs: GENEROUS_MS,
  })

  await bridge.reconfigure({ ...config, access: { direct: 'closed' } })
  const before = coze.store.chats.size
  telegram.say(ann, chat, '!say nobody hears this')
  await telegram.waitFor(() => shown().length > 1, { timeoutMs: GENEROUS_MS })
  expect(coze.store.chats.size).toBe(before)
  await expect(bridge.reconfigure({ ...config, drainMs: 9_000 })).rejects.toThrow('drainMs cannot change')
  expect(await (await fetch(`${bridge.address}/healthz`)).json()).toMatchObject({ status: 'ok' })
  expect(lines.join('')).not.toMatch(new RegExp(`${defaults.token}|${TOKEN}`))
})

test('what is wrong with the object is told all at once', async () => {
  const config = { coze: {}, agents: { default: { bot: '73' } }, platforms: {}, drainMs: 'soon' }
  const error: unknown = await createBridge({ config: config as unknown as WrittenConfig }).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ConfigError)
  expect(String(error)).toMatch(/configuration.*coze\.auth[\s\S]*drainMs/)
})
