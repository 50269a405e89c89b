// How is a form filled in and read: a modal's, a slash command's, a card's, the page's own?

import { h } from 'preact'
import type { PageField, PageForm } from '../protocol.ts'
import { optionsOf } from './controls.ts'
import { part } from './part.ts'
import { upload } from './store.ts'
import { button, div, span } from './tags.ts'
import { isZh, say } from './words.ts'

export type FormValues = Readonly<Record<string, string>>

interface Props {
  readonly form: PageForm
  /** False or a rejection with a sentence: not taken. */
  readonly submit: (values: FormValues) => Promise<boolean>
  readonly cancel?: () => void
  /** A field whose content is never shown and is gone as soon as it was sent. */
  readonly secret?: string
}

let forms = 0

/** Its fields keep what was typed while the message round them changes: they are not drawn from state. */
export const FormView = part<Props>((again) => {
  forms += 1
  const prefix = `form${forms}-`
  let isBusy = false
  let fault = ''
  return ({ form, submit, cancel, secret }) => {
    const send = async (element: HTMLFormElement): Promise<void> => {
      isBusy = true
      fault = ''
      again()
      try {
        const sending = submit(await readForm(element, form.fields))
        const field = element.querySelector<HTMLInputElement>('[type=password]')
        if (field) field.value = ''
        await sending
      } catch (error) {
        fault = error instanceof Error ? error.message : say('failed')
      }
      isBusy = false
      again()
    }
    const onSubmit = (event: Event) => {
      event.preventDefault()
      if (event.currentTarget instanceof HTMLFormElement) void send(event.currentTarget)
    }
    return h(
      'form',
      { class: 'form', autocomplete: 'off', onSubmit },
      form.fields.map((field) => fieldOf(field, prefix + field.name, field.name === secret)),
      fault && h('p', { class: 'fault', role: 'alert' }, fault),
      div(
        'row ends',
        cancel && button('btn plain', cancel, {}, say('cancel')),
        h('button', { class: 'btn primary', disabled: isBusy }, form.submitLabel || say('send')),
      ),
    )
  }
})

function fieldOf(field: PageField, id: string, isSecret: boolean) {
  const { name, kind, min, max, isRequired, choices = [], placeholder, value = '' } = field
  const same = { id, name, required: isRequired, autocomplete: 'off' }
  const reach = kind === 'number' ? { min, max, step: 'any' } : { minLength: min, maxLength: max }
  const typed = { ...same, ...reach, placeholder, defaultValue: value }
  const element = () => {
    switch (kind) {
      case 'boolean':
        return h('input', { id, name, type: 'checkbox', defaultChecked: value === 'true' })
      case 'choice':
        return h('select', same, optionsOf(choices, placeholder ?? say('choose'), value))
      case 'text':
        return h('textarea', { ...typed, rows: 3 })
      case 'file':
        return h('input', { ...same, type: 'file' })
      case 'number':
      case 'line':
        return h('input', { ...typed, type: isSecret ? 'password' : kind === 'line' ? 'text' : kind })
    }
  }
  return h(
    'div',
    { key: name, class: kind === 'boolean' ? 'field tick' : 'field' },
    h('label', { for: id }, (isZh() && field.labelZh) || field.label, isRequired && span('star', ' *')),
    element(),
  )
}

/** What was left empty is left out. */
async function readForm(element: HTMLFormElement, fields: readonly PageField[]): Promise<FormValues> {
  const data = new FormData(element)
  const values: Record<string, string> = {}
  for (const { name, kind } of fields) {
    const value = data.get(name)
    if (kind === 'boolean') values[name] = String(value !== null)
    else if (typeof value === 'string') {
      if (value !== '') values[name] = value
    } else if (value?.size) values[name] = (await upload(value)).fileId
  }
  return values
}
