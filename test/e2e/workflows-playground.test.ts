// Does `npm run playground -- --script` play its script, and does it fail where a platform shows something else?

import { describe, expect, test } from 'vitest'
import { readLocales } from '../../src/assets.ts'
import { playScript } from '../../src/playground/script/play.ts'
import { workflows } from '../../src/playground/script/workflows/script.ts'
import { PLATFORM_NAMES } from '../../src/playground/seats.ts'
import { openStage } from '../../src/playground/stage.ts'
import { createWords } from '../../src/words/words.ts'
import { runPlayground as run } from '../support/e2e-command-line.ts'

/** Step by step on three platforms, in their own pace: about 80 s on a quiet machine. */
const WHOLE_PLAY_MS = 300_000

describe.concurrent('npm run playground -- --script', () => {
  test(
    'workflows exits 0 only because every step showed what it should',
    { timeout: WHOLE_PLAY_MS },
    async (context) => {
      const { code, stdout, stderr } = await run(context, ['--script', 'workflows', '--json'])
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { step: string; platform: string; ok: boolean })
      expect(
        lines.filter(({ ok }) => !ok),
        stderr,
      ).toEqual([])
      const played = lines.map(({ step, platform }) => `${step} on ${platform}`)
      expect(played).toEqual(
        workflows.steps.flatMap(({ name }) => PLATFORM_NAMES.map((platform) => `${name} on ${platform}`)),
      )
      expect(code).toBe(0)
    },
  )

  test('with a platform that shows nothing exits 1, and says what was expected and what was seen', async () => {
    const [first] = workflows.steps.filter(({ name }) => name === 'typed')
    let [printed, complaint] = ['', '']
    const code = await playScript({
      script: { ...workflows, steps: first === undefined ? [] : [first] },
      json: false,
      words: createWords(await readLocales()),
      openStage: async (env) => {
        const stage = await openStage({
          platforms: PLATFORM_NAMES,
          env,
          yaml: workflows.configFor(PLATFORM_NAMES),
          coze: workflows.coze,
        })
        stage.telegram.faults.add({ fault: { do: 'drop' }, methods: ['sendMessage'], times: Infinity })
        return stage
      },
      output: {
        write: (text) => void (printed += text),
        isTerminal: false,
        widthCells: 120,
        heightLines: 40,
      },
      complain: (text) => void (complaint += text),
      signal: new AbortController().signal,
      withinMs: 8_000,
    })
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
