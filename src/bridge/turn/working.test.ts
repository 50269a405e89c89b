// Is a tool's name as its person sees it a name, and nothing that a platform makes live?

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toolName } from './working.ts'

test.each([
  ['get_weather', 'get_weather'],
  ['Wetter-Karte 2.0', 'Wetter-Karte 2.0'],
  ['天气 查询', '天气 查询'],
  ['plugin/evil.example/path', 'plugin evil example path'],
  ['https://evil.example', 'https evil example'],
  ['evil.@example', 'evil example'],
  ['evil.\u200bexample', 'evil example'],
  ['/start', 'start'],
  ['@ann', 'ann'],
  ['\u0000 @', ''],
])('%j is shown as %j', (name, shown) => {
  expect(toolName(name)).toBe(shown)
})

test('no name is an address, a command or a mention, or long', () => {
  const parts = fc.constantFrom('.', '/', '@', ':', 'com', 'www', '\u200b', ' ', '#', 'é', '_')
  fc.assert(
    fc.property(fc.array(fc.oneof(parts, fc.string({ unit: 'binary', maxLength: 8 }))), (pieces) => {
      const shown = toolName(pieces.join(''))
      expect(shown).not.toMatch(/[/@#:<>[\]]|\.[\p{C}\p{M}]*\p{L}/u)
      expect(Array.from(shown).length).toBeLessThanOrEqual(40)
    }),
  )
})
