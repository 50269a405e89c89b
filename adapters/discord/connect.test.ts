// What happens after Discord has closed the gateway for good: is it tried again, how often, and is it told?
import { afterEach, expect, test, vi } from 'vitest'
import { startDiscordEmulator } from '../../src/emulators/discord/index.ts'
import type { Health } from '../../src/contract/platform.ts'
import { createFetch } from '../../src/net/fetch.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createDiscordApi } from './api.ts'
import { connect } from './connect.ts'
import { readDiscordSettings } from './settings.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

async function setUp() {
  const emulator = await startDiscordEmulator({ limits: false })
  const time = createManualClock()
  const log = createQuietLogger()
  const { fetch, close } = createFetch({ env: {} })
  const settings = readDiscordSettings('dc', {
    kind: 'discord',
    token: emulator.token,
    apiBase: emulator.url,
    mode: 'gateway',
    messageContent: false,
    style: 'text',
    requestsPerSecond: 45,
    allowBots: false,
  })
  const stopping = new AbortController()
  const healths: Health[] = []
  const open = () =>
    connect({
      account: 'dc',
      api: createDiscordApi(settings, fetch),
      clock: time.clock,
      fetch,
      log,
      settings,
      dispatch: () => undefined,
      setHealth: (health) => void healths.push(health),
      signal: stopping.signal,
    })
  ends.push(
    () => close(),
    () => emulator.close(),
    async () => stopping.abort(),
  )
  return { emulator, log, open, time, health: () => healths.at(-1) }
}

test('after a close for good in mid-life it is told as an error, tried again, and comes back once the owner mended it', async () => {
  const { emulator, health, log, open, time } = await setUp()
  await open().first
  await time.advance(60_000)
  emulator.faults.gateway.close(4014)
  await vi.waitFor(() => expect(JSON.stringify(health())).toContain('4014'))
  expect(log.lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
    expect.stringContaining('"Message Content Intent"'),
  ])
  await time.advance(29_999)
  expect([emulator.store.identifies, health()?.state]).toEqual([1, 'down'])
  await time.advance(1)
  await vi.waitFor(() => expect(health()).toEqual({ state: 'up' }), 10_000)
  expect(emulator.store.identifies).toBe(2)
})

test('what stays refused is tried ever more rarely, and at least every five minutes', async () => {
  const { emulator, log, open, time } = await setUp()
  const refusing = emulator.faults.add({
    fault: { do: 'error', status: 401 },
    routes: ['gatewayBot'],
    times: Infinity,
  })
  await expect(open().first).rejects.toMatchObject({ kind: 'denied' })
  let tries = 1
  for (const pauseMs of [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]) {
    await vi.waitFor(() => expect(time.sleepers).toBe(1))
    await time.advance(pauseMs - 1)
    expect(refusing.hits).toBe(tries)
    await time.advance(1)
    tries += 1
    await vi.waitFor(() => expect(refusing.hits).toBe(tries))
  }
  // Once in ten minutes, not for each attempt.
  expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(2)
})
