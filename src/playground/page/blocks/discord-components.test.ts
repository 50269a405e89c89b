import { expect, test } from 'vitest'
import { discordComponents } from './discord-components.ts'

const nobody = { person: () => undefined, role: () => undefined, channel: () => undefined }
const names = {
  ...nobody,
  file: (address: string) =>
    address === 'attachment://a.png'
      ? ({ name: 'a.png', kind: 'picture', sizeBytes: 9 } as const)
      : undefined,
}

test('buttons keep their rows, looks and links', () => {
  const { controls } = discordComponents(
    [
      {
        type: 1,
        components: [
          { type: 2, style: 4, label: 'Stop', custom_id: 'x' },
          { type: 2, style: 1, label: 'Go', custom_id: 'y', disabled: true },
        ],
      },
      { type: 1, components: [{ type: 2, style: 5, label: 'Page', url: 'https://a.example' }] },
      { type: 1, components: [{ type: 2, style: 5, label: 'Bad', url: 'javascript:1' }] },
    ],
    names,
  )
  expect(controls).toEqual([
    [
      { kind: 'button', id: 'x', label: 'Stop', look: 'danger', isDisabled: false },
      { kind: 'button', id: 'y', label: 'Go', look: 'primary', isDisabled: true },
    ],
    [{ kind: 'link', url: 'https://a.example', label: 'Page' }],
  ])
})

test('a menu offers its choices', () => {
  const options = [{ value: 'a', label: 'A' }]
  const row = { type: 1, components: [{ type: 3, custom_id: 'm', placeholder: 'Pick', options }] }
  expect(discordComponents([row], names).controls).toEqual([
    [{ kind: 'choice', id: 'm', placeholder: 'Pick', choices: options }],
  ])
})

test('words, rules and pictures of V2 stand in their order', () => {
  const { blocks } = discordComponents(
    [
      {
        type: 17,
        components: [
          { type: 10, content: '# Head' },
          { type: 14 },
          {
            type: 12,
            items: [{ media: { url: 'attachment://a.png' } }, { media: { url: 'attachment://gone.png' } }],
          },
        ],
      },
    ],
    names,
  )
  expect(blocks.map(({ kind }) => kind)).toEqual(['heading', 'rule', 'picture'])
})
