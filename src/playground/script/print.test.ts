// Does a person, and a program, see what was done, what was shown and what was wrong?

import { expect, test } from 'vitest'
import { displayWidth } from '../../../adapters/common/width.ts'
import type { Output } from '../canvas.ts'
import { createScriptPrinter } from './print.ts'
import type { SceneOutcome } from './scene.ts'
import type { Script, Step } from './step.ts'

const SEATS = [
  { platform: 'discord', title: 'Discord' },
  { platform: 'telegram', title: 'Telegram' },
] as const
const STEP: Step = { name: 'typed', title: 'A command', where: 'private', play: async () => undefined }
const SCRIPT: Script = {
  name: 'x',
  title: 'A script',
  configFor: () => '',
  coze: {},
  commands: [],
  steps: [STEP],
}
const RIGHT: SceneOutcome = {
  platform: 'discord',
  title: 'Discord',
  checks: ['a button', 'the end'],
  transcript: [
    { kind: 'did', text: 'Ann runs /weather city: 奥斯陆' },
    {
      kind: 'saw',
      reply: {
        messageId: '1',
        text: 'Sunny',
        buttons: [{ label: 'More', messageId: '1', key: 'k' }],
        links: [{ label: 'Open', url: 'https://x.example/' }],
      },
    },
  ],
  tookMs: 1_234,
}
const WRONG: SceneOutcome = {
  ...RIGHT,
  platform: 'telegram',
  title: 'Telegram',
  transcript: [],
  fault: { expected: 'the weather', seen: 'nothing\nat all' },
}

test('shows people what each did and saw, with a verdict each and a summary', () => {
  const printed = print(false, [RIGHT, WRONG])
  expect(printed).toContain('▸ Ann runs /weather city: 奥斯陆')
  expect(printed).toMatch(/^Sunny +│$/m)
  expect(printed).toMatch(/^\[More\]/m)
  expect(printed).toMatch(/^\[Open\] https:\/\/x\.example\//m)
  expect(printed).toMatch(/^✓ Discord +a button · the end$/m)
  expect(printed).toMatch(/^✗ Telegram +expected: the weather\n +seen: nothing at all$/m)
  expect(printed).toMatch(/^1 step of 2 did not show what it should/m)
  expect(printed.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([])
})

test('says that everything was right only where it was', () => {
  expect(print(false, [RIGHT])).toContain('Every step showed what it should')
  expect(print(false, [WRONG])).not.toContain('Every step showed what it should')
})

test('gives programs one line a step and platform', () => {
  const lines = print(true, [RIGHT, WRONG])
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  expect(lines).toEqual([
    {
      step: 'typed',
      platform: 'discord',
      ok: true,
      tookMs: 1_234,
      checks: ['a button', 'the end'],
      lines: [{ did: 'Ann runs /weather city: 奥斯陆' }, { saw: 'Sunny', buttons: ['More'] }],
    },
    expect.objectContaining({
      platform: 'telegram',
      ok: false,
      expected: 'the weather',
      seen: 'nothing\nat all',
    }),
  ])
})

function print(json: boolean, outcomes: readonly SceneOutcome[]): string {
  let printed = ''
  const output: Output = {
    write: (text) => void (printed += text),
    isTerminal: false,
    widthCells: 80,
    heightLines: 40,
  }
  const printer = createScriptPrinter(json, SEATS, output)
  printer.begin(SCRIPT, ['Discord', 'Telegram'])
  printer.beginStep(STEP, 1)
  printer.endStep(STEP, outcomes)
  printer.end(outcomes, 1_000)
  return printed
}
