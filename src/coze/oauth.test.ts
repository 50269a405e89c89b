// Is what Coze answers to a login read with sense?
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createOAuthCalls } from './oauth.ts'

test.each([
  [0, 1_000],
  [-5, 1_000],
  [0.2, 1_000],
  [7, 7_000],
  [undefined, 5_000],
])('a device is asked for every %s s: after %i ms', async (interval, pollEveryMs) => {
  const body = { device_code: 'd', user_code: 'U', verification_uri: 'https://coze.test/d', interval }
  const calls = createOAuthCalls({
    app: { clientId: '1' },
    http: { json: async () => ({ body, logid: '' }) },
    clock: createManualClock().clock,
  })
  expect(await calls.deviceCode(new AbortController().signal)).toMatchObject({ pollEveryMs })
})
