// Do two processes over one Redis share one login: renewed by one of them, and taken up by both when a person logs in again?

import { expect, test } from 'vitest'
import { defaults } from '../../src/emulators/coze/index.ts'
import { bridgeEnv } from '../../src/playground/stage.ts'
import { logInByDevice, renewalsAt } from '../support/e2e-login.ts'
import { allWhole, ask, comesWhole, guestAt, repliesTo } from '../support/e2e-people.ts'
import { openE2eStage, until } from '../support/e2e-stage.ts'
import { startRedis } from '../support/redis-server.ts'

const PLATFORMS = ['telegram', 'discord'] as const
const ACCOUNT = { COZE_API_TOKEN: '', COZE_OAUTH_CLIENT_ID: 'tv', BRIDGE_QUESTIONS_PER_HOUR: '0' }

test('two processes use each renewal once, and go on with a new login without a restart', async ({
  onTestFinished,
}) => {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const stage = await openE2eStage({
    platforms: PLATFORMS,
    store: redis.url,
    started: false,
    env: ACCOUNT,
    // Renewed a minute before its end: fresh for a second.
    coze: { oauth: { pollEvery: 1, accessLasts: 61 } },
  })
  onTestFinished(() => stage.close())
  const { coze, telegram, discord } = stage
  const env = { ...bridgeEnv({ coze, telegram, discord }, redis.url), ...ACCOUNT }
  expect((await logInByDevice(stage.folder, env)).code).toBe(0)
  stage.launch()
  stage.launch()
  await until(stage, 'both platforms are served', () => stage.seats.every((seat) => seat.isConnected()))

  const guests = PLATFORMS.map((platform) => guestAt(stage, platform))
  for (let round = 0; round < 4; round += 1) {
    await allWhole(
      stage,
      guests.map((guest) => ask(guest, `round ${round} on ${guest.platform}`)),
    )
    // Time itself has to pass, for a token to end.
    await new Promise((resolve) => setTimeout(resolve, 1_200))
  }
  const used = renewalsAt(coze)
  expect(used.length).toBeGreaterThan(2)
  expect(new Set(used).size).toBe(used.length)

  coze.revokeLogins(defaults.ownerUid)
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  const refused = guests.map((guest) => ask(guest, `nobody is let in on ${guest.platform}`))
  await until(stage, 'both say that something is not set up', () =>
    refused.every((asked) => repliesTo(asked).some(({ text }) => text.includes("isn't set up right"))),
  )
  const again = await logInByDevice(stage.folder, env)
  expect([again.code, again.output]).toEqual([0, expect.stringContaining('go on with it at once')])
  for (const guest of guests) await comesWhole(stage, ask(guest, `let in again on ${guest.platform}`))
})
