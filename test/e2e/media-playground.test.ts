// Does `npm run playground -- --script media` play its script, and does it fail where a file arrives changed?

import { describe, expect, test } from 'vitest'
import { readLocales } from '../../src/assets.ts'
import { playScript } from '../../src/playground/script/play.ts'
import { media } from '../../src/playground/script/media/script.ts'
import { PLATFORM_NAMES } from '../../src/playground/seats.ts'
import { openStage } from '../../src/playground/stage.ts'
import { createWords } from '../../src/words/words.ts'
import { runPlayground as run } from '../support/e2e-command-line.ts'

/** Step by step on three platforms, in their own pace: about 25 s on a quiet machine. */
const WHOLE_PLAY_MS = 180_000

describe.concurrent('npm run playground -- --script media', () => {
  test(
    'exits 0 only because everything arrived, byte for byte',
    { timeout: WHOLE_PLAY_MS },
    async (context) => {
      const { code, stdout, stderr } = await run(context, ['--script', 'media', '--json'])
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
        media.steps.flatMap(({ name }) => PLATFORM_NAMES.map((platform) => `${name} on ${platform}`)),
      )
      expect(code).toBe(0)
    },
  )

  test('exits 1 where a platform loses the picture, and says so', async () => {
    const steps = media.steps.filter(({ name }) => name === 'picture')
    let [printed, complaint] = ['', '']
    const code = await playScript({
      script: { ...media, steps },
      json: false,
      words: createWords(await readLocales()),
      openStage: async (env) => {
        const stage = await openStage({
          platforms: PLATFORM_NAMES,
          env,
          yaml: media.configFor(PLATFORM_NAMES),
          coze: media.coze,
        })
        // Every link it gives out leads nowhere.
        stage.telegram.faults.add({
          fault: { do: 'error', code: 400, description: 'Bad Request: wrong file_id' },
          methods: ['getFile'],
          times: Infinity,
        })
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
    expect(printed).toMatch(/^✗ Telegram +expected: one question has the words and all of it/m)
    expect(complaint).toContain("The end of the bridge's log")
    expect(code).toBe(1)
  })
})
