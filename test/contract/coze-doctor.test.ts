// What doctor says of Coze, where it takes two Cozes, or one that is broken.

import { expect, onTestFinished, test } from 'vitest'
import { checkCoze } from '../../src/coze/check.ts'
import { createCozeClient, type CozeClient } from '../../src/coze/index.ts'
import {
  defaults,
  gateway,
  startCozeEmulator,
  type CozeEmulatorOptions,
} from '../../src/emulators/coze/index.ts'
import { createQuietLogger } from '../support/quiet-logger.ts'
import { createRealClock } from '../support/real-clock.ts'

const live = new AbortController().signal
const agents = [{ kind: 'bot', bot: defaults.botId }] as const

async function emulator(options: CozeEmulatorOptions = {}) {
  const coze = await startCozeEmulator(options)
  onTestFinished(() => coze.close())
  return coze
}

function clientAt(apiBase: string, token: string, flavor: 'cloud' | 'studio' = 'cloud'): CozeClient {
  const client = createCozeClient({
    apiBase,
    flavor,
    login: { kind: 'token', token },
    clock: createRealClock(),
    log: createQuietLogger(),
  })
  onTestFinished(() => client.close())
  return client
}

test('a token of the other host is told by the other host', async () => {
  const [here, there] = [
    await emulator(),
    await emulator({ tokens: { pat_of_the_other: { ownerUid: '1' } } }),
  ]
  const token = 'pat_of_the_other'
  const elsewhere = { open: (apiBase: string) => clientAt(apiBase, token), at: there.url }
  const parts = { client: clientAt(here.url, token), apiBase: here.url, login: 'token', agents, elsewhere }
  const findings = await checkCoze(parts, live)
  expect(findings).toMatchObject([{ verdict: 'fault', subject: 'Coze host' }])
  expect(findings[0]?.remedy).toContain(`COZE_API_BASE (coze.apiBase) to ${there.url}`)
  expect(JSON.stringify(findings)).not.toContain(token)
})

test('a token that is nobody’s is not blamed on the host', async () => {
  const [here, there] = [await emulator(), await emulator()]
  const elsewhere = { open: (apiBase: string) => clientAt(apiBase, 'pat_x'), at: there.url }
  const parts = { client: clientAt(here.url, 'pat_x'), apiBase: here.url, login: 'token', agents, elsewhere }
  expect(await checkCoze(parts, live)).toMatchObject([{ verdict: 'fault', subject: 'Coze token' }])
})

test('a page in the place of Coze is an address fault; too many calls say nothing of the token', async () => {
  const coze = await emulator()
  const parts = { client: clientAt(coze.url, defaults.token), apiBase: coze.url, login: 'token', agents }
  coze.faults.next('/v1/users/me', gateway.htmlInstead, 9)
  expect(await checkCoze(parts, live)).toMatchObject([{ verdict: 'fault', subject: 'Coze address' }])
  coze.faults.clear()
  coze.faults.always('/v1/users/me', gateway.tooManyRetryAfter(60))
  expect(await checkCoze(parts, live)).toMatchObject([{ verdict: 'warning', subject: 'Coze token' }])
})

test('the cloud taken for a Coze Studio, and a service app that is refused, are told apart', async () => {
  const coze = await emulator()
  const asStudio = {
    client: clientAt(coze.url, defaults.token, 'studio'),
    apiBase: coze.url,
    login: 'token',
    agents,
  }
  expect(await checkCoze(asStudio, live)).toMatchObject([{ verdict: 'fault', subject: 'Coze flavor' }])
  const hosted = { ...asStudio, apiBase: 'https://api.coze.cn' }
  expect(await checkCoze(hosted, live)).toMatchObject([{ verdict: 'fault', subject: 'Coze flavor' }])
  const asApp = { client: clientAt(coze.url, 'czs_x'), apiBase: 'https://api.coze.cn', login: 'jwt', agents }
  const [finding] = await checkCoze(asApp, live)
  expect(finding).toMatchObject({ verdict: 'fault', subject: 'Coze login' })
  expect(finding?.remedy).toMatch(/coze\.cn\/open\/oauth\/apps.*OAuth 应用.*指纹/)
})

test('a Coze Studio that is well has no fault, and is asked for no permission', async () => {
  const coze = await emulator({ flavor: 'studio' })
  const wants = { commands: [], uploads: true, hears: false, voices: [], rates: true, tools: true }
  const parts = {
    client: clientAt(coze.url, defaults.token, 'studio'),
    apiBase: coze.url,
    login: 'token',
    agents,
    wants,
  }
  const findings = await checkCoze(parts, live)
  expect(findings.map(({ verdict, subject }) => `${verdict} ${subject}`)).toEqual([
    'ok Coze token',
    `ok Coze bot ${defaults.botId}`,
    'ok Coze conversations',
  ])
  expect(coze.store.counts.chats).toBe(0)
})
