// A script of the playground, played whole as a person would, or one step of it with a platform that does wrong.

import { expect, type TestContext } from 'vitest'
import { readLocales } from '../../src/assets.ts'
import { playScript } from '../../src/playground/script/play.ts'
import type { Script } from '../../src/playground/script/step.ts'
import { PLATFORM_NAMES } from '../../src/playground/seats.ts'
import { openStage, type Stage } from '../../src/playground/stage.ts'
import { createWords } from '../../src/words/words.ts'
import { runPlayground } from './e2e-command-line.ts'

/** `npm run playground -- --script <name>`: every step on every platform, and exit code 0. */
export async function expectWholePlay(context: TestContext, name: string, script: Script): Promise<void> {
  const { code, stdout, stderr } = await runPlayground(context, ['--script', name, '--json'])
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { step: string; platform: string; ok: boolean })
  expect(
    lines.filter(({ ok }) => !ok),
    stderr,
  ).toEqual([])
  expect(lines.map(({ step, platform }) => `${step} on ${platform}`)).toEqual(
    script.steps.flatMap((step) => PLATFORM_NAMES.map((platform) => `${step.name} on ${platform}`)),
  )
  expect(code).toBe(0)
}

/** One step, on a stage that `disturb` has changed. */
export async function playStep(
  script: Script,
  step: string,
  disturb: (stage: Stage) => void,
  withinMs: number,
): Promise<{ readonly code: number; readonly printed: string; readonly complaint: string }> {
  let [printed, complaint] = ['', '']
  const code = await playScript({
    script: { ...script, steps: script.steps.filter(({ name }) => name === step) },
    json: false,
    words: createWords(await readLocales()),
    openStage: async (env) => {
      const stage = await openStage({
        platforms: PLATFORM_NAMES,
        env,
        yaml: script.configFor(PLATFORM_NAMES),
        coze: script.coze,
      })
      disturb(stage)
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
    withinMs,
  })
  return { code, printed, complaint }
}
