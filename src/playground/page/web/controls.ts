// How do buttons, links and choices under a message look and act?

import { h } from 'preact'
import type { PageChoice, PageControl } from '../protocol.ts'
import { link } from './spans.ts'
import { button, div } from './tags.ts'
import { say } from './words.ts'

/** `press` is told the control, and of a choice what was chosen. */
export function controlsOf(
  rows: readonly (readonly PageControl[])[],
  press: (controlId: string, value?: string) => void,
) {
  const element = (control: PageControl) => {
    switch (control.kind) {
      case 'link':
        return link(control.url, 'btn plain', control.label, ' ↗')
      case 'choice': {
        const label = control.placeholder || say('choose')
        const onChange = (event: Event) => press(control.id, valueOf(event))
        return h(
          'select',
          { class: 'choice', 'aria-label': label, onChange },
          optionsOf(control.choices, label),
        )
      }
      case 'button': {
        const { id, look, label, isDisabled: disabled } = control
        return button(`btn ${look}`, () => press(id), { disabled }, label)
      }
    }
  }
  return div(
    'controls',
    rows.map((controls) => div('row', controls.map(element))),
  )
}

/** Of the field it happened in. */
export function valueOf({ currentTarget }: Event): string {
  return currentTarget !== null && 'value' in currentTarget ? String(currentTarget.value) : ''
}

/** Elements of a choice. What stands first tells what to choose and cannot be chosen itself. */
export function optionsOf(choices: readonly PageChoice[], placeholder: string, chosen = '') {
  return [{ value: '', label: placeholder }, ...choices].map(({ value, label }) =>
    h('option', { value, selected: value === chosen }, label),
  )
}
