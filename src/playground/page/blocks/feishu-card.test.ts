import { expect, test } from 'vitest'
import { feishuCard } from './feishu-card.ts'
import { feishuPost } from './feishu-post.ts'

const names = { person: () => undefined, picture: () => undefined }
const button = (label: string, behavior: object, type = 'default') => ({
  tag: 'button',
  type,
  text: { tag: 'plain_text', content: label },
  behaviors: [behavior],
})

test('words, then buttons: a row each, or side by side in columns', () => {
  const value = { token: 't', direct: true }
  const card = {
    schema: '2.0',
    header: { title: { tag: 'plain_text', content: 'Title' } },
    body: {
      elements: [
        { tag: 'markdown', content: '**a**' },
        { tag: 'hr' },
        button('Yes', { type: 'callback', value }, 'primary'),
        {
          tag: 'column_set',
          columns: [
            { tag: 'column', elements: [button('👍', { type: 'callback', value: 1 })] },
            {
              tag: 'column',
              elements: [button('Page', { type: 'open_url', default_url: 'https://a.example' })],
            },
          ],
        },
      ],
    },
  }
  const { blocks, controls } = feishuCard(card, names)
  expect(blocks.map(({ kind }) => kind)).toEqual(['heading', 'paragraph', 'rule'])
  expect(controls).toEqual([
    [{ kind: 'button', id: JSON.stringify(value), label: 'Yes', look: 'primary', isDisabled: false }],
    [
      { kind: 'button', id: '1', label: '👍', look: 'plain', isDisabled: false },
      { kind: 'link', url: 'https://a.example', label: 'Page' },
    ],
  ])
})

test('a panel folds, and a form is drawn by itself', () => {
  const card = {
    body: {
      elements: [
        {
          tag: 'collapsible_panel',
          expanded: false,
          header: { title: { tag: 'markdown', content: '**Thoughts**' } },
          elements: [{ tag: 'markdown', content: 'hm' }],
        },
        { tag: 'form', name: 'form', elements: [{ tag: 'input', name: 'a' }] },
      ],
    },
  }
  expect(feishuCard(card, names).blocks).toEqual([
    {
      kind: 'panel',
      title: 'Thoughts',
      isOpen: false,
      blocks: [{ kind: 'paragraph', spans: [{ kind: 'text', text: 'hm' }] }],
    },
  ])
})

test('a rich text is read line by line', () => {
  const content = [
    [
      { tag: 'at', user_id: '@_user_1' },
      { tag: 'text', text: ' look ', style: ['bold'] },
      { tag: 'a', href: 'https://a.example', text: 'here' },
    ],
    [{ tag: 'code_block', language: 'TS', text: 'let a\n' }],
  ]
  const blocks = feishuPost({ zh_cn: { title: '', content } }, names, () => 'Emu')
  expect(blocks).toEqual([
    {
      kind: 'paragraph',
      spans: [
        { kind: 'mention', spans: [{ kind: 'text', text: '@Emu' }] },
        { kind: 'bold', spans: [{ kind: 'text', text: ' look ' }] },
        { kind: 'link', url: 'https://a.example', spans: [{ kind: 'text', text: 'here' }] },
      ],
    },
    { kind: 'code', language: 'ts', text: 'let a' },
  ])
})
