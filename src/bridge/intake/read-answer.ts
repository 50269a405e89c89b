// What does a message, a button or a form say to the question that waits? Pure.

import type { ActionEvent, MessageEvent, OptionValue } from '../../contract/event.ts'
import type { Notice } from '../../contract/notice.ts'
import type { Form, FormField } from '../../contract/platform.ts'
import type { WaitingState } from '../../contract/turn.ts'
import { readArguments } from '../../fields/arguments.ts'
import { readValue, readValues } from '../../fields/values.ts'
import { SKIPPED } from '../turn/asking.ts'

export type Answer =
  /** All that was asked for. */
  | { readonly is: 'whole'; readonly values: Values }
  /** Some of it: the next field is to be asked. */
  | { readonly is: 'part'; readonly values: Values }
  /** It does not fit: one sentence, and the question stands. */
  | { readonly is: 'fault'; readonly notice: Notice }

type Values = Readonly<Record<string, OptionValue>>

export function answerOfMessage(state: WaitingState, event: MessageEvent): Answer {
  const left = fieldsLeft(state)
  const { field: name } = state.asking
  const [only] = left
  const field = left.find((each) => each.name === name) ?? (left.length === 1 ? only : undefined)
  if (field !== undefined) return answerOfOne(state, field, rawOf(field, event))
  const { given, faults } = readArguments(event.text, left)
  const [fault] = faults
  if (fault !== undefined) return { is: 'fault', notice: whatIsWanted(left) }
  return answerOfForm(state, { ...given, ...filesOf(left, event) })
}

export function answerOfChoice(state: WaitingState, token: string): Answer | undefined {
  const chosen = state.asking.choices.find((choice) => choice.token === token)
  const left = fieldsLeft(state)
  const field = left.find(({ name }) => name === state.asking.field) ?? left[0]
  return chosen === undefined || field === undefined ? undefined : answerOfOne(state, field, chosen.value)
}

export function answerOfForm(state: WaitingState, given: NonNullable<ActionEvent['values']>): Answer {
  const left = fieldsLeft(state)
  const known = Object.fromEntries(
    Object.entries(given).filter(
      ([name, value]) => value !== '' && left.some((field) => field.name === name),
    ),
  )
  const { values, faults, missing } = readValues(left, known)
  const [fault] = faults
  if (fault !== undefined) return { is: 'fault', notice: fault }
  const all = { ...state.values, ...values }
  return missing.length === 0 ? { is: 'whole', values: givenOf(all) } : { is: 'part', values: all }
}

/** What has not been given yet. */
export function fieldsLeft({ fields, values }: WaitingState): readonly FormField[] {
  return fields.filter(({ name }) => values[name] === undefined)
}

/** The form that a button of this question opens. */
export function formOf(
  state: WaitingState,
  maxFields: number,
  title: string,
  submitLabel: string,
): Form | undefined {
  const token = state.asking.formToken
  if (token === undefined) return undefined
  return { token, title, submitLabel, fields: fieldsLeft(state).slice(0, maxFields) }
}

function answerOfOne(state: WaitingState, field: FormField, raw: OptionValue): Answer {
  const isSkipped = raw === SKIPPED && !field.required
  const read = isSkipped ? { ok: true as const, value: SKIPPED } : readValue(field, raw)
  if (!read.ok) return { is: 'fault', notice: read.fault }
  const values = { ...state.values, [field.name]: read.value }
  // Asked one by one, what is optional is asked, too, and may be skipped; a form shows it anyway.
  const oneByOne = state.asking.formToken === undefined
  const isWhole = state.fields.every(
    ({ name, required }) => values[name] !== undefined || !(required || oneByOne),
  )
  return isWhole ? { is: 'whole', values: givenOf(values) } : { is: 'part', values }
}

/** Without what was skipped. */
function givenOf(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== SKIPPED))
}

function rawOf(field: FormField, { attachments, text }: MessageEvent): OptionValue {
  return field.kind === 'file' ? (attachments[0] ?? text) : text.trim()
}

/** A question has no usage, as commands have: its fields are named. */
function whatIsWanted(fields: readonly FormField[]): Notice {
  return { key: 'ask.fields', params: { fields: fields.map(({ label }) => label).join(', ') } }
}

/** Files that came along, for the fields that want files, in their order. */
function filesOf(fields: readonly FormField[], { attachments }: MessageEvent): Values {
  const wanted = fields.filter(({ kind }) => kind === 'file')
  return Object.fromEntries(
    wanted.flatMap(({ name }, n) => {
      const file = attachments[n]
      return file === undefined ? [] : [[name, file] as const]
    }),
  )
}
