// The laws of a growing reply hold over the renderers that people really look at.

import fc from 'fast-check'
import { test } from 'vitest'
import type { DiscordBody } from '../../adapters/discord/body.ts'
import { createRenderer as createConsoleRenderer } from '../../adapters/console/render.ts'
import { createComponentsRenderer } from '../../adapters/discord/components.ts'
import { createRenderer as createDiscordRenderer } from '../../adapters/discord/render.ts'
import { createRenderer as createFeishuRenderer } from '../../adapters/feishu/render.ts'
import { createTextRenderer } from '../../adapters/feishu/text.ts'
import { createRenderer } from '../../adapters/telegram/render.ts'
import type { Renderer } from '../../src/contract/platform.ts'
import { answers, chunkSizes, hostile } from '../support/markdown-arbitrary.ts'
import { expectAsideLaws, expectLaws } from '../support/reply-laws.ts'

test('Telegram: answers are cut in the same fitting places however they come, and again after a restart', () => {
  expectLaws(createRenderer(), answers, chunkSizes, 15)
}, 60_000)

test('Telegram: hostile text is cut in the same fitting places however it comes', () => {
  expectLaws(createRenderer(), hostile, chunkSizes, 25)
}, 60_000)

test.each([
  ['text', createDiscordRenderer],
  ['components', createComponentsRenderer],
] as const)(
  'Discord, %s: answers are cut in the same fitting places however they come, and again after a restart',
  (_, create) => {
    expectLaws<DiscordBody>(create(), answers, chunkSizes, 15)
  },
  60_000,
)

test.each([
  ['text', createDiscordRenderer],
  ['components', createComponentsRenderer],
] as const)(
  'Discord, %s: hostile text is cut in the same fitting places however it comes',
  (_, create) => {
    expectLaws<DiscordBody>(create(), hostile, chunkSizes, 25)
  },
  60_000,
)

// A card holds several of these answers: so many of them are sure to be cut.
const longAnswers = fc.array(answers, { minLength: 4, maxLength: 12 }).map((texts) => texts.join('\n\n'))

test('Feishu: answers are cut in the same fitting places however they come, and again after a restart', () => {
  expectLaws(createFeishuRenderer(), longAnswers, chunkSizes, 8)
}, 60_000)

test('Feishu: hostile text is cut in the same fitting places however it comes', () => {
  expectLaws(createFeishuRenderer(), hostile, chunkSizes, 25)
}, 60_000)

test('Feishu, text: answers are cut in the same fitting places however they come, and again after a restart', () => {
  expectLaws(createTextRenderer(), longAnswers, chunkSizes, 8)
}, 60_000)

const renderers: Readonly<Record<string, () => Renderer>> = {
  Telegram: createRenderer,
  'Telegram, groups': () => createRenderer({ ringsNobody: true }),
  'Discord, text': createDiscordRenderer,
  'Discord, components': createComponentsRenderer,
  Feishu: createFeishuRenderer,
  'Feishu, text': createTextRenderer,
  console: () => createConsoleRenderer(true),
}

test.each(Object.entries(renderers))(
  '%s: thoughts and a status fit beside every part, and never take the place of its words',
  (_, create) => {
    expectAsideLaws(create(), fc.oneof(answers, hostile), chunkSizes, 20)
  },
  60_000,
)
