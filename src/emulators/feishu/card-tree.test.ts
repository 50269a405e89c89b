// Is a card read as its readers read it?
import { expect, test } from 'vitest'
import { buttonsOfCard, elementById, imagesIn, tablesIn, textOfCard, withElement } from './card-tree.ts'

const TABLE = '| a | b |\n| --- | --- |\n| 1 | 2 |'

test('tables are counted where they are drawn, not in code', () => {
  expect(tablesIn(`${TABLE}\n\nwords\n\n${TABLE}`)).toBe(2)
  expect(tablesIn(`\`\`\`\n${TABLE}\n\`\`\``)).toBe(0)
  expect(tablesIn('a rule\n\n---\n\nwords')).toBe(0)
})

test('an unclosed fence hides what follows, as while an answer grows', () => {
  expect(tablesIn(`\`\`\`md\n${TABLE}`)).toBe(0)
})

test('images are found outside code, an unfinished one is none yet', () => {
  expect(imagesIn('![a](img_v3_1) and `![b](x)` and ![c](https://pictures.example/c.png "t")')).toEqual([
    'img_v3_1',
    'https://pictures.example/c.png',
  ])
  expect(imagesIn('![a](img_v3')).toEqual([])
})

test('a card reads as its markdown, whatever holds it', () => {
  const card = {
    schema: '2.0',
    header: { title: { tag: 'plain_text', content: 'Title' } },
    body: {
      elements: [
        { tag: 'markdown', content: 'one' },
        { tag: 'collapsible_panel', elements: [{ tag: 'markdown', content: 'two' }] },
        { tag: 'div', text: { tag: 'plain_text', content: 'three' } },
        { tag: 'button', text: { tag: 'plain_text', content: 'Go' } },
      ],
    },
  }
  expect(textOfCard(card)).toBe('one\n\ntwo\n\nthree')
})

test('a value beside a 2.0 button is ignored; in 1.0 it calls back', () => {
  const button = { tag: 'button', text: { content: 'Go' }, value: { k: 'v' } }
  expect(buttonsOfCard({ schema: '2.0', body: { elements: [button] } })[0]).not.toHaveProperty('value')
  expect(buttonsOfCard({ elements: [{ tag: 'action', actions: [button] }] })[0]?.value).toEqual({ k: 'v' })
})

test('one element is replaced, the card it came from stays', () => {
  const card = { schema: '2.0', body: { elements: [{ tag: 'markdown', element_id: 'a', content: 'old' }] } }
  const changed = withElement(card, 'a', (element) => [{ ...element, content: 'new' }])
  expect(elementById(changed, 'a')?.['content']).toBe('new')
  expect(textOfCard(card)).toBe('old')
})
