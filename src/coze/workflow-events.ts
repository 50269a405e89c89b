// What do the events of a workflow's own stream say?

import type { Prompt, PromptField } from '../contract/assistant.ts'
import type { Failure } from '../contract/errors.ts'
import { isObject, readJson, toId, toList, toNumber, toObject, toText } from './json.ts'
import type { SseEvent } from './sse.ts'
import { spokenFailure } from './stream.ts'

export interface Interrupt {
  readonly eventId: string
  /** 2: a question, 5: an input node, 7: a plugin wants access. Coze docs: run workflow (interrupts). */
  readonly type: number
  readonly prompt: Prompt
}

export type WorkflowEvent =
  | {
      readonly kind: 'message'
      readonly text: string
      /** Same for all pieces of one message of one node. */
      readonly nodeKey: string
      readonly nodeTitle: string
      readonly isFinish: boolean
    }
  | { readonly kind: 'interrupt'; readonly interrupt: Interrupt }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'done' }

/** Undefined for what does not matter: `PING`, words of the future. Event names: Coze docs, stream run. */
export function readWorkflowEvent(event: SseEvent, what: string, logid: string): WorkflowEvent | undefined {
  switch (event.event) {
    case 'Message':
    case 'message':
      return readNodeMessage(readJson(event.data))
    case 'Interrupt':
    case 'interrupt': {
      const interrupt = readInterrupt(toObject(readJson(event.data))['interrupt_data'])
      return interrupt === undefined ? undefined : { kind: 'interrupt', interrupt }
    }
    case 'Error':
    case 'error': {
      const error = readJson(event.data)
      // Coze Studio sends plain text.
      const code = isObject(error) ? toNumber(error['error_code'] ?? error['code']) : undefined
      const msg = isObject(error) ? toText(error['error_message']) || toText(error['msg']) : event.data
      return { kind: 'failed', failure: spokenFailure({ code, msg, what, logid }) }
    }
    case 'Done':
    case 'done':
      return { kind: 'done' }
    default:
      return undefined
  }
}

function readNodeMessage(value: unknown): WorkflowEvent | undefined {
  if (!isObject(value)) return undefined
  const nodeTitle = toText(value['node_title'])
  const node = toId(value['node_id']) || nodeTitle
  return {
    kind: 'message',
    text: toText(value['content']),
    nodeKey: `${node}/${toId(value['node_execute_uuid'])}`,
    nodeTitle,
    isFinish: value['node_is_finish'] === true,
  }
}

export function readInterrupt(value: unknown): Interrupt | undefined {
  if (!isObject(value)) return undefined
  const eventId = toId(value['event_id'])
  if (eventId === '') return undefined
  const fields = readFields(value['required_parameters'])
  const prompt = readPrompt(toText(value['data']))
  return {
    eventId,
    type: toNumber(value['type']) ?? 0,
    prompt: fields.length === 0 ? prompt : { ...prompt, fields },
  }
}

/**
 * The words of an interrupt, in the forms seen so far: nothing (a message said them before), `{content_type, content}`,
 * an input node's list of fields, and Coze Studio's questions with options.
 */
function readPrompt(data: string): Prompt {
  const value = readJson(data)
  if (!isObject(value)) return { text: data }
  const studio = toObject(toList(value['messages'])[0])
  if (isObject(studio['content'])) {
    const choices = toList(studio['content']['options']).map((option) => toText(toObject(option)['name']))
    return { text: toText(studio['content']['question']), ...(choices.length === 0 ? {} : { choices }) }
  }
  const content = toText(value['content']) || toText(studio['content'])
  const wanted = readJson(content)
  if (!Array.isArray(wanted)) return { text: content }
  return { text: '', fields: toList(wanted).map(toObject).map(toField) }
}

function readFields(value: unknown): readonly PromptField[] {
  return Object.entries(toObject(value)).map(([name, spec]) => toField({ ...toObject(spec), name }))
}

function toField(field: Readonly<Record<string, unknown>>): PromptField {
  const description = toText(field['description'])
  return {
    name: toText(field['name']),
    type: toText(field['type']) || 'string',
    required: field['required'] === true,
    ...(description === '' ? {} : { description }),
  }
}

/**
 * The output of a run as a person can read it: `data` is mostly JSON text, and an object with one text in it means
 * that text. Coze docs: run workflow.
 */
export function decodeOutput(data: unknown): string {
  if (typeof data !== 'string') return data === undefined || data === null ? '' : JSON.stringify(data)
  const value = readJson(data)
  if (typeof value === 'string') return value
  if (!isObject(value)) return data
  if ('content_type' in value && typeof value['data'] === 'string') return value['data']
  const entries = Object.values(value)
  return entries.length === 1 && typeof entries[0] === 'string' ? entries[0] : data
}
