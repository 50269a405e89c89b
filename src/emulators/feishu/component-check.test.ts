// Does the emulated server refuse a collapsible panel that the real one would not show?
import { expect, test } from 'vitest'
import { cardFault } from './card-check.ts'

const panel = {
  tag: 'collapsible_panel',
  element_id: 'thought',
  expanded: false,
  header: { title: { tag: 'plain_text', content: 'Thought' }, icon_expanded_angle: -180 },
  elements: [{ tag: 'markdown', content: 'One' }],
}
const faultOf = (element: object): string | undefined =>
  cardFault({ schema: '2.0', body: { elements: [element] } }, () => true)?.text

test('takes a panel as Feishu documents it', () => {
  expect(faultOf(panel)).toBeUndefined()
  expect(faultOf({ ...panel, border: { color: 'grey' }, padding: '8px' })).toBeUndefined()
})

test.each([
  ['no title', { ...panel, header: {} }],
  ['an unknown property', { ...panel, open: true }],
  ['an unknown property of its header', { ...panel, header: { ...panel.header, subtitle: {} } }],
  ['an angle that is none', { ...panel, header: { ...panel.header, icon_expanded_angle: 45 } }],
  ['no elements', { ...panel, elements: undefined }],
  ['a form in it', { ...panel, elements: [{ tag: 'form', name: 'f', elements: [] }] }],
])('refuses a panel with %s', (_, element) => {
  expect(faultOf(element)).toEqual(expect.any(String))
})
