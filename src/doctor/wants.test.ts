import { expect, test } from 'vitest'
import { configYaml, load } from '../../test/support/config-world.ts'
import { accountWants, assistantWants } from './wants.ts'

const TWO = 'telegram: { token: "${env:TELEGRAM_BOT_TOKEN}" }, discord: { token: "a-token-of-discord" }'

async function wantsOf(rest: string, account: string, platforms = TWO) {
  const { policy } = await load({ yaml: configYaml(rest, platforms) })
  return accountWants(
    account,
    { policy, accounts: platforms === TWO ? ['telegram', 'discord'] : ['telegram'] },
    { proxied: false },
  )
}

test('triggers in groups come from the routes of that account, and not from those of private chats', async () => {
  const routes = `routes:
  - { when: { platform: discord }, agent: default, triggers: [always] }
  - { when: { chatKind: direct }, agent: default, triggers: [direct, always] }
  - { agent: default, triggers: [reply] }`
  expect((await wantsOf(routes, 'discord')).groupTriggers).toEqual(['reply', 'always'])
  expect((await wantsOf(routes, 'telegram')).groupTriggers).toEqual(['reply'])
})

test('a chat without an account is nobody’s among several, and the only one’s among one', async () => {
  const routes = 'routes: [{ when: { chat: "5" }, agent: default }]'
  expect((await wantsOf(routes, 'telegram')).chats).toEqual([])
  expect(
    (await wantsOf(routes, 'telegram', 'telegram: { token: "${env:TELEGRAM_BOT_TOKEN}" }')).chats,
  ).toEqual(['5'])
  const access = 'access: { groups: listed, allow: [discord/chat:77, telegram/chat:5] }'
  expect((await wantsOf(access, 'discord')).chats).toEqual(['77'])
})

test('what Coze is asked for follows from the routes', async () => {
  const yaml = configYaml(
    'routes: [{ agent: default, controls: { thumbs: true }, voice: { input: file, replies: voice, voice: "74" } }]',
  )
  const { policy } = await load({ yaml })
  expect(assistantWants(policy)).toMatchObject({
    rates: true,
    hears: false,
    voices: ['74'],
    tools: false,
    uploads: true,
  })
})
