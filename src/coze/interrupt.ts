// What does an interrupted workflow want to know of the person?

import type { Prompt } from '../contract/assistant.ts'
import { readFieldList, readFieldMap, mergeFields } from './fields.ts'
import { isObject, readJson, toId, toList, toNumber, toObject, toText } from './json.ts'
import type { Unknowns } from './json.ts'

export interface Interrupt {
  readonly eventId: string
  /** See `INTERRUPT`. */
  readonly type: number
  readonly prompt: Prompt
}

/**
 * Coze docs: run workflow (interrupts). 3, 4 and 6 are in enums only: coze-dev/coze-studio, `InterruptType`, where 6 is a
 * local plugin too.
 */
export const INTERRUPT = {
  localPlugin: 1,
  question: 2,
  requireInfos: 3,
  sceneChat: 4,
  input: 5,
  workflowLocalPlugin: 6,
  oauth: 7,
} as const

/** Whether it waits for a plugin on the person's device. No chat app has such a thing: no person can answer. */
export function isForPlugin({ type }: Interrupt): boolean {
  return type === INTERRUPT.localPlugin || type === INTERRUPT.workflowLocalPlugin
}

/** `interrupt_data`, wherever it stands. Undefined where nobody waits. */
export function readInterrupt(value: unknown): Interrupt | undefined {
  if (!isObject(value)) return undefined
  const eventId = toId(value['event_id'])
  if (eventId === '') return undefined
  const type = toNumber(value['type']) ?? INTERRUPT.question
  const raw = value['data']
  const data = typeof raw === 'string' ? (readJson(raw) ?? raw) : raw
  const prompt = readPrompt(data)
  const fields = mergeFields(prompt.fields ?? [], readFieldMap(value['required_parameters']))
  const wantsAccess = type === INTERRUPT.oauth || toObject(data)['need_auth'] === true
  const link = wantsAccess ? linkIn(data) : undefined
  const text = wantsAccess ? textBeside(link, prompt.text, data) : prompt.text
  return {
    eventId,
    type,
    prompt: {
      ...prompt,
      text,
      ...(fields.length === 0 ? {} : { fields }),
      ...(link === undefined ? {} : { link }),
    },
  }
}

/**
 * A question that a message carries as JSON, clearly marked as such: Coze Studio's cards for questions with options and
 * for input nodes. coze-dev/coze-studio, `parseInterruptData`. Undefined for every other content.
 */
export function readMarkedPrompt(content: string): Prompt | undefined {
  const value = readJson(content)
  if (!isObject(value) || !MARKS.includes(toText(value['content_type']))) return undefined
  const prompt = readPrompt(value)
  return prompt.choices === undefined && prompt.fields === undefined ? undefined : prompt
}

const MARKS = ['option', 'form_schema']

/** Words with the choices below them, lettered as Coze Studio takes them: for where nobody draws buttons. */
export function promptAsText({ text, choices = [] }: Prompt): string {
  const lines = choices.map((choice, i) => `${letterOf(i)}. ${choice}`)
  return [text, lines.join('\n')].filter((part) => part !== '').join('\n\n')
}

/** A, B, … Z; then numbers. */
export function letterOf(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : String(index + 1)
}

/**
 * In the forms seen so far: nothing (a message said it before), plain words, `{content_type, content}` with words or
 * with a list of fields, `{question, options}`, `{infos}`, and Studio's `{messages}` that holds the whole dialogue.
 */
function readPrompt(data: unknown): Prompt {
  if (typeof data === 'string') return { text: data }
  if (Array.isArray(data)) return fromList(data)
  if (!isObject(data)) return { text: '' }
  const messages = toList(data['messages']).filter(isObject)
  if (messages.length > 0) {
    const asked = messages.findLast(({ type }) => type === 'question') ?? messages.at(-1)
    return readPrompt({ content_type: 'text', ...asked, messages: undefined })
  }
  if ('question' in data || 'options' in data) return fromOptions(data)
  const infos = toList(data['infos']).filter((info) => typeof info === 'string')
  if (infos.length > 0) return fromList(infos.map((name) => ({ name, required: true })))
  const content = data['content']
  if (isObject(content) || Array.isArray(content)) return readPrompt(content)
  const text = toText(content)
  const inner = /^\s*[[{]/.test(text) ? readJson(text) : undefined
  if (Array.isArray(inner)) return fromList(inner)
  if (isObject(inner) && ('options' in inner || 'question' in inner)) return fromOptions(inner)
  return { text: text || WORDS.map((key) => toText(data[key])).find((word) => word !== '') || '' }
}

/** Where else words may stand. */
const WORDS = ['text', 'message', 'msg', 'tip', 'title'] as const

function fromOptions(data: Unknowns): Prompt {
  const choices = toList(data['options'])
    .map(nameOf)
    .filter((name) => name !== '')
  const text = toText(data['question']) || toText(data['text']) || toText(data['content'])
  return { text, ...(choices.length === 0 ? {} : { choices }) }
}

function nameOf(option: unknown): string {
  if (typeof option === 'string') return option
  const { name, text, label, content, value } = toObject(option)
  return [name, text, label, content, value].map(toText).find((word) => word !== '') ?? ''
}

function fromList(list: readonly unknown[]): Prompt {
  const fields = readFieldList(list)
  return { text: '', ...(fields.length === 0 ? {} : { fields }) }
}

/** The page where access is granted: under a key that says so, else the first address anywhere. */
function linkIn(data: unknown): string | undefined {
  const found: string[] = []
  collectUrls(data, '', found, 6)
  return found[0]
}

function collectUrls(value: unknown, key: string, found: string[], left: number): void {
  if (left === 0) return
  if (typeof value === 'string') {
    const inner = /^\s*[[{]/.test(value) ? readJson(value) : undefined
    if (inner !== undefined) {
      collectUrls(inner, key, found, left - 1)
      return
    }
    const url = /https?:\/\/[^\s"'<>）)\]，。]+/i.exec(value)?.[0]
    if (url === undefined) return
    if (/auth|oauth|consent|grant|login/i.test(key)) found.unshift(url)
    else found.push(url)
  } else if (Array.isArray(value)) {
    for (const entry of value as readonly unknown[]) collectUrls(entry, key, found, left - 1)
  } else if (isObject(value)) {
    for (const [name, entry] of Object.entries(value)) collectUrls(entry, name, found, left - 1)
  }
}

/** Words other than the address itself; without any, the plugin's name. */
function textBeside(link: string | undefined, text: string, data: unknown): string {
  const words = (link === undefined ? text : text.replace(link, '')).trim()
  return words === '' || /^[[{]/.test(words) ? toText(toObject(data)['plugin_name']) : words
}
