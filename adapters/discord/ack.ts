// What is an interaction answered with at once? From the inbox's Ack to Discord's callback. Pure.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object
import type { Form, FormField, Ack } from '../../src/contract/platform.ts'
import type { Words } from '../../src/contract/runtime.ts'
import type { Asked } from './inbound-interaction.ts'

export interface Callback {
  readonly type: number
  readonly data?: Readonly<Record<string, unknown>>
}

export const callbackTypes = {
  pong: 1,
  message: 4,
  deferredMessage: 5,
  deferredUpdate: 6,
  choices: 8,
  modal: 9,
} as const

/** Only the person sees it. */
const EPHEMERAL = 1 << 6
/** https://discord.com/developers/docs/resources/message#create-message */
const MAX_CONTENT_CHARS = 2_000

export function callbackOf(ack: Ack, asked: Asked, words: Words): Callback {
  switch (ack.show) {
    case 'nothing':
      return deferral(asked, false)
    case 'waiting':
      return deferral(asked, ack.private)
    case 'notice':
      return { type: callbackTypes.message, data: noticeData(ack, asked, words) }
    case 'form':
      // A form cannot follow upon a form.
      return asked.kind === 'form'
        ? deferral(asked, false)
        : { type: callbackTypes.modal, data: modalOf(ack.form) }
  }
}

/** "Thinking…" for a command; for a button nothing that anybody sees. */
export function deferral(asked: Asked, isPrivate: boolean): Callback {
  if (asked.onMessage) return { type: callbackTypes.deferredUpdate }
  return { type: callbackTypes.deferredMessage, data: isPrivate ? { flags: EPHEMERAL } : {} }
}

export function noticeData(
  ack: Extract<Ack, { show: 'notice' }>,
  asked: Asked,
  words: Words,
): Readonly<Record<string, unknown>> {
  return {
    content: words.say(ack.notice, asked.locale).slice(0, MAX_CONTENT_CHARS).toWellFormed(),
    flags: EPHEMERAL,
    allowed_mentions: { parse: [] },
  }
}

const LABEL = 18
const TEXT_INPUT = 4
const STRING_SELECT = 3
const FILE_UPLOAD = 19
const SHORT = 1
const PARAGRAPH = 2
/** https://discord.com/developers/docs/components/reference#label, #text-input, #string-select; interactions: modals. */
const MAX = { title: 45, label: 45, choiceLabel: 100, choices: 25, fields: 5, textChars: 4_000 } as const

/** Discord shows five fields at most; the bridge asks for the rest step by step. */
function modalOf(form: Form): Readonly<Record<string, unknown>> {
  return {
    custom_id: form.token,
    title: cut(form.title, MAX.title),
    components: form.fields.slice(0, MAX.fields).map((field) => ({
      type: LABEL,
      label: cut(field.label, MAX.label),
      component: { custom_id: field.name, required: field.required, ...inputOf(field) },
    })),
  }
}

function inputOf(field: FormField): Readonly<Record<string, unknown>> {
  switch (field.kind) {
    case 'text':
    case 'integer':
    case 'number':
      return { type: TEXT_INPUT, style: SHORT, ...textLimits(field) }
    case 'long':
      return { type: TEXT_INPUT, style: PARAGRAPH, ...textLimits(field) }
    case 'boolean':
      return {
        type: STRING_SELECT,
        options: [
          { label: '✓', value: 'true', default: field.default === true },
          { label: '✗', value: 'false', default: field.default === false },
        ],
      }
    case 'choice':
    case 'choices': {
      const choices = (field.choices ?? []).slice(0, MAX.choices)
      const chosen = new Set(Array.isArray(field.default) ? field.default : [field.default])
      return {
        type: STRING_SELECT,
        options: choices.map(({ value, label }) => ({
          value,
          label: cut(label, MAX.choiceLabel),
          ...(chosen.has(value) ? { default: true } : {}),
        })),
        ...(field.kind === 'choices'
          ? { max_values: choices.length, min_values: field.required ? 1 : 0 }
          : {}),
      }
    }
    case 'file':
      return { type: FILE_UPLOAD }
  }
}

/** `min` and `max` of a text are lengths; of a number they are checked when it is back. */
function textLimits({ kind, min, max, default: given }: FormField): Readonly<Record<string, unknown>> {
  const isText = kind === 'text' || kind === 'long'
  const value = typeof given === 'string' || typeof given === 'number' ? String(given) : undefined
  return {
    ...(isText && min !== undefined ? { min_length: Math.min(min, MAX.textChars) } : {}),
    ...(isText && max !== undefined ? { max_length: Math.min(max, MAX.textChars) } : {}),
    ...(value === undefined ? {} : { value: value.slice(0, MAX.textChars) }),
  }
}

function cut(text: string, chars: number): string {
  return text.slice(0, chars).toWellFormed()
}
