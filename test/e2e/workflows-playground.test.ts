// Does `npm run playground -- --script` play its script, and does it fail where a platform shows something else?

import { describe, expect, test } from 'vitest'
import { workflows } from '../../src/playground/script/workflows/script.ts'
import { runPlayground as run } from '../support/e2e-command-line.ts'
import { expectWholePlay, playStep } from '../support/e2e-playground.ts'

/** Step by step on three platforms, in their own pace: about 80 s on a quiet machine. */
const WHOLE_PLAY_MS = 300_000

describe.concurrent('npm run playground -- --script', () => {
  test(
    'workflows exits 0 only because every step showed what it should',
    { timeout: WHOLE_PLAY_MS },
    async (context) => await expectWholePlay(context, 'workflows', workflows),
  )

  test('with a platform that shows nothing exits 1, and says what was expected and what was seen', async () => {
    const { code, printed, complaint } = await playStep(
      workflows,
      'typed',
      ({ telegram }) =>
        telegram.faults.add({ fault: { do: 'drop' }, methods: ['sendMessage'], times: Infinity }),
      8_000,
    )
    expect(printed).toMatch(/^✓ Discord/m)
    expect(printed).toMatch(/^✓ Feishu/m)
    expect(printed).toMatch(/^✗ Telegram +expected: both nodes and the end.*\n +seen: .*nothing of the bot/m)
    expect(complaint).toContain("The end of the bridge's log")
    expect(code).toBe(1)
  })

  test.for([[['--script', 'plays']], [['--script']]] as const)(
    '%j exits 2 and says which scripts there are',
    async ([args], context) => {
      const { code, stdout, stderr } = await run(context, args)
      expect(stderr).toMatch(/--script workflows /)
      expect(stderr).toMatch(/--script media /)
      expect(stdout).toBe('')
      expect(code).toBe(2)
    },
  )
})
