// The laws of a growing reply hold over the renderers that people really look at.

import { test } from 'vitest'
import { createRenderer } from '../../adapters/telegram/render.ts'
import { answers, chunkSizes, hostile } from '../support/markdown-arbitrary.ts'
import { expectLaws } from '../support/reply-laws.ts'

test('Telegram: answers are cut in the same fitting places however they come, and again after a restart', () => {
  expectLaws(createRenderer(), answers, chunkSizes, 15)
}, 60_000)

test('Telegram: hostile text is cut in the same fitting places however it comes', () => {
  expectLaws(createRenderer(), hostile, chunkSizes, 25)
}, 60_000)
