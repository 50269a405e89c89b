// Does `npm run playground -- --script media` play its script, and does it fail where a file arrives changed?

import { describe, expect, test } from 'vitest'
import { media } from '../../src/playground/script/media/script.ts'
import { expectWholePlay, playStep } from '../support/e2e-playground.ts'

/** Step by step on three platforms, in their own pace: about 25 s on a quiet machine. */
const WHOLE_PLAY_MS = 180_000

describe.concurrent('npm run playground -- --script media', () => {
  test(
    'exits 0 only because everything arrived, byte for byte',
    { timeout: WHOLE_PLAY_MS },
    async (context) => await expectWholePlay(context, 'media', media),
  )

  test('exits 1 where a platform loses the picture, and says so', async () => {
    // Every link it gives out leads nowhere.
    const fault = { do: 'error', code: 400, description: 'Bad Request: wrong file_id' } as const
    const { code, printed, complaint } = await playStep(
      media,
      'picture',
      ({ telegram }) => telegram.faults.add({ fault, methods: ['getFile'], times: Infinity }),
      8_000,
    )
    expect(printed).toMatch(/^✓ Discord/m)
    expect(printed).toMatch(/^✓ Feishu/m)
    expect(printed).toMatch(/^✗ Telegram +expected: one question has the words and all of it/m)
    expect(complaint).toContain("The end of the bridge's log")
    expect(code).toBe(1)
  })
})
